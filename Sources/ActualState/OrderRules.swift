import Operations

extension Store {
  /// Stores the order as a fact and claims at once what the grants allow; the rest is for the next plan.
  func place(_ order: OrderRow, _ lines: [OrderLineRow], _ event: Event) throws -> EventState {
    if try self.order(order.order) != nil { return .refused("the order '\(order.order)' is placed already") }
    if let unknown = try unknownItem(among: lines.map(\.sku)) { return .waiting(for: "sku:\(unknown)") }
    try insert(order)
    for var line in lines {
      guard var item = try item(line.sku) else { continue }
      try claimAtOnce(&line, &item, order, at: event.time)
      try put(line)
      try touch(&item)
    }
    return .applied
  }

  /// Takes the channel's own protection first and then the shared pool, never more than the cap has left. This is what
  /// every order passes, so that each row is read and written once.
  private func claimAtOnce(
    _ line: inout OrderLineRow, _ item: inout ItemRow, _ order: OrderRow, at time: Instant
  ) throws {
    guard var row = try grant(line.sku, order.channel), let grant = row.grant else { return }
    let units = min(line.open, grant.available(shared: item.shared))
    guard units > 0 else { return }
    let own = min(units, grant.protected)
    for (pool, quantity) in [(Pool.protected(order.channel), own), (.shared, units - own)] where quantity > 0 {
      let claim = ClaimRow(
        order: line.order, line: line.line, sku: line.sku, channel: order.channel, pool: pool, quantity: quantity,
        claimedAt: time)
      try put(claim)
      line.claimed += quantity
      item.claimed += quantity
      row.count(claim, quantity)
      try addUsage(of: claim, quantity)
    }
    row.grant = grant.drawing(own: own, units: units)
    item.shared -= units - own
    try put(row)
  }

  /// Adds a claim to everything that counts claims, but takes nothing from the pools: a plan writes those as they
  /// shall be after its own claims.
  func add(_ claim: ClaimRow, of item: inout ItemRow) throws {
    try put(claim)
    guard var line = try line(claim.order, claim.line) else { return }
    line.claimed += claim.quantity
    try put(line)
    item.claimed += claim.quantity
    try change(claim, by: claim.quantity)
  }

  /// Keeps the channel's active claims and its use in the hour of the claim in step with one claim's change.
  private func change(_ claim: ClaimRow, by units: Quantity) throws {
    var row = try grant(claim.sku, claim.channel) ?? GrantRow(sku: claim.sku, channel: claim.channel)
    row.count(claim, units)
    try put(row)
    try addUsage(of: claim, units)
  }

  private func addUsage(of claim: ClaimRow, _ units: Quantity) throws {
    try addUsage(
      claim.sku, claim.channel, hour: claim.claimedAt.hour,
      UsageChange(claimed: units, protected: claim.pool.isProtected ? units : 0))
  }

  /// Cancels what has not been shipped: first what no claim covers, then the newest claims.
  ///
  /// A released unit goes back to the pool that it came from. The cap is not raised: whether the claim still counts in
  /// its window is for the next plan to say.
  func cancel(_ order: OrderID, _ lines: [Fact.LineUnits]?) throws -> EventState {
    guard try self.order(order) != nil else { return .waiting(for: "order:\(order)") }
    let known = try self.lines(of: order)
    let wanted = lines ?? known.map { Fact.LineUnits(line: $0.line, units: nil) }
    for one in wanted where !known.contains(where: { $0.line == one.line }) {
      return .refused("the order '\(order)' has no line '\(one.line)'")
    }
    for one in wanted {
      guard var line = try line(order, one.line), var item = try item(line.sku) else { continue }
      let remaining = max(0, line.ordered - line.cancelled - line.shipped)
      let units = min(one.units ?? remaining, remaining)
      guard units > 0 else { continue }
      var toRelease = max(0, units - line.open)
      line.cancelled += units
      line.claimed -= toRelease
      try put(line)
      for claim in try activeClaims(of: order, line.line).reversed() where toRelease > 0 {
        let released = min(claim.quantity, toRelease)
        toRelease -= released
        try release(claim, released, of: &item)
      }
      try touch(&item)
    }
    return .applied
  }

