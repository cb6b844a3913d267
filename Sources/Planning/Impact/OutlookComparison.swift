import Operations

/// Holds what stands after one plan against what stands after another of the same snapshot.
struct OutlookComparison {
  private let before: Outlook
  private let after: Outlook
  private let table: ChannelTable
  private(set) var impact: Impact
  private var orders: [OrderID: OrderImpact] = [:]

  private var snapshot: Snapshot { after.snapshot }

  init(_ before: Outlook, _ after: Outlook) {
    (self.before, self.after) = (before, after)
    table = ChannelTable(before.channels.union(after.channels), after.snapshot)
    impact = Impact(channels: table.names)
  }

  mutating func run() {
    // Where nodes or suppliers are taken at their word in one and not in the other, claims lose what stands behind them
    // without anything being done to them.
    let isTrustSame = before.fallbacks == after.fallbacks
    var (was, becomes) = (Offers(table), Offers(table))
    for item in 0..<snapshot.items.count {
      let isSame = before.agrees(with: after, on: item)
      before.read(item, table, into: &was)
      if isSame {
        addUp(was, was)
      } else {
        after.read(item, table, into: &becomes)
        addUp(was, becomes)
        compare(snapshot.items.sku[item], was, becomes)
      }
      if !isSame || !isTrustSame {
        compareLines(item, was.sharedByRegion, isSame ? was.sharedByRegion : becomes.sharedByRegion)
      }
    }
    impact.orders = orders.values.sorted { $0.order < $1.order }
    for index in impact.orders.indices {
      impact.orders[index].lines.sort { $0.line.isBytewiseLess(than: $1.line) }
    }
    comparePromises()
  }

  private mutating func addUp(_ was: Offers, _ becomes: Offers) {
    for channel in impact.channels.indices {
      impact.channels[channel].availableBefore += was.available(channel)
      impact.channels[channel].availableAfter += becomes.available(channel)
      impact.channels[channel].publishedBefore += was.published[channel]
      impact.channels[channel].publishedAfter += becomes.published[channel]
    }
  }

  private mutating func compare(_ sku: SKU, _ was: Offers, _ becomes: Offers) {
    for channel in table.names.indices {
      let crossing = StockCrossing(
        sku: sku, channel: table.names[channel], availableBefore: was.available(channel),
        availableAfter: becomes.available(channel), publishedBefore: was.published[channel],
        publishedAfter: becomes.published[channel])
      guard
        crossing.availableBefore != crossing.availableAfter || crossing.publishedBefore != crossing.publishedAfter
      else { continue }
      impact.channels[channel].items += 1
      if crossing.isToZero { impact.channels[channel].skusToZero += 1 }
      if crossing.isFromZero { impact.channels[channel].skusFromZero += 1 }
      if crossing.isToZero || crossing.isFromZero { impact.crossings.append(crossing) }
    }
    let (before, after) = (was.stranded, becomes.stranded)
    if before != after { impact.stranded.append(StrandedUnits(sku: sku, before: before, after: after)) }
  }

  private mutating func compareLines(
    _ item: Int, _ sharedBefore: [RegionID: Quantity], _ sharedAfter: [RegionID: Quantity]
  ) {
    guard snapshot.claims[Int32(item)] != nil || snapshot.openLines[Int32(item)] != nil else { return }
    let was = before.covered(item, shared: sharedBefore)
    let becomes = after.covered(item, shared: sharedAfter)
    let changed = Set(was.keys).union(becomes.keys).filter { was[$0] ?? 0 != becomes[$0] ?? 0 }
    let known = changed.isEmpty ? [:] : snapshot.facts(of: item)
    for name in changed {
      guard let facts = known[name] else { continue }
      let line = OrderImpact.Line(
        sku: snapshot.items.sku[item], line: name.line.rawValue, before: was[name] ?? 0, after: becomes[name] ?? 0,
        unitPrice: facts.unitPrice)
      orders[name.order, default: OrderImpact(order: name.order, channel: facts.channel, lines: [])].lines.append(line)
      guard let channel = table.names.firstIndex(of: facts.channel) else { continue }
      impact.channels[channel].unitsLost += line.lost
      impact.channels[channel].unitsGained += line.gained
    }
  }

  /// What a customer was told is held against what they are told then, and a date for missing units against another.
  ///
  /// The two are not the same kind of date: one is when it arrives, the other when there is something to send. So a line
  /// that is covered and no longer is comes later only if nothing is expected by the day that was told, and one that is
  /// covered at last is told of as a gain alone.
  private mutating func comparePromises() {
    let (wasShort, isShort) = (Self.shortfalls(before), Self.shortfalls(after))
    var names = Set(before.promises.keys).union(after.promises.keys)
    for (name, shortfall) in wasShort where isShort[name]?.expectedAt != shortfall.expectedAt { names.insert(name) }
    for name in isShort.keys where wasShort[name] == nil { names.insert(name) }
    var known: [Int: [LineName: Snapshot.LineFacts]] = [:]
    for name in names.sorted() {
      guard
        let sku = (isShort[name] ?? wasShort[name])?.sku ?? (after.promises[name] ?? before.promises[name])?.sku,
        let item = snapshot.items.place(of: sku)
      else { continue }
      if known[item] == nil { known[item] = snapshot.facts(of: item) }
      guard let facts = known[item]?[name] else { continue }
      var row = PromiseImpact(
        order: name.order, line: name.line.rawValue, sku: sku, channel: facts.channel, from: nil, to: nil)
      switch (wasShort[name], isShort[name]) {
      case (let was?, let becomes?): (row.from, row.to) = (was.expectedAt, becomes.expectedAt)
      case (nil, let becomes?):
        row.from = before.promised(name, facts)
        row.to = becomes.expectedAt
        guard row.from != nil, row.isLater else { continue }
      case (nil, nil):
        (row.from, row.to) = (before.promised(name, facts), after.promised(name, facts))
        guard row.from != nil else { continue }
      case (_?, nil): continue
      }
      if row.from != row.to { impact.promises.append(row) }
    }
  }

  private static func shortfalls(_ outlook: Outlook) -> [LineName: Shortfall] {
    Dictionary(outlook.shortfalls.map { (LineName($0.order, $0.line), $0) }) { first, _ in first }
  }
}

extension Outlook {
  /// When the customer of a line is told that it comes.
  fileprivate func promised(_ name: LineName, _ facts: Snapshot.LineFacts) -> Instant? {
    if let promise = promises[name] { promise.at } else { facts.promisedAt }
  }
}

extension Snapshot {
  struct LineFacts {
    var channel: ChannelID
    var unitPrice: Int64?
    var promisedAt: Instant?
  }

  /// What is known of the order lines of an item that wait or hold anything; an item may have thousands of them.
  func facts(of item: Int) -> [LineName: LineFacts] {
    let open = (openLines[Int32(item)] ?? []).map { line in
      (
        LineName(line.order, line.line),
        LineFacts(channel: line.channel, unitPrice: line.unitPrice, promisedAt: line.promisedAt)
      )
    }
    let held = (claims[Int32(item)] ?? []).map { claim in
      (
        LineName(claim.order, claim.line),
        LineFacts(channel: claim.channel, unitPrice: claim.unitPrice, promisedAt: claim.promisedAt)
      )
    }
    return Dictionary(open + held) { first, _ in first }
  }
}
