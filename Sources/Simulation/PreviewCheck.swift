import ActualState
import Operations
import Planning

/// Holds what a preview says against two stores: one to which the plan without the change was applied, and one with it.
struct PreviewCheck {
  private let impact: Impact
  private let before: Plan
  private let after: Plan
  private let original: StoreRows
  private let kept: StoreRows
  private let changed: StoreRows

  init(_ impact: Impact, before: Plan, after: Plan, original: StoreRows, kept: StoreRows, changed: StoreRows) {
    (self.impact, self.before, self.after) = (impact, before, after)
    (self.original, self.kept, self.changed) = (original, kept, changed)
  }

  func run() throws {
    try checkRows(of: before, in: kept)
    try checkRows(of: after, in: changed)
    try checkOffers()
    try checkLines()
    try checkPromises()
    try checkMeasures()
  }

  /// Each row is what the plan says or, where it says nothing, what it was.
  private func checkRows(of plan: Plan, in rows: StoreRows) throws {
    var grants = original.grants.mapValues { $0.mapValues { $0.mapValues { ($0.grant, $0.published) } } }
    var shared = original.shared
    for action in plan.actions.map(\.action) {
      switch action {
      case .setGrant(let sku, let channel, let grant, _, let region):
        grants[sku, default: [:]][channel, default: [:]][region, default: (nil, nil)].0 = grant
      case .publish(let sku, let channel, let units, _, let region):
        grants[sku, default: [:]][channel, default: [:]][region, default: (nil, nil)].1 = units
      case .setShared(let sku, let units, _, let region): shared[sku, default: [:]][region] = units == 0 ? nil : units
      default: break
      }
    }
    try require(shared == rows.shared, "the shared pools are \(rows.shared), and the plan says \(shared)")
    for row in rows.grants.values.flatMap({ $0.values.flatMap(\.values) }) {
      let said = grants[row.sku]?[row.channel]?[row.region]
      try require(
        row.grant == said?.0 && row.published == said?.1,
        "\(row.sku) on \(row.channel): the store has \(row), and the plan says \(String(describing: said))")
    }
    for shortfall in plan.shortfalls {
      let open = rows.lines[StoreRows.Line(order: shortfall.order, line: shortfall.line)]?.open
      try require(open == shortfall.units, "\(shortfall) is said, and \(open ?? 0) are open")
    }
  }

  private func checkOffers() throws {
    var channels: [ChannelID: ChannelImpact] = [:]
    for channel in impact.channels { channels[channel.channel] = channel }
    var crossings: [String] = []
    var sums: [ChannelID: [Quantity]] = [:]
    for sku in Set(kept.offers.keys).union(changed.offers.keys).sorted() {
      let (was, becomes) = (kept.offers[sku] ?? [:], changed.offers[sku] ?? [:])
      for channel in Set(was.keys).union(becomes.keys).sorted() {
        let (old, new) = (was[channel] ?? .init(), becomes[channel] ?? .init())
        let row = [
          old.available, new.available, old.published, new.published, old == new ? 0 : 1,
          (old.available > 0 && new.available == 0) || (old.published > 0 && new.published == 0) ? 1 : 0,
        ]
        sums[channel] = zip(sums[channel] ?? row.map { _ in 0 }, row).map(+)
        if (old.available == 0) != (new.available == 0) || (old.published == 0) != (new.published == 0) {
          crossings.append("\(sku) on \(channel): \(row.prefix(4))")
        }
      }
    }
    let told = impact.crossings.map {
      "\($0.sku) on \($0.channel): "
        + "\([$0.availableBefore, $0.availableAfter, $0.publishedBefore, $0.publishedAfter][...])"
    }
    try require(crossings == told, "\(crossings) cross zero, and the preview says \(told)")
    for (channel, sum) in sums {
      let row = channels.removeValue(forKey: channel)
      let said = row.map {
        [$0.availableBefore, $0.availableAfter, $0.publishedBefore, $0.publishedAfter, $0.items, $0.skusToZero]
      }
      try require(said == sum, "\(channel) goes \(sum), and the preview says \(String(describing: said))")
    }
    for row in channels.values {
      try require(
        row.availableAfter == 0 && row.items == 0, "the preview tells of \(row), and there is no such channel")
    }
  }

