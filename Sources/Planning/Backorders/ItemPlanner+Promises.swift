import Operations

// Stage 7, at its end: what customers are told of goods that are still to come.
extension ItemPlanner {
  /// Units of an order line that wait for goods to come.
  private struct Waiting {
    var line: OpenLine
    var channel: Int?
    var isSoft = false
    var units: Quantity = 0
    /// When the last of them is expected at the customer, and with which goods.
    var expected: (at: Instant, by: InboundGoods)?
    /// Units that cannot be counted on, and what was to bring them.
    var doubtful: (units: Quantity, of: String)?
    /// From the shelf to the customer.
    var lead = TimeSpan(milliseconds: 0)
  }

  /// Promises dates, moves them as far as the policy lets them move, takes back what nothing stands behind, and opens a
  /// case for each promise that does not hold.
  ///
  /// The date is that of the last unit: when it can be counted on, its processing at the node and its way to the customer.
  /// - Returns: first promises that goods come too late for. What was told since does not count, or telling it would end
  ///   the hurry.
  /// - Source: domain.md §2.2, `promise_date`.
  mutating func tellPromises(
    _ inbound: InboundBook, _ book: LineBook, _ item: ItemInPlanning, _ cases: inout [Case],
    into actions: inout [Action]
  ) -> [Shortfall] {
    let key = Int32(item.index)
    guard inbound.mayChange || snapshot.openLines[key] != nil || snapshot.claims[key] != nil else { return [] }
    let hour = Instant(hour: now.hour)
    var late: [Shortfall] = []
    var seen = Set<LineName>()
    let infinite = promisedBeyondTheFence(inbound, book, item)
    for line in uncovered(book, item) {
      seen.insert(.init(line.order, line.line))
      var told = told(line, policy.channels.firstIndex(of: line.channel), item)
      if let expected = infinite[.init(line.order, line.line)] {
        switch told.revision(expected: expected) {
        case .keep: continue
        case .tell(let notice):
          actions.append(
            .promise(
              item.sku, told.moved(to: expected, order: line.order, line: line.line, notice), was: told.at))
          // What is told now is needed then: nothing is hurried for somebody who was told nothing yet.
          if told.first == nil { need(line, by: expected) }
          continue
        case .exceeds: break
        }
      }
      if told.at != nil, inbound.hasLost(line) {
        actions.append(
          .promise(
            item.sku, told.moved(to: nil, order: line.order, line: line.line, .backorderCancelled), was: told.at))
        told.at = nil
      }
      guard told.first != nil else { continue }
      cases.append(told.trouble("\(line.order)/\(line.line)", at: hour, "\(line.open) units are not covered"))
    }
    for one in waiting(inbound, item) where seen.insert(.init(one.line.order, one.line.line)).inserted {
      guard !one.isSoft else { continue }
      guard let needed = tell(one, item, at: hour, &cases, into: &actions) else { continue }
      late.append(
        Shortfall(
          sku: item.sku, order: one.line.order, line: one.line.line, units: one.units, neededBy: needed - one.lead,
          expectedAt: one.expected?.at))
    }
    let open = CaseBook(snapshot.cases[Int32(cells?.lead[item.index] ?? item.index)] ?? [])
    var standing: StandingUnits?
    let held = (snapshot.claims[key] ?? []).filter { $0.firstPromisedAt != nil }.compactMap(openLine)
    // Those that this plan covers hold nothing yet.
    for line in held + book.lines.filter({ $0.open == 0 && $0.firstPromisedAt != nil })
    where seen.insert(.init(line.order, line.line)).inserted {
      var told = told(line, policy.channels.firstIndex(of: line.channel), item)
      if let late = standingLate(told, line, open) { cases.append(late) }
      let arrival = standingArrival(of: line, told, key, &standing)
      // It was later than might be, and the limit is another now.
      if let arrival, told.mayMove(to: arrival), open[.promiseAtRisk, "\(line.order)/\(line.line)"] != nil {
        let notice = told.notice(routed: arrival)
        actions.append(
          .promise(item.sku, told.moved(to: arrival, order: line.order, line: line.line, notice), was: told.at))
        told.at = arrival
      }
      if let one = told.standing("\(line.order)/\(line.line)", at: hour, arrival: arrival) { cases.append(one) }
    }
    return late
  }

