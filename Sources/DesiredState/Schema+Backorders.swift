extension Schema {
  static let channelBackorder: [FieldSpec] =
    [
      FieldSpec("accept", .bool, required: true, "Whether its orders may wait for goods to come when stock is out.")
    ] + backorderLimits

  static let backorderRule: [FieldSpec] =
    [
      FieldSpec("channels", .list(.reference(.channel)), "Whose orders; those of every channel, if left out."),
      FieldSpec("region", .reference(.region), "Orders that it serves; those of each region, if left out."),
      FieldSpec("class", .reference(.productClass), "The product class; all items, if nothing narrows it."),
      FieldSpec("sku", .sku, "The single item."),
      FieldSpec("brand", .text, "The items whose attribute 'brand' says this."),
      FieldSpec("business_unit", .text, "The items whose attribute 'business_unit' says this."),
      FieldSpec("accept", .bool, "Whether orders may wait for them (true); the channel must accept it too."),
    ] + backorderLimits + [
      FieldSpec("accept_untrusted", .bool, "Whether goods count whose supplier has yet to earn trust (false)."),
      FieldSpec("accept_transfers", .bool, "Whether goods count that are under way between two of our nodes (true)."),
      FieldSpec(
        "infinite_supply_after", .span,
        "How long after an order anything can be had, bought yet or not, such as 30d: what nothing covers is promised for "
          + "then. Without it nothing is promised that no supply is known for."),
      FieldSpec("transit", .span, "From the node to the customer where no lane leads there; 2d, if left out."),
      FieldSpec(
        "move_limit", .span, "How far past the first promise a later one may be without a person; 5d, if left out."),
      FieldSpec("tell_earlier", .bool, "Whether a customer is told when it comes a day or more earlier (true)."),
    ]

  /// Where channel and rule both give one, the stricter counts.
  private static let backorderLimits: [FieldSpec] = [
    FieldSpec(
      "max_units", .quantity(minimum: 0),
      "The most units of an item that a channel's orders may wait for: in a region, where one is named, and else in all."
    ),
    FieldSpec("horizon", .span, "How far ahead goods may be to be waited for, such as 21d; any time, if left out."),
    FieldSpec("min_supplier_confidence", .rate, "The confidence that a supplier needs for its goods to be waited for."),
  ]
}
