extension Schema {
  static let regionFields: [FieldSpec] = [
    FieldSpec(
      "nodes", .list(.reference(.node)), required: true,
      "The nodes that serve the region; each node serves one region only."),
    FieldSpec(
      "destinations", .list(.name),
      "The destinations that it serves, as in the ship_to of orders (default: its own name, unless takes_others)."),
    FieldSpec("takes_others", .bool, "Whether it also serves all destinations that no Region lists."),
  ]

  static let carrierFields: [FieldSpec] = [
    FieldSpec(
      "status", .choice(["active", "disrupted"]),
      "disrupted: its lanes are closed, and orders that were to use them are routed again.")
  ]

  static let laneFields: [FieldSpec] = [
    FieldSpec("node", .reference(.node), required: true, "The node that it starts from."),
    FieldSpec("to", .name, required: true, "The region that it leads to, as in the ship_to of orders."),
    FieldSpec("carrier", .reference(.carrier), required: true, "The carrier."),
    FieldSpec("service", .name, "The carrier's service, such as express (default: standard)."),
    FieldSpec("transit", .span, required: true, "From the node to the customer, such as 2d."),
    FieldSpec("parcel_cost", .money, required: true, "The cost per parcel, such as 4.20."),
    FieldSpec("unit_cost", .money, "The additional cost per unit."),
  ]

  static let routingProfileFields: [FieldSpec] = [
    FieldSpec("channel", .reference(.channel), "The channel whose orders it covers (default: all other channels)."),
    FieldSpec(
      "split", .choice(["any", "by_line", "none"]),
      "any: a line can ship from several nodes. by_line: each line ships from one node. none: the order ships from one node."
    ),
    FieldSpec("ship_complete", .bool, "Whether an order waits until all of it can ship (default: false)."),
    FieldSpec("max_parcels", .integer(1...1000), "The maximum number of parcels per order (default: no limit)."),
    FieldSpec("split_penalty", .money, "The goodwill cost of every parcel after the first."),
    FieldSpec("split_value_threshold", .money, "The minimum value of each parcel of a split order."),
    FieldSpec("deliver_within", .span, "From order to delivery, such as 3d; anything later is late."),
    FieldSpec(
      "late", .choice(["allowed", "refused"]),
      "refused: what would be late is not shipped, and waits with a case (default: allowed)."),
    FieldSpec("late_penalty", .money, "The goodwill cost of a parcel that arrives late or after its promised date."),
    FieldSpec("use_stores", .bool, "Whether stores ship these orders (default: true)."),
    FieldSpec("store_unit_penalty", .money, "The additional value of a unit on a store's shelf."),
    FieldSpec("services", .list(.name), "The services that may be used (default: all)."),
  ]
}
