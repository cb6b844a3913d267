import Operations

extension Store {
  /// Stores the order as a fact and claims at once what the grants allow; the rest is for the next plan.
  ///
  /// Where it comes from a cart, the cart's holds become the order's claims in the same step, and the cart is over: a
  /// customer is never kept from stock by what they held themselves.
  func place(_ order: OrderRow, _ lines: [OrderLineRow], from cart: OrderID?, _ event: Event) throws -> EventState {
    if try self.order(order.order) != nil { return .refused("the order '\(order.order)' already exists") }
    if let unknown = try unknownItem(among: lines.map(\.sku)) { return .waiting(for: "sku:\(unknown)") }
    let terms = try terms(of: order.channel) ?? ChannelTerms()
    try put(order)
    if let cart {
      for line in lines { try put(line) }
      try take(cart, into: order, lines, terms, event)
    }
    for placed in lines {
      guard var item = try item(placed.sku) else { continue }
      var line = cart == nil ? placed : try self.line(order.order, placed.line) ?? placed
      try claimAtOnce(&line, &item, order, terms, at: event.time, selling: placed.ordered)
      try put(line)
      try addSale(of: line.sku, line.sold(by: order), order)
      try touch(&item)
    }
    return .applied
  }

  /// An order that has come further: its holds become firm when it is paid, and it may claim where its channel claims no
  /// sooner. Stages that arrive in another order than they happened in are no harm: the furthest counts, and everyone who
  /// released it.
  func advance(_ id: OrderID, to stage: OrderStage, by person: String?, _ event: Event) throws -> EventState {
    guard var order = try order(id) else { return .waiting(for: "order:\(id)") }
    let newcomer = person.flatMap { name in order.releasedBy.contains { $0.isBytewiseEqual(to: name) } ? nil : name }
    guard stage > order.stage || newcomer != nil else { return .applied }
    let before = order
    order.stage = max(order.stage, stage)
    if let newcomer {
      let place = order.releasedBy.firstIndex { newcomer.isBytewiseLess(than: $0) } ?? order.releasedBy.endIndex
      order.releasedBy.insert(newcomer, at: place)
    }
    order.isLapsed = false
    try put(order)
    try countSales(of: order, since: before)
    let terms = try terms(of: order.channel) ?? ChannelTerms()
    for var line in try lines(of: id) {
      guard var item = try item(line.sku) else { continue }
      for claim in try activeClaims(of: id, line.line) where claim.expiresAt != nil {
        try split(claim, claim.quantity) { $0.expiresAt = nil }
      }
      try claimAtOnce(&line, &item, order, terms, at: event.time)
      try put(line)
      try touch(&item)
    }
    return .applied
  }

  /// Cancels what has not been shipped: first what no claim covers, then the newest claims.
  ///
  /// More than there is to cancel opens a case. A released unit goes back to the pool that it came from. The cap is not
  /// raised: whether the claim still counts in its window is for the next plan to say.
  func cancel(_ order: OrderID, _ lines: [Fact.LineUnits]?, at time: Instant) throws -> EventState {
    guard let row = try self.order(order) else { return .waiting(for: "order:\(order)") }
    let known = try self.lines(of: order)
    let wanted = lines ?? known.map { Fact.LineUnits(line: $0.line, units: nil) }
    for one in wanted where !known.contains(where: { $0.line.isBytewiseEqual(to: one.line) }) {
      return .refused("the order '\(order)' has no line '\(one.line)'")
    }
    var isChanged = false
    for one in wanted {
      guard var line = try line(order, one.line), var item = try item(line.sku) else { continue }
      let units = min(one.units ?? line.unshipped, line.unshipped)
      if let wanted = one.units, wanted > units {
        try report(
          excess: "\(wanted) to cancel, but only \(units) can be", "\(order)/\(line.line)", of: line.sku, at: time
        )
      }
      guard units > 0 else { continue }
      let (toRelease, sold) = (max(0, units - line.open), line.sold(by: row))
      line.cancelled += units
      line.claimed -= toRelease
      try put(line)
      try addSale(of: line.sku, line.sold(by: row) - sold, row)
      try releaseNewest(toRelease, of: line, &item)
      try put(item)
      isChanged = true
    }
    if isChanged { try touchItems(of: order) }
    return .applied
  }

