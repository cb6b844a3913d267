import Operations

extension Schema {
  static let replenishment: [FieldSpec] = [
    FieldSpec("class", .reference(.productClass), "The product class; all items, if nothing narrows it."),
    FieldSpec("sku", .sku, "The single item."),
    FieldSpec("brand", .text, "The items whose attribute 'brand' says this."),
    FieldSpec("business_unit", .text, "The items whose attribute 'business_unit' says this."),
    FieldSpec("supplier", .reference(.supplier), required: true, "Whom it is ordered from; its lead time counts."),
    FieldSpec(
      "region", .reference(.region),
      "Bought for this region on its own: only its nodes' stock and its destinations' sales count. Else for all that no such policy is for."
    ),
    FieldSpec(
      "node", .reference(.node), required: true, "Where it is delivered: with 'region', one of the nodes that serve it."
    ),
    FieldSpec(
      "review", .choice(["continuous", "periodic"]), "continuous: at any time; periodic: on every review day."),
    FieldSpec("period", .span, "For periodic: whole days from one review to the next, such as 7d."),
    FieldSpec("service", .object(service), "What customers are promised: 95% of one is far from 95% of the other."),
    FieldSpec("velocity_window", .span, "The whole days up to yesterday whose sales count; 28d, if left out."),
    FieldSpec(
      "forecast_adjustment", .integer(1...1000), "What is expected against the past, in percent: 130 is 30% more."),
    FieldSpec(
      "default_per_day", .quantity(minimum: 0),
      "Units that are expected to sell in a day while none could be counted, as of an item that was never there."),
    FieldSpec(
      "order_up_to", .either(["cover"], .object(upTo)),
      "How far above the least stock that gives the service an order goes; cover is not at all."),
    FieldSpec("minimum_order", .quantity(minimum: 0), "The fewest units of an order; else as the supplier says."),
    FieldSpec("order_multiple", .quantity(minimum: 1), "Orders are multiples of it; else as the supplier says."),
    FieldSpec("ddmrp", .object(zones), "Demand-driven MRP: zones of stock, instead of a service."),
    FieldSpec(
      "default_variation", .integer(0...1000),
      "How much daily sales vary while too few days were counted, in percent of their mean; 100, if left out."),
    FieldSpec("may_undercut_mean", .bool, "Whether a service below 50% may keep less than what usually sells."),
  ]

  private static let service: [FieldSpec] = [
    FieldSpec("cycle", .rate, "The probability that an order arrives before stock runs out."),
    FieldSpec("fill", .rate, "The share of units that are shipped from stock."),
  ]

  private static let upTo: [FieldSpec] = [
    FieldSpec("days", .span, "By what sells in so much time, such as 14d."),
    FieldSpec("units", .quantity(minimum: 0), "By so many units."),
  ]

  private static let zones: [FieldSpec] = [
    FieldSpec("lead_time_factor", .rate, required: true, "The longer the lead time, the lower: usually 20% to 100%."),
    FieldSpec("variability_factor", .rate, required: true, "The more sales vary, the higher: 0% to 100%."),
    FieldSpec("order_cycle", .span, "The time between two orders that is wished for."),
  ]
}
