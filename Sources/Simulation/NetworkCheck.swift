import ActualState
import Operations

/// What a plan that was applied may have done to claims on nodes.
struct NetworkCheck {
  let application: Application
  let simulation: Simulation

  func check() throws {
    guard let company = simulation.company(of: application.pin) else { return }
    let store = simulation.store
    var loaded = Set<LoadedDay>()
    for action in application.actions {
      switch action {
      case .claim(_, let claim): try checkPlace(claim.node, claim.service, claim.order, company)
      case .promise(_, let promise, let was):
        try checkPromise(promise, company)
        try checkLimit(promise, was)
      case .moveClaim(_, let move):
        // Where only the region of its node has changed nothing was routed.
        if move.node != move.wasNode || move.region == move.wasRegion {
          try checkPlace(move.node, move.service, move.order, company)
        }
      case .route(let order, let decision):
        try checkTime(decision, order, company)
        try checkParcels(decision, order, company)
        for parcel in decision.parcels { loaded.insert(LoadedDay(node: parcel.node, day: parcel.workDay)) }
      default: break
      }
    }
    try store.eachLoad { load in
      guard loaded.contains(LoadedDay(node: load.node, day: load.day)),
        let capacity = company.nodes.first(where: { $0.name == load.node.rawValue })?.capacity
      else { return }
      try require(load.units <= capacity, "\(load.node) is to ship \(load.units) on \(load.day), and can \(capacity)")
    }
    try checkWaiting(company)
    try checkWays(company)
    try checkReach(company)
  }

  /// No channel is told of more than lies where its orders can leave from.
  private func checkReach(_ company: Company) throws {
    let store = simulation.store
    guard application.fullPlan, company.appliesAll, !company.shipping.lanes.isEmpty else { return }
    let map = try store.regionMap()
    var there: [SKU: [(node: NodeID, region: RegionID, units: Quantity)]] = [:]
    try store.eachPosition { row, _ in
      there[row.sku, default: []].append((row.node, map.region(of: row.node), max(0, row.sellable)))
    }
    try store.eachGrant { row in
      guard let units = row.published, units > 0, try store.item(row.sku)?.isDirty == false else { return }
      let most = (there[row.sku] ?? []).reduce(0) { sum, one in
        one.region == row.region && company.lets(row.channel.rawValue, leaveFrom: one.node.rawValue)
          ? sum + one.units : sum
      }
      try require(
        units <= most, "\(row.channel) is told of \(units) of \(row.sku), of which \(most) can leave for its orders")
    }
  }

  private struct LoadedDay: Hashable {
    var node: NodeID
    var day: LocalDate
  }

  /// Where late is refused no parcel comes later than its channel delivers.
  private func checkTime(_ decision: RouteDecision, _ id: OrderID, _ company: Company) throws {
    guard let order = try simulation.store.order(id),
      company.channels.contains(where: { $0.name == order.channel.rawValue }),
      let profile = company.profile(of: order.channel.rawValue), profile.refusesLate, let hours = profile.hours
    else { return }
    let limit = order.placedAt.nextFullHour + TimeSpan(milliseconds: Int64(hours) * 3_600_000)
    // What was promised for later, because the goods were to come later, binds instead.
    var promised: Int64?
    for line in try simulation.store.lines(of: id) {
      // A line that waits for goods was told of them before it was routed.
      let waits = try simulation.store.activeClaims(of: id, line.line).contains { $0.pool.isInbound }
      let told = try simulation.store.promises(of: id, line.line).filter { waits || $0.decidedAt < application.now }
      if told.contains(where: { $0.promisedAt.map { $0 > limit } ?? false }) { return }
      promised = ([promised] + told.map { $0.promisedAt?.day }).compactMap(\.self).max()
    }
    for parcel in decision.parcels {
      // Customers are told days: what comes on the promised one is in time at any hour of it.
      try require(
        parcel.arrivesAt <= limit || promised.map { parcel.arrivesAt.day <= $0 } ?? false,
        "\(id) comes \(parcel.arrivesAt), and is to be there by \(limit) or not to leave")
    }
  }