  private func checkLines() throws {
    var said: [StoreRows.Line: [Quantity]] = [:]
    for order in impact.orders {
      try require(
        order.channel == original.channels[order.order], "\(order.order) is of another channel than \(order.channel)")
      for line in order.lines {
        let key = StoreRows.Line(order: order.order, line: line.line)
        said[key] = [line.before, line.after]
        let row = original.lines[key]
        try require(row?.sku == line.sku && row?.unitPrice == line.unitPrice, "\(key) is said to be \(line)")
      }
    }
    for line in Set(kept.backed.keys).union(changed.backed.keys) {
      let (was, becomes) = (kept.backed[line] ?? 0, changed.backed[line] ?? 0)
      let units = said.removeValue(forKey: line)
      try require(
        units == (was == becomes ? nil : [was, becomes]),
        "\(line) goes from \(was) to \(becomes), and the preview says \(String(describing: units))")
    }
    try require(said.isEmpty, "the preview tells of \(said), and nothing happens to them")
  }

  /// What customers were told, of lines that are short under neither policy; dates of supply are in no row.
  private func checkPromises() throws {
    let short = Set((before.shortfalls + after.shortfalls).map { StoreRows.Line(order: $0.order, line: $0.line) })
    var said: [StoreRows.Line: [Instant?]] = [:]
    for promise in impact.promises {
      let key = StoreRows.Line(order: promise.order, line: promise.line)
      if !short.contains(key) { said[key] = [promise.from, promise.to] }
    }
    for (line, row) in kept.lines where !short.contains(line) {
      let (was, becomes) = (row.promisedAt, changed.lines[line]?.promisedAt)
      let isTold = was != nil && was != becomes
      let told = said.removeValue(forKey: line)
      try require(
        told == (isTold ? [was, becomes] : nil),
        "\(line) is promised for \(String(describing: was)) and then \(String(describing: becomes)), and the preview says "
          + "\(String(describing: told))")
    }
    try require(said.isEmpty, "the preview tells of promises of \(said), and there are no such lines")
  }

  /// The six numbers, counted from the rows again.
  private func checkMeasures() throws {
    var measures = ImpactMeasures.none
    var losing = Set<OrderID>()
    var touched = Set<ChannelID>()
    for line in Set(kept.backed.keys).union(changed.backed.keys) {
      let lost = (kept.backed[line] ?? 0) - (changed.backed[line] ?? 0)
      if lost != 0, let channel = original.channels[line.order] { touched.insert(channel) }
      guard lost > 0 else { continue }
      losing.insert(line.order)
      measures.unitsLosing += lost
      measures.valueLosing += lost * (original.lines[line]?.unitPrice ?? 0)
    }
    measures.ordersLosing = Int64(losing.count)
    for sku in Set(kept.offers.keys).union(changed.offers.keys) {
      let (was, becomes) = (kept.offers[sku] ?? [:], changed.offers[sku] ?? [:])
      var isGone = false
      for channel in Set(was.keys).union(becomes.keys) {
        let (old, new) = (was[channel] ?? .init(), becomes[channel] ?? .init())
        if old != new { touched.insert(channel) }
        isGone = isGone || old.available > 0 && new.available == 0 || old.published > 0 && new.published == 0
      }
      measures.skusToZero += isGone ? 1 : 0
    }
    // An order of a channel that nobody knows has no channel whose numbers could change.
    measures.channels = Int64(touched.intersection(impact.channels.map(\.channel)).count)
    measures.promisesLater = Int64(impact.promises.count { $0.isLater })
    try require(
      measures == impact.measures,
      "the rows give \(measures.json.canonical), the preview \(impact.measures.json.canonical)")
  }
}
