import Operations

extension Schema {
  static let replenishment: [FieldSpec] = [
    FieldSpec("class", .reference(.productClass), "The product class (default: all items, unless narrowed otherwise)."),
    FieldSpec("sku", .sku, "The single item."),
    FieldSpec("brand", .text, "Items with this value of the attribute 'brand'."),
    FieldSpec("business_unit", .text, "Items with this value of the attribute 'business_unit'."),
    FieldSpec("supplier", .reference(.supplier), required: true, "The supplier to order from; its lead time is used."),
    FieldSpec(
      "region", .reference(.region),
      "Buy for this region alone: only its nodes' stock and its destinations' sales count (default: for all regions "
        + "without a policy of their own)."
    ),
    FieldSpec(
      "node", .reference(.node), required: true, "Where the goods are delivered; with 'region', a node that serves it."
    ),
    FieldSpec(
      "review", .choice(["continuous", "periodic"]), "continuous: order at any time. periodic: order on review days."),
    FieldSpec("period", .span, "For periodic: the whole days between reviews, such as 7d."),
    FieldSpec(
      "service", .object(service),
      "The service level, as cycle or fill. 95% means something very different for the two."),
    FieldSpec("velocity_window", .span, "The number of whole days, up to yesterday, whose sales count (default: 28d)."),
    FieldSpec(
      "forecast_adjustment", .integer(1...1000), "Expected demand in percent of past demand; 130 means 30% more."),
    FieldSpec(
      "default_per_day", .quantity(minimum: 0),
      "Units expected to sell per day while no day could be counted, as for a new item."),
    FieldSpec(
      "order_up_to", .either(["cover"], .object(upTo)),
      "How far above the least stock for the service level to order; cover: not above it."),
    FieldSpec("minimum_order", .quantity(minimum: 0), "The minimum units per order (default: the supplier's)."),
    FieldSpec("order_multiple", .quantity(minimum: 1), "Orders are multiples of this (default: the supplier's)."),
    FieldSpec("ddmrp", .object(zones), "Demand-driven MRP: stock zones, instead of a service level."),
    FieldSpec(
      "default_variation", .integer(0...1000),
      "The variation of daily sales while too few days were counted, in percent of their mean (default: 100)."),
    FieldSpec("may_undercut_mean", .bool, "Whether a service level below 50% may keep less stock than average demand."),
  ]

  private static let service: [FieldSpec] = [
    FieldSpec("cycle", .rate, "The probability that an order arrives before stock runs out."),
    FieldSpec("fill", .rate, "The share of units that are shipped from stock."),
  ]

  private static let upTo: [FieldSpec] = [
    FieldSpec("days", .span, "By the sales of this time, such as 14d."),
    FieldSpec("units", .quantity(minimum: 0), "By this many units."),
  ]

  private static let zones: [FieldSpec] = [
    FieldSpec("lead_time_factor", .rate, required: true, "The longer the lead time, the lower: usually 20% to 100%."),
    FieldSpec("variability_factor", .rate, required: true, "The more sales vary, the higher: 0% to 100%."),
    FieldSpec("order_cycle", .span, "The desired time between two orders."),
  ]
}
