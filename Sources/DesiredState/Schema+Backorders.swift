extension Schema {
  static let channelBackorder: [FieldSpec] =
    [
      FieldSpec("accept", .bool, required: true, "Whether its orders may wait for inbound goods when out of stock.")
    ] + backorderLimits

  static let backorderRule: [FieldSpec] =
    [
      FieldSpec(
        "channels", .list(.reference(.channel)), "The channels whose orders it covers (default: all channels)."),
      FieldSpec("region", .reference(.region), "The region whose orders it covers (default: every region)."),
      FieldSpec(
        "class", .reference(.productClass), "The product class (default: all items, unless narrowed otherwise)."),
      FieldSpec("sku", .sku, "The single item."),
      FieldSpec("brand", .text, "Items with this value of the attribute 'brand'."),
      FieldSpec("business_unit", .text, "Items with this value of the attribute 'business_unit'."),
      FieldSpec(
        "accept", .bool, "Whether orders may wait for these items (default: true); the channel must accept it too."),
    ] + backorderLimits + [
      FieldSpec("accept_untrusted", .bool, "Whether goods from untrusted suppliers count (default: false)."),
      FieldSpec("accept_transfers", .bool, "Whether goods in transit between two of your nodes count (default: true)."),
      FieldSpec(
        "infinite_supply_after", .span,
        "How long after the order anything can be obtained, even if not bought yet, such as 30d: units that no supply covers "
          + "are promised for then. Without it, nothing is promised beyond known supply."),
      FieldSpec("transit", .span, "From the node to the customer if there is no lane (default: 2d)."),
      FieldSpec(
        "move_limit", .span,
        "How far past the first promise a later one may be without a person's decision (default: 5d)."),
      FieldSpec(
        "tell_earlier", .bool, "Whether to notify customers if the date is at least a day earlier (default: true)."),
    ]

  /// Where channel and rule both give one, the stricter counts.
  private static let backorderLimits: [FieldSpec] = [
    FieldSpec(
      "max_units", .quantity(minimum: 0),
      "The maximum number of units of an item that a channel's orders may wait for (in the region, if one is given)."
    ),
    FieldSpec("horizon", .span, "How far ahead goods that orders wait for may be, such as 21d (default: no limit)."),
    FieldSpec(
      "min_supplier_confidence", .rate, "The minimum confidence of a supplier whose goods orders may wait for."),
  ]
}
