import ActualState
import Operations
import Reconciling

/// Claims on goods that are still to come, and what customers were told of them, held against the company's model.
struct BackorderCheck {
  private let application: Application
  private let messages: Int64
  /// Units that waited before, by channel and item.
  private let waitedBefore: [Holder: Quantity]

  private struct Holder: Hashable {
    var sku: SKU
    var channel: ChannelID
    /// Nil for all together.
    var region: String?
  }

  init(_ store: InMemoryStore, _ application: Application) throws {
    self.application = application
    messages = try store.countOutbox()
    waitedBefore = try Self.waiting(store)
  }

  private static func waiting(_ store: InMemoryStore) throws -> [Holder: Quantity] {
    var waiting: [Holder: Quantity] = [:]
    try store.eachClaim { claim in
      guard claim.state == .active, claim.pool.isInbound else { return }
      for region in claim.region.isEverywhere ? [nil] : [nil, claim.region.rawValue] {
        waiting[Holder(sku: claim.sku, channel: claim.channel, region: region), default: 0] += claim.quantity
      }
    }
    return waiting
  }

  func count(_ tally: inout Tally) {
    for action in application.actions {
      switch action {
      case .claim(_, let claim):
        tally.backorders += claim.pool.isInbound ? 1 : 0
        if case .transfer = claim.pool { tally.awaitedTransfers += 1 }
      case .moveClaim(_, let move):
        // What only comes to another region waits on.
        guard move.wasPool.isInbound, !move.pool.isInbound else { continue }
        tally.handedOver += 1
        if case .transfer = move.wasPool { tally.handedOverTransfers += 1 }
      case .promise(_, let promise, _):
        tally.promises += 1
        tally.notices += promise.notice == nil ? 0 : 1
      case .openCase(_, let one):
        tally.promisesInTrouble += one.kind == .promiseAtRisk || one.kind == .promiseBroken ? 1 : 0
      default: break
      }
    }
  }

  /// - Parameter dirty: items that were touched meanwhile.
  func check(_ simulation: Simulation, except dirty: Set<SKU>) throws {
    let store = simulation.store
    try checkMessages(store)
    guard let company = simulation.company(of: application.pin), company.appliesAll else { return }
    try checkNew(company, store)
    try checkGoods(company, store, except: dirty)
    try checkPromises(company, store, except: dirty)
    try checkTurns(company, store, except: dirty)
    try FenceCheck(application: application, company: company, store: store).check(except: dirty, &simulation.tally)
  }

  /// Nobody of a lower rank gets stock while a line of a better one waits for goods of which some came in.
  private func checkTurns(_ company: Company, _ store: InMemoryStore, except dirty: Set<SKU>) throws {
    // Where claims may change hands, or not all of the stock counts, more than rank decides.
    guard company.tiers.reallocation.allSatisfy({ $0 == "none" }) else { return }
    func tier(_ channel: ChannelID) -> Int? {
      company.channels.first { $0.name == channel.rawValue && $0.isOpen(at: application.now) }
        .map { company.tiers.ranks[$0.tier] }
    }
    var served: [SKU: [(region: RegionID, order: OrderID, rank: Int)]] = [:]
    for case .claim(let sku, let claim) in application.actions where claim.pool == .shared && !dirty.contains(sku) {
      guard let rank = tier(claim.channel) else { continue }
      served[sku, default: []].append((claim.region, claim.order, rank))
    }
    guard !served.isEmpty else { return }
    try store.eachClaim { claim in
      guard claim.state == .active, claim.pool.isInbound, let others = served[claim.sku],
        let rank = tier(claim.channel),
        let channel = company.channels.first(where: { $0.name == claim.channel.rawValue }), channel.mayUseShared,
        channel.share?.room == nil, try goods(claim.pool, company, store)?.received ?? 0 > 0
      else { return }
      let other = others.first { $0.region == claim.region && $0.rank > rank }
      try require(
        other == nil,
        "\(claim.order) waits for \(claim.pool), of which some came in, and \(other?.order ?? "") got stock")
    }
  }

  /// One message for each notice of the plan, and no other.
  private func checkMessages(_ store: InMemoryStore) throws {
    guard application.record != nil else { return }
    var wanted: Int64 = 0
    var hasPublished = false
    for action in application.actions {
      switch action {
      case .promise(_, let promise, _): wanted += promise.notice == nil ? 0 : 1
      case .propose: wanted += 1
      case .publish, .heal: hasPublished = true
      default: break
      }
    }
    let written = try store.countOutbox() - messages
    try require(
      written == wanted + (hasPublished ? 1 : 0), "\(wanted) people are to be told, and \(written) messages came of it")
  }

  /// Orders wait for something new only where the company accepts it, and no more of them than may.
  private func checkNew(_ company: Company, _ store: InMemoryStore) throws {
    let waiting = try Self.waiting(store)
    for case .claim(let sku, let claim) in application.actions {
      guard claim.pool.isInbound else { continue }
      let item = Company.Item(sku, try store.item(sku)?.traits)
      let place = claim.region.isEverywhere ? nil : claim.region.rawValue
      let isAccepted = company.backorderLimits(of: claim.channel.rawValue, item, in: place).accepts
      try require(isAccepted, "\(claim.channel) accepts no backorders of \(sku), and \(claim.order) waits")
      if case .transfer = claim.pool {
        let mayWait = company.backorderLimits(of: claim.channel.rawValue, item, in: place).transfers
        try require(mayWait, "\(claim.channel) waits for no transfers of \(sku), and \(claim.order) waits for one")
      }
      for region in Set([nil, place]) {
        let limits = company.backorderLimits(of: claim.channel.rawValue, item, in: region)
        guard limits.accepts else { continue }
        let holder = Holder(sku: sku, channel: claim.channel, region: region)
        let most = max(limits.units.map { Quantity($0) } ?? .max, waitedBefore[holder] ?? 0)
        try require(
          waiting[holder] ?? 0 <= most,
          "\(waiting[holder] ?? 0) of \(sku) wait for \(claim.channel) in '\(region ?? "")', and \(most) may")
      }
    }
  }