  /// When the last unit of a line comes that stands on its nodes by earlier plans; nil where that is not known of all, and
  /// where some leave their node by this plan: then routing says what becomes of them.
  private func standingArrival(
    of line: OpenLine, _ told: ToldPromise, _ item: Int32, _ standing: inout StandingUnits?
  ) -> Instant? {
    // Asked first, since nearly all come as they were promised.
    guard let parcels = snapshot.parcels[line.order], let promised = told.at ?? told.first,
      parcels.contains(where: { told.day($0.arrivesAt) > told.day(promised) }),
      let last = parcels.arrival(of: line.line, 0), told.day(last) > told.day(promised)
    else { return nil }
    let units = standing ?? StandingUnits(snapshot.claims[item] ?? [], freed)
    standing = units
    return units.count(LineName(line.order, line.line)).flatMap { parcels.arrival(of: line.line, $0) }
  }

  private mutating func need(_ line: OpenLine, by moment: Instant) {
    guard
      let place = findings.shortfalls.lastIndex(where: {
        $0.order == line.order && $0.line.isBytewiseEqual(to: line.line)
      })
    else { return }
    findings.shortfalls[place].neededBy = moment
  }

  /// The case of a first promise that routing made too late: it stays while the line's claims do.
  private func standingLate(_ told: ToldPromise, _ line: OpenLine, _ open: CaseBook) -> Case? {
    let subject = "\(line.order)/\(line.line)"
    guard let channel = policy.channels.firstIndex(of: line.channel), open[.promiseLate, subject] != nil else {
      return nil
    }
    return told.late(
      subject, placedAt: line.placedAt, within: policy.network.profiles[channel].deliverWithin)
  }

  /// When lines that nothing covers are at the customer all the same, because the policy takes supply to be infinite from
  /// some time after an order.
  ///
  /// Who was promised once is held to no limit again. Others are promised in the order in which stock would be shared out,
  /// as long as no more units of their channel wait than may, and as far ahead as may be.
  func promisedBeyondTheFence(
    _ inbound: InboundBook, _ book: LineBook, _ item: ItemInPlanning
  ) -> [LineName: Instant] {
    guard item.rules.channels.contains(where: { $0.promising.infiniteAfter != nil }) else { return [:] }
    let hour = Instant(hour: now.hour)
    var promised: [LineName: Instant] = [:]
    var units: [Int: Quantity] = [:]
    let lines = book.lines.filter { $0.open > 0 }.sorted { left, right in
      let (first, second) = (left.promisedAt == nil, right.promisedAt == nil)
      return first == second ? left.isServed(before: right) : second
    }
    for line in lines {
      guard let channel = policy.channels.firstIndex(of: line.channel), let fence = fence(of: line, item.rules),
        let terms = item.rules.channels[channel].backorder
      else { continue }
      let waiting = units[channel] ?? inbound.waiting(of: channel)
      if line.promisedAt == nil {
        if let most = terms.maxUnits, waiting + line.open > most { continue }
        if let horizon = terms.horizon, fence > hour + horizon { continue }
      }
      units[channel] = waiting + line.open
      promised[.init(line.order, line.line)] = fence + item.rules.channels[channel].promising.transit
    }
    return promised
  }

  /// Lines with units that nothing covers, `open` being how many: those that ask for them now, and those that will later.
  func uncovered(_ book: LineBook, _ item: ItemInPlanning) -> [OpenLine] {
    var later = (snapshot.openLines[Int32(item.index)] ?? []).filter { !isDue($0) }
    for (claim, units) in book.lostLater {
      if let place = later.firstIndex(where: { $0.order == claim.order && $0.line.isBytewiseEqual(to: claim.line) }) {
        later[place].open += units
      } else if var line = openLine(claim) {
        line.open = units
        later.append(line)
      }
    }
    return book.lines.filter { $0.open > 0 } + later
  }

  private func told(_ line: OpenLine, _ channel: Int?, _ item: ItemInPlanning) -> ToldPromise {
    ToldPromise(
      at: line.promisedAt, first: line.firstPromisedAt,
      policy: channel.map { item.rules.channels[$0].promising } ?? PromisePolicy())
  }