  /// Touches every item of an order, because something has changed that counts for the whole of it.
  func touchItems(of order: OrderID) throws {
    for sku in Set(try lines(of: order).map(\.sku)).sorted() {
      guard var item = try item(sku) else { continue }
      try touch(&item)
    }
  }

  /// Releases units of a line's claims, newest first; the line itself is the caller's.
  func releaseNewest(_ units: Quantity, of line: OrderLineRow, _ item: inout ItemRow) throws {
    var toRelease = units
    for claim in try activeClaims(of: line.order, line.line).reversed() where toRelease > 0 {
      let released = min(claim.quantity, toRelease)
      toRelease -= released
      try release(claim, released, of: &item)
    }
  }

  /// Stock leaves the building: claims are consumed, first those on this node, then oldest first. What was shipped is a
  /// fact even where no claim stood behind it; more than was ordered opens a case.
  func ship(_ order: OrderID, from node: NodeID, _ lines: [Fact.LineUnits], _ event: Event) throws -> EventState {
    guard let row = try self.order(order) else { return .waiting(for: "order:\(order)") }
    for one in lines where try line(order, one.line) == nil {
      return .refused("the order '\(order)' has no line '\(one.line)'")
    }
    let (lead, wasWaiting) = (try leadItem(of: order), try isWaiting(order))
    for (index, one) in lines.enumerated() {
      guard var line = try line(order, one.line), var item = try item(line.sku), let units = one.units else { continue }
      let claims = try activeClaims(of: order, line.line)
      let nodes = Set(claims.compactMap(\.node) + [node])
      // A node in one region may ship for a claim of another, where the regions have changed in between.
      let map = try regionMap()
      let parts = Dictionary(grouping: Set(nodes), by: map.region(of:)).mapValues { Set($0) }
        .merging(claims.map { ($0.region, []) }) { nodes, _ in nodes }
      let before = try parts.mapValues { _ in 0 }.merging(parts.map { ($0.key, try net(item, $0.key, at: $0.value)) }) {
        $1
      }
      var toConsume = min(units, line.claimed)
      let (unclaimed, sold) = (units - toConsume, line.sold(by: row))
      line.shipped += units
      line.claimed -= toConsume
      try put(line)
      try addSale(of: line.sku, line.sold(by: row) - sold, row)
      if unclaimed > 0 { try count(unclaimed: unclaimed, of: line.sku, row, from: node, at: event.time) }
      if line.shipped + line.cancelled > line.ordered {
        let detail = "shipped \(line.shipped) of \(line.ordered) ordered, \(line.cancelled) cancelled"
        try open(
          Case(.overShipped, subject: "\(order)/\(line.line)", detail: detail), of: line.sku, at: event.time)
      }
      for claim in claims.filter({ $0.node == node }) + claims.filter({ $0.node != node }) where toConsume > 0 {
        let consumed = min(claim.quantity, toConsume)
        toConsume -= consumed
        try consume(claim, consumed, from: node, of: &item)
      }
      let entry = LedgerEntry(
        idempotencyKey: "shipment/\(index)/\(event.key)", cause: .shipment, sku: line.sku, node: node, from: .sellable,
        to: .customer, quantity: units, time: event.time)
      try post(entry, of: &item)
      // A claim that ends frees what it held: only what was shipped beyond claims takes from the pool.
      for (region, nodes) in parts {
        item[region].shared += min(0, try net(item, region, at: nodes) - (before[region] ?? 0))
      }
      try touch(&item)
    }
    // What has left may be what it waited with: then its case ends, which only a plan of all its items knows.
    if try wasWaiting || isWaiting(order) { try touchItems(of: order) }
    if let next = try leadItem(of: order), next != lead, var item = try item(next) { try touch(&item) }
    return .applied
  }

  /// The item of the first line that has units still to leave.
  private func leadItem(of order: OrderID) throws -> SKU? {
    try lines(of: order).first { $0.unshipped > 0 }?.sku
  }
}
