import ActualState
import Operations
import Planning
import Reconciling

/// Plans the whole catalogue again, beside what the daemon did.
struct PlanCheck {
  let simulation: Simulation

  init(_ simulation: Simulation) { self.simulation = simulation }

  /// What a full plan would do now under the pinned policy; nil where plans are not applied.
  func fullPlan(at now: Instant) throws -> Plan? { try plan(try simulation.store.snapshot(.all), at: now) }

  private func plan(_ snapshot: Snapshot, at now: Instant) throws -> Plan? {
    guard let pin = try simulation.store.pin(), let state = simulation.state(of: pin),
      simulation.company(of: pin)?.isEnforced == true
    else { return nil }
    return Plan(
      policy: Policy(state, at: now), pin: pin, previous: nil, policyChanged: false, snapshot: snapshot, now: now)
  }

  /// Ends the holds that have run out; who looked ahead before must have seen what a plan wants then.
  /// - Returns: how many ran out.
  func expireHolds(at now: Instant) throws -> Int {
    let store = simulation.store
    guard try !store.activeClaims(expiringBy: now).isEmpty else { return 0 }
    let expected = try plan(try Snapshot(of: store, at: now), at: now)?.actions
    let count = try store.expireHolds(at: now)
    let actions = try fullPlan(at: now)?.actions
    let other = zip(actions ?? [], expected ?? []).filter { $0 != $1 }.flatMap { [$0, $1] }
    try require(
      actions == expected,
      "a preview did not see what holds that run out mean: \(other.map(\.action.json.canonical).prefix(6))")
    return count
  }

  /// After an apply nothing is left to do but for items that were touched meanwhile: so the plan of a few items did all
  /// that a full plan would have done, and what it did is at rest.
  func checkRest(after application: Application) throws {
    guard let plan = try fullPlan(at: application.now) else { return }
    let dirty = try dirtyItems()
    let suppliers = Set(try simulation.store.suppliers().filter(\.isDirty).map(\.supplier))
    // What waits for people is left over.
    let company = simulation.company(of: application.pin)
    let through = (application.record?.body["let_through"]?.array ?? []).compactMap { $0["hold"]?["cause"]?.string }
    let left = plan.actions.map(\.action).filter { action in
      let cause = action.domain.cause
      guard company?.enforces(cause) == true || through.contains(cause.rawValue) else { return false }
      if case .setSupplier(let supplier, _, _) = action { return !suppliers.contains(supplier) }
      return action.sku.map { !dirty.contains($0) } ?? dirty.isEmpty
    }
    try require(
      left.isEmpty,
      "a plan right after an apply (\(application.fullPlan ? "full" : "of what was dirty")) wants "
        + left.prefix(5).map(\.json.canonical).joined(separator: ", "))
    guard company?.appliesAll == true else { return }
    try checkChannels(application, except: dirty)
    try checkCases(except: dirty, at: application.now)
    try checkReleases(application, except: dirty)
    if let company = simulation.company(of: application.pin) {
      try ReplenishmentCheck(company, simulation.store, now: application.now).check(except: dirty, &simulation.tally)
    }
  }

  func dirtyItems() throws -> Set<SKU> {
    var dirty = Set<SKU>()
    try simulation.store.eachItem { if $0.isDirty { dirty.insert($0.sku) } }
    // Where orders are routed, what was touched says what becomes of the other items of the same orders too.
    return try simulation.store.isRouting() ? dirty.union(simulation.store.touchedByOrders()) : dirty
  }

  /// A channel that is closed, or that the policy no longer knows, can neither sell nor be told of stock.
  private func checkChannels(_ application: Application, except dirty: Set<SKU>) throws {
    guard let company = simulation.company(of: application.pin) else { return }
    let open = company.channels.filter { $0.isOpen(at: application.now) }.map { ChannelID($0.name) }
    try simulation.store.eachGrant { row in
      guard !dirty.contains(row.sku), !open.contains(row.channel) else { return }
      let shared = try simulation.store.item(row.sku)?[row.region].shared ?? 0
      try require(
        (row.grant?.available(shared: shared) ?? 0) == 0 && (row.published ?? 0) == 0,
        "\(row.channel) is closed and can sell \(row.sku): \(row)")
    }
  }

  /// Nothing falls short in silence.
  private func checkCases(except dirty: Set<SKU>, at now: Instant) throws {
    let store = simulation.store
    var subjects = Set<String>()
    try store.eachCase { _, one, _ in subjects.insert("\(one.kind.rawValue) \(one.subject)") }
    try store.eachOrder { order in
      for line in try store.lines(of: order.order) {
        let name = "\(order.order)/\(line.line)"
        if line.shipped + line.cancelled > line.ordered {
          try require(subjects.contains("over_shipped \(name)"), "\(name) was over-shipped in silence")
        }
        // A cart is owed nothing, and an order that is not at the point of claiming is short of nothing.
        guard line.open > 0, !dirty.contains(line.sku), order.stage != .cart,
          try (store.terms(of: order.channel) ?? ChannelTerms()).allow(
            order.stage, isLapsed: order.isLapsed, shipOn: order.shipOn, at: now)
        else { continue }
        try require(
          ["shortage", "unknown_channel", "unknown_region"].contains { subjects.contains("\($0) \(name)") },
          "\(name) is short of \(line.open) in silence")
      }
    }
  }

  /// A large order that nobody with the right role has let go is told of, and no other.
  private func checkReleases(_ application: Application, except dirty: Set<SKU>) throws {
    guard let company = simulation.company(of: application.pin) else { return }
    let store = simulation.store
    var told = Set<OrderID>()
    try store.eachCase { _, one, _ in if one.kind == .releasePending { told.insert(OrderID(one.subject)) } }
    try store.eachOrder { order in
      let lines = try store.lines(of: order.order)
      guard order.stage != .cart, !lines.contains(where: { dirty.contains($0.sku) }) else { return }
      let limit = company.channels.first { ChannelID($0.name) == order.channel }?.releaseAbove
      let units = lines.reduce(0) { $0 + $1.ordered - $1.cancelled }
      let isPending =
        limit.map { units > Int64($0) } ?? false && !order.releasedBy.contains("ada")
        && lines.contains { $0.unshipped > 0 }
      try require(
        told.contains(order.order) == isPending,
        "\(order.order) of \(units) units, released by \(order.releasedBy): its case "
          + (isPending ? "is missing" : "is too much"))
    }
  }
}