  private func release(_ claim: ClaimRow, _ units: Quantity, of item: inout ItemRow) throws {
    try settle(claim, units, as: .released)
    try change(claim, by: -units)
    item.claimed -= units
    guard claim.pool.isProtected else {
      item.shared += units
      return
    }
    guard var row = try grant(claim.sku, claim.channel), row.grant != nil else { return }
    row.grant?.protected += units
    try put(row)
  }

  /// Ends all or part of a claim; a part is split off as a claim of its own.
  private func settle(_ claim: ClaimRow, _ units: Quantity, as state: ClaimState) throws {
    var rest = claim
    rest.quantity -= units
    if rest.quantity > 0 { try put(rest) }
    var ended = claim
    if rest.quantity > 0 { ended.id = 0 }
    ended.quantity = units
    ended.state = state
    try put(ended)
  }

  /// Stock leaves the building: claims are consumed, oldest first. What was shipped is a fact even where no claim stood
  /// behind it; more than was ordered opens a case.
  func ship(_ order: OrderID, from node: NodeID, _ lines: [Fact.LineUnits], _ event: Event) throws -> EventState {
    guard try self.order(order) != nil else { return .waiting(for: "order:\(order)") }
    for one in lines where try line(order, one.line) == nil {
      return .refused("the order '\(order)' has no line '\(one.line)'")
    }
    for (index, one) in lines.enumerated() {
      guard var line = try line(order, one.line), var item = try item(line.sku), let units = one.units else { continue }
      let claimedBefore = item.claimed
      let availableBefore = try available(line.sku, node)
      var toConsume = min(units, line.claimed)
      line.shipped += units
      line.claimed -= toConsume
      try put(line)
      if line.shipped + line.cancelled > line.ordered {
        let detail = "shipped \(line.shipped) of \(line.ordered) ordered, \(line.cancelled) cancelled"
        try open(
          Case(.overShipped, subject: "\(order)/\(line.line)", detail: detail), of: line.sku, at: event.time)
      }
      for claim in try activeClaims(of: order, line.line) where toConsume > 0 {
        let consumed = min(claim.quantity, toConsume)
        toConsume -= consumed
        try consume(claim, consumed, of: &item)
      }
      let entry = LedgerEntry(
        idempotencyKey: "shipment/\(index)/\(event.key)", cause: .shipment, sku: line.sku, node: node, from: .sellable,
        to: .customer, quantity: units, time: event.time)
      try post(entry, of: &item)
      // A claim that ends frees what it held: only what was shipped beyond claims takes from the pool.
      let change = try available(line.sku, node) - availableBefore - (item.claimed - claimedBefore)
      item.shared += min(0, change)
      try touch(&item)
    }
    return .applied
  }

  private func consume(_ claim: ClaimRow, _ units: Quantity, of item: inout ItemRow) throws {
    try settle(claim, units, as: .consumed)
    item.claimed -= units
    guard var row = try grant(claim.sku, claim.channel) else { return }
    row.count(claim, -units)
    try put(row)
    guard claim.pool.isProtected else { return }
    try addUsage(claim.sku, claim.channel, hour: claim.claimedAt.hour, UsageChange(protectedShipped: units))
  }
}

extension GrantRow {
  fileprivate mutating func count(_ claim: ClaimRow, _ units: Quantity) {
    if claim.pool.isProtected { activeProtected += units } else { activeShared += units }
  }
}

extension Grant {
  /// What is left when `units` are claimed, `own` of them from the channel's protection.
  fileprivate func drawing(own: Quantity, units: Quantity) -> Grant {
    Grant(protected: protected - own, capLeft: capLeft.map { $0 - units }, mayUseShared: mayUseShared)
  }
}
