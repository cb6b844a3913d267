import Operations

// Stage 4: what the open order lines get.
extension ItemPlanner {
  /// The open lines of an item. Whoever has not reached the point at which their channel claims is short of nothing yet.
  func lineBook(_ item: Int) -> LineBook {
    guard let open = snapshot.openLines[Int32(item)] else { return LineBook([], channels: []) }
    let lines = open.filter { isDue($0) }.sorted { left, right in
      left.order == right.order ? left.line.isBytewiseLess(than: right.line) : left.order < right.order
    }
    return LineBook(lines, channels: lines.map { policy.channels.firstIndex(of: $0.channel) })
  }

  func isDue(_ line: OpenLine) -> Bool {
    guard let channel = policy.channels.firstIndex(of: line.channel) else { return true }
    return policy.terms[channel].allow(line.stage, isLapsed: line.isLapsed, shipOn: line.shipOn, at: now)
  }

  /// Gives the lines what the grants allow.
  /// - Parameter turn: nil for all lines.
  /// - Returns: whether anyone got anything.
  mutating func serve(
    _ book: inout LineBook, _ rules: Policy.ItemPolicy, _ stock: inout ItemStock, in turn: ServingTurn? = nil
  ) -> Bool {
    guard book.isShort else { return false }
    let offered = limited()
    var grants = offered ?? exposure.grants
    var lines = book.lines
    if let turn {
      for index in lines.indices where !turn.includes(lines[index], book.channels[index]) { lines[index].open = 0 }
    }
    let results = Planning.allocate(
      lines, channels: book.channels, policy: rules, held: ContiguousArray(use.map(\.held)), grants: &grants,
      shared: &exposure.shared, rooms: rooms, keepingMinimums: true)
    exposure.draw(grants, of: offered)
    var taken: Quantity = 0
    for (index, result) in results.enumerated() {
      for var claim in result.claims {
        claim.expiresAt = expiry(of: book.lines[index], book.channels[index])
        claim.region = region
        book.claim(claim, for: index)
        count(claim, book.channels[index])
        taken += claim.quantity
      }
    }
    stock.claimed += taken
    return taken > 0
  }

  /// Writes down what the lines get and give up, and opens a case for each that falls short.
  mutating func report(_ work: ItemWork, into actions: inout [Action]) -> [Case] {
    let (book, item) = (work.book, work.item)
    // Most items have no line that asks for anything.
    guard !book.isEmpty || snapshot.cases[Int32(cells?.lead[item.index] ?? item.index)] != nil else { return [] }
    actions += book.actions(item.sku)
    findings.reallocated += book.reallocated
    var cases = lostAllocations(book, work.inbound, item.index)
    var missing: [(line: OpenLine, units: Quantity)] = []
    var finder = ObstacleFinder(work)
    for (index, line) in book.lines.enumerated() where book.channels[index] == nil || line.open > 0 {
      let subject = "\(line.order)/\(line.line)"
      if book.channels[index] == nil {
        cases.append(Case(.unknownChannel, subject: subject, detail: finder.summary(of: index, self)))
        continue
      }
      missing.append((line, line.open))
      if item.isNamed {
        let detail = "\(line.open) units are not covered: \(finder.summary(of: index, self))"
        cases.append(Case(.shortage, subject: subject, detail: String(detail.prefix(400))))
      } else {
        cases.append(Case(.unknownRegion, subject: subject, detail: finder.summary(of: index, self)))
      }
    }
    expect(missing, behind: work.inbound.demand, item, work.stock.net)
    return cases
  }

  /// Until when a claim holds that is made for a line now: what an order would get that claims when it is placed.
  func expiry(of line: OpenLine, _ channel: Int?) -> Instant? {
    channel.flatMap { policy.terms[$0].expiry(of: line.stage, at: now) }
  }

  /// From when on anything can be had for a line; nil where its orders wait only for what is known to come.
  func fence(of line: OpenLine, _ rules: Policy.ItemPolicy) -> Instant? {
    guard let channel = policy.channels.firstIndex(of: line.channel), expiry(of: line, channel) == nil else {
      return nil
    }
    return rules.channels[channel].promising.fence(ofOrderAt: line.placedAt, now: Instant(hour: now.hour))
  }

  /// Counts a planned claim as the store will count it, so that the grants that follow are those of the next plan too.
  mutating func count(_ claim: PlannedClaim, _ channel: Int?) {
    guard let channel else { return }
    use[channel].used += claim.quantity
    use[channel].held += claim.quantity
    for index in use.indices { use[index].usedByAll += claim.quantity }
    overall?.count(claim.quantity, channel)
    if claim.pool.isProtected {
      use[channel].consumed += claim.quantity
    } else {
      use[channel].soldFromShared += claim.quantity
    }
  }

  /// When supply is expected to cover what is missing: line after line, each behind those before it.
  /// - Parameter demand: who waits for that supply already.
  mutating func expect(
    _ missing: [(line: OpenLine, units: Quantity)], behind demand: [(at: Instant, units: Quantity)],
    _ planned: ItemInPlanning, _ net: Quantity
  ) {
    guard !missing.isEmpty else { return }
    let (item, sku, rules) = (planned.index, planned.sku, planned.rules)
    let supply = (bought(item).flatMap(\.parts) + moving(item).compactMap(\.part)).map { (at: $0.at, units: $0.units) }
    let curve = LookAheadATP(start: now, onHand: min(0, net), supply: supply, demand: demand)
    var wanted: Quantity = 0
    for (line, units) in missing {
      wanted += units
      var own = curve
      if let fence = fence(of: line, rules) {
        own = LookAheadATP(start: now, onHand: min(0, net), supply: supply, demand: demand, infiniteFrom: fence)
      }
      findings.shortfalls.append(
        Shortfall(
          sku: sku, order: line.order, line: line.line, units: units,
          neededBy: line.firstPromisedAt ?? line.promisedAt ?? line.shipOn,
          expectedAt: own.firstMoment(for: wanted)))
    }
  }
}
