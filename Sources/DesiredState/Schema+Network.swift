extension Schema {
  static let regionFields: [FieldSpec] = [
    FieldSpec(
      "nodes", .list(.reference(.node)), required: true, "The nodes that serve it; each node serves one region."),
    FieldSpec(
      "destinations", .list(.name),
      "Where its orders go: the regions of their ship_to. Without this and takes_others, its own name."),
    FieldSpec("takes_others", .bool, "Whether it also serves every destination that no Region lists."),
  ]

  static let carrierFields: [FieldSpec] = [
    FieldSpec(
      "status", .choice(["active", "disrupted"]),
      "Nothing goes over a carrier that is disrupted: what was to go by it is routed again.")
  ]

  static let laneFields: [FieldSpec] = [
    FieldSpec("node", .reference(.node), required: true, "Where it begins."),
    FieldSpec("to", .name, required: true, "The region that it serves: that of an order's ship_to."),
    FieldSpec("carrier", .reference(.carrier), required: true, "Who carries its parcels."),
    FieldSpec("service", .name, "What the carrier calls it, such as express; standard, if left out."),
    FieldSpec("transit", .span, required: true, "From the node to the customer, such as 2d."),
    FieldSpec("parcel_cost", .money, required: true, "What a parcel costs, whatever is in it, such as 4.20."),
    FieldSpec("unit_cost", .money, "What each unit in a parcel costs on top."),
  ]

  static let routingProfileFields: [FieldSpec] = [
    FieldSpec("channel", .reference(.channel), "Whose orders; those of all other channels, if left out."),
    FieldSpec(
      "split", .choice(["any", "by_line", "none"]),
      "any lets a line come from several nodes, by_line keeps each whole, none ships from one node."),
    FieldSpec("ship_complete", .bool, "Whether an order waits until all of it can leave (false)."),
    FieldSpec("max_parcels", .integer(1...1000), "How many parcels an order may be under way in; any, if left out."),
    FieldSpec("split_penalty", .money, "What every parcel after the first costs in good will."),
    FieldSpec("split_value_threshold", .money, "What each parcel of a split order must be worth at least."),
    FieldSpec("deliver_within", .span, "From the order to the customer, such as 3d; later is late."),
    FieldSpec(
      "late", .choice(["allowed", "refused"]),
      "refused: nothing leaves that would be late; it waits with a case. allowed, if left out."),
    FieldSpec("late_penalty", .money, "What a parcel that comes late, or after its promise, costs in good will."),
    FieldSpec("use_stores", .bool, "Whether stores ship for these orders (true)."),
    FieldSpec("store_unit_penalty", .money, "What a unit is worth more on a store's shelf."),
    FieldSpec("services", .list(.name), "The services that may be used; all, if left out."),
  ]
}