  /// - Returns: when they were to be there, where they come later: as was told first or, where a date before that still
  ///   stands and may not move, as that says; nil where they are in time.
  private mutating func tell(
    _ one: Waiting, _ item: ItemInPlanning, at hour: Instant, _ cases: inout [Case], into actions: inout [Action]
  ) -> Instant? {
    let subject = "\(one.line.order)/\(one.line.line)"
    let told = told(one.line, one.channel, item)
    if let (units, goods) = one.doubtful {
      cases.append(told.trouble(subject, at: hour, "\(units) units of \(goods) cannot be counted on"))
      return told.first
    }
    guard let (expected, goods) = one.expected else { return nil }
    let line = ExpectedLine(
      order: one.line.order, line: one.line.line, told: told, at: expected,
      goods: goods.name + (goods.supplier.map { " of \($0)" } ?? ""))
    if policy.network.isRouting { findings.unrouted.expected[.init(line.order, line.line)] = line }
    let arrival = snapshot.parcels[line.order]?.arrival(of: line.line, 0)
    let (promise, trouble) = line.outcome(beside: arrival, at: hour)
    if let promise { actions.append(.promise(item.sku, promise, was: told.at)) }
    if let trouble { cases.append(trouble) }
    let mayMove = told.revision(expected: expected) != .exceeds
    let needed = mayMove ? told.first : [told.first, told.at].compactMap(\.self).min()
    return needed.flatMap { told.day(expected) > told.day($0) ? $0 : nil }
  }

  /// Each line that waits, by name.
  private func waiting(_ inbound: InboundBook, _ item: ItemInPlanning) -> [Waiting] {
    var waiting: [LineName: Waiting] = [:]
    for place in inbound.places {
      let (supply, position) = (inbound.supplies[place.supply], inbound[place])
      let name = LineName(position.line.order, position.line.line)
      var one = waiting[name] ?? Waiting(line: position.line, channel: position.channel)
      one.units += position.units
      one.isSoft = one.isSoft || position.isSoft
      let promising = position.channel.map { item.rules.channels[$0].promising } ?? PromisePolicy()
      if let goods = supply.goods, let at = supply.date(of: place.position),
        let expected = arrival(at, from: goods.node, of: position.line.order, promising)
      {
        if one.expected.map({ $0.at < expected }) ?? true {
          one.expected = (expected, goods)
          one.lead = expected - at
        }
      } else {
        let units = supply.doubtful(place.position)
        one.doubtful = ((one.doubtful?.units ?? 0) + (units > 0 ? units : position.units), words(supply))
      }
      waiting[name] = one
    }
    return waiting.sorted { $0.key < $1.key }.map(\.value)
  }

  private func words(_ supply: InboundBook.Supply) -> String {
    if let goods = supply.goods { return goods.name + (goods.supplier.map { " by \($0)" } ?? " in transit") }
    return supply.pool.goodsName + (snapshot.received[supply.pool].map { ", which arrived at \($0.node)," } ?? "")
  }

  /// When units are at the customer that can be sold at a moment; nil where their node ships nothing. What is there is
  /// routed, and so ready, at the next full hour.
  func arrival(_ at: Instant, from node: NodeID, of order: OrderID, _ promising: PromisePolicy) -> Instant? {
    let there = max(at, now).nextFullHour
    guard let place = policy.nodes[node], place.isActive, let facts = snapshot.orders[order],
      reach.leads(from: node, for: policy.channels.firstIndex(of: facts.channel)),
      let leaves = place.leaves(routedAt: max(there, facts.shipOn ?? there))
    else { return nil }
    return leaves + (transit(from: node, facts) ?? promising.transit)
  }

  /// How long the cheapest way takes; nil where none leads there.
  private func transit(from node: NodeID, _ order: SnapshotOrder) -> TimeSpan? {
    let profile = policy.channels.firstIndex(of: order.channel).map { policy.network.profiles[$0] } ?? RoutingProfile()
    let ways = policy.network.lanes.filter { lane in
      lane.node == node && lane.region.isBytewiseEqual(to: order.region) && profile.uses(lane.service)
    }
    return ways.min { ($0.parcelCost + $0.unitCost, $0.transit) < ($1.parcelCost + $1.unitCost, $1.transit) }?.transit
  }
}