  /// Nobody waits for what does not come; whoever waits for what cannot be counted on is known.
  private func checkGoods(_ company: Company, _ store: InMemoryStore, except dirty: Set<SKU>) throws {
    var known = Set<String>()
    try store.eachCase { _, one, _ in
      if [.promiseAtRisk, .promiseBroken, .shortage].contains(one.kind) { known.insert(one.subject) }
    }
    var claims: [Pool: [ClaimRow]] = [:]
    try store.eachClaim { claim in
      guard claim.state == .active, claim.pool.isInbound, !dirty.contains(claim.sku) else { return }
      claims[claim.pool, default: []].append(claim)
    }
    for (pool, claims) in claims.sorted(by: { $0.key.description < $1.key.description }) {
      guard let goods = try goods(pool, company, store) else {
        throw BrokenPromise(description: "claims wait for \(pool), which is no line")
      }
      let waiting = claims.reduce(0) { $0 + $1.quantity }
      let here = try withheld(goods, company, store)
      try require(
        waiting <= goods.open + here,
        "\(waiting) units wait for \(pool), and \(goods.open) are still to come, \(here) lie where nothing is sold")
      let sure = goods.certain
      var sum: Quantity = 0
      for claim in claims.sorted(by: { $0.id < $1.id }) {
        sum += claim.quantity
        guard sum > sure, claim.expiresAt == nil else { continue }
        let isOpen = try store.line(claim.order, claim.line)?.open ?? 0 > 0
        try require(
          isOpen || known.contains("\(claim.order)/\(claim.line)"),
          "\(claim.order) waits for \(pool) beyond the \(sure) that can be counted on, in silence")
      }
    }
  }

  /// What a line is to bring, by the books and not by the planner.
  private struct Goods {
    var sku: SKU
    var node: NodeID
    var open: Quantity
    var received: Quantity
    var certain: Quantity
  }

  private func goods(_ pool: Pool, _ company: Company, _ store: InMemoryStore) throws -> Goods? {
    switch pool {
    case .inbound(let order, let name):
      try store.purchaseOrderLine(order, name).map { line in
        Goods(
          sku: line.sku, node: line.node, open: line.open, received: line.received,
          certain: try certain(line, company, store))
      }
    case .transfer(let transfer, let name):
      try store.transferLine(transfer, name).map { line in
        let node = company.nodes.first { $0.name == line.to.rawValue }
        let end = line.originalETA + TimeSpan(milliseconds: Int64(node?.pastDue ?? 7) * 86_400_000)
        let isDue = node?.isActive ?? false && Instant(hour: application.now.hour) <= end
        return Goods(
          sku: line.sku, node: line.to, open: line.open, received: line.received, certain: isDue ? line.open : 0)
      }
    case .protected, .shared: nil
    }
  }

  /// What came in on a line and lies at a node that is closed or not taken at its word, or that nothing can leave from.
  private func withheld(_ line: Goods, _ company: Company, _ store: InMemoryStore) throws -> Quantity {
    guard let position = try store.position(line.sku, line.node) else { return 0 }
    let free = max(0, position.sellable - position.allocated)
    let share = try store.fallback(of: .node(line.node))?.share ?? .all
    let counts = share == .all ? free : min(free, max(0, share.floor(of: position.sellable) - position.allocated))
    let isPromised = try store.isActive(line.node) && company.lets(nil, leaveFrom: line.node.rawValue)
    return min(line.received, isPromised ? free - counts : free)
  }

  /// Units of a purchase-order line that can be counted on.
  private func certain(_ line: PurchaseOrderLineRow, _ company: Company, _ store: InMemoryStore) throws -> Quantity {
    guard World.suppliers.contains(line.supplier.rawValue) else { return 0 }
    let hour = Instant(hour: application.now.hour)
    if company.learns, hour > line.originalETA + TimeSpan(milliseconds: 3 * TimeSpan.day.milliseconds) { return 0 }
    let learnt = company.learns ? try store.supplier(line.supplier)?.standing?.confidence : nil
    let units = (learnt ?? .percent(Int64(company.confidence))).floor(of: line.open)
    return (try store.fallback(of: .supplier(line.supplier))?.share ?? .all).floor(of: units)
  }

  /// Every customer whose line waits as a whole was told when it comes, or someone knows why not; and nobody was told more
  /// than the limit allows without a case.
  private func checkPromises(_ company: Company, _ store: InMemoryStore, except dirty: Set<SKU>) throws {
    var known = Set<String>()
    try store.eachCase { _, one, _ in
      if one.kind == .promiseAtRisk || one.kind == .promiseBroken { known.insert(one.subject) }
    }
    try store.eachOrder { order in
      for line in try store.lines(of: order.order) where line.claimed > 0 && !dirty.contains(line.sku) {
        let claims = try store.activeClaims(of: order.order, line.line)
        guard claims.contains(where: \.pool.isInbound), line.open == 0, claims.allSatisfy({ $0.expiresAt == nil })
        else { continue }
        try require(
          line.promisedAt != nil || known.contains("\(order.order)/\(line.line)"),
          "\(order.order)/\(line.line) waits, and its customer was told nothing")
      }
    }
  }
}