  /// No more parcels of an order are to leave than may, but for those that were to leave before a profile said so.
  private func checkParcels(_ decision: RouteDecision, _ id: OrderID, _ company: Company) throws {
    guard let order = try simulation.store.order(id), let most = company.profile(of: order.channel.rawValue)?.maxParcels
    else { return }
    var distinct: [ParcelUnderWay] = []
    for parcel in try simulation.store.parcels(of: id) where !parcel.hasLeft {
      if !distinct.contains(where: parcel.isSame) { distinct.append(parcel) }
    }
    guard distinct.count > most else { return }
    let before = try simulation.store.routes(of: id).dropLast().flatMap(\.decision.parcels)
    for parcel in decision.parcels {
      try require(
        before.contains { $0.node == parcel.node && $0.service == parcel.service && $0.leavesAt == parcel.leavesAt },
        "\(id) is to leave in \(distinct.count) parcels, and may in \(most)")
    }
  }

  /// A line of which nothing is left to be covered is promised for no day before that on which the last of its units
  /// arrives that have a way.
  private func checkPromise(_ promise: Promise, _ company: Company) throws {
    let store = simulation.store
    guard company.appliesAll, let at = promise.at, let line = try store.line(promise.order, promise.line),
      line.open == 0
    else { return }
    for parcel in try store.parcels(of: promise.order)
    where !parcel.hasLeft && parcel.lines.contains(where: { $0.line == promise.line }) {
      try require(
        parcel.arrivesAt.day <= at.day,
        "\(promise.order)/\(promise.line) is promised for \(at), and a part of it arrives \(parcel.arrivesAt)")
    }
  }

  /// How many days past the first promise a later one may be at most, by any rule of any company.
  private static let mostDays: Int64 = 5

  /// Nobody is told a day by a plan that is further past the first than promises may move without a person.
  private func checkLimit(_ promise: Promise, _ was: Instant?) throws {
    guard let at = promise.at, let was, at.day > was.day,
      let first = try simulation.store.line(promise.order, promise.line)?.firstPromisedAt
    else { return }
    try require(
      at.day <= first.day + Self.mostDays,
      "\(promise.order)/\(promise.line) was promised for \(first) first, and is for \(at) now")
  }

  /// Units are put onto nodes that can send them.
  private func checkPlace(_ node: NodeID?, _ service: String?, _ order: OrderID, _ company: Company) throws {
    guard let node else { return }
    let region = try simulation.store.order(order)?.region ?? ""
    try require(
      company.leads(from: node.rawValue, to: region, by: service, at: application.now)
        && company.nodes.contains { $0.name == node.rawValue && $0.isActive }
        && company.region(to: region) == company.region(of: node.rawValue),
      "\(order) is routed to \(node), from where nothing goes to '\(region)'")
  }

  /// What the warehouse does not have yet stands on no node from which its way is closed.
  private func checkWays(_ company: Company) throws {
    let store = simulation.store
    guard application.fullPlan, company.appliesAll, !company.shipping.lanes.isEmpty else { return }
    try store.eachClaim { claim in
      guard claim.state == .active, let node = claim.node, let service = claim.service,
        let order = try store.order(claim.order), order.stage < .warehouseRelease,
        try store.item(claim.sku)?.isDirty == false
      else { return }
      try require(
        company.leads(from: node.rawValue, to: order.region, by: service, at: application.now),
        "\(claim.order) is to leave \(node) by \(service), which leads nowhere near '\(order.region)'")
    }
  }

  /// A claim that stands on no node has a case, or its order waits for units, or something of it was touched meanwhile.
  private func checkWaiting(_ company: Company) throws {
    let store = simulation.store
    guard application.fullPlan, company.appliesAll, !company.shipping.lanes.isEmpty else { return }
    var subjects = Set<String>()
    try store.eachCase { _, one, _ in
      if one.kind == .unroutable || one.kind == .releasePending { subjects.insert(one.subject) }
    }
    var waiting = Set<OrderID>()
    try store.eachClaim { claim in
      guard claim.state == .active, claim.node == nil, claim.expiresAt == nil, !claim.pool.isInbound,
        !claim.order.isCart
      else { return }
      waiting.insert(claim.order)
    }
    for order in waiting.sorted() where !subjects.contains(order.rawValue) {
      let lines = try store.lines(of: order)
      let isDirty = try lines.contains { try store.item($0.sku)?.isDirty ?? false }
      let isWhole = try lines.allSatisfy { line in
        try line.open == 0
          && store.activeClaims(of: order, line.line).allSatisfy { $0.expiresAt == nil && !$0.pool.isInbound }
      }
      let channel = try store.order(order)?.channel.rawValue
      let profile = company.profile(of: channel)
      try require(
        isDirty || (profile?.shipsComplete == true && !isWhole), "\(order) waits for a node in silence")
    }
  }
}
