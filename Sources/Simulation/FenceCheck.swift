import ActualState
import Operations

/// Lines that nothing covers and that are promised all the same, held against the rules of the company that take supply to
/// be infinite from some time after an order.
struct FenceCheck {
  let application: Application
  let company: Company
  let store: InMemoryStore

  /// - Parameter dirty: items that were touched meanwhile.
  func check(except dirty: Set<SKU>, _ tally: inout Tally) throws {
    try checkNew(except: dirty, &tally)
    try checkMissing(except: dirty)
  }

  /// Nothing is promised that nothing covers and no rule speaks of, and what is promised is promised for then.
  private func checkNew(except dirty: Set<SKU>, _ tally: inout Tally) throws {
    for case .promise(let sku, let promise, _) in application.actions where !dirty.contains(sku) {
      guard let at = promise.at, let order = try store.order(promise.order),
        let line = try store.line(promise.order, promise.line), line.claimed == 0, line.open > 0
      else { continue }
      guard let fence = try fence(of: order, sku) else {
        throw BrokenPromise(
          description: "\(promise.order)/\(promise.line) is promised for \(at), nothing covers it, and no rule says so")
      }
      try require(
        at == fence + Self.transit,
        "\(promise.order)/\(promise.line) is promised for \(at), and anything can be had from \(fence) on")
      tally.beyondTheFence += 1
    }
  }

  /// Whoever waits for what nothing covers and may count on the fence was told so, or somebody knows why not.
  private func checkMissing(except dirty: Set<SKU>) throws {
    var known = Set<String>()
    try store.eachCase { _, one, _ in
      if one.kind == .promiseAtRisk || one.kind == .promiseBroken { known.insert(one.subject) }
    }
    try store.eachOrder { order in
      let terms = try store.terms(of: order.channel) ?? ChannelTerms()
      guard order.stage != .cart, terms.expiry(of: order.stage, at: application.now) == nil,
        terms.allow(order.stage, isLapsed: order.isLapsed, shipOn: order.shipOn, at: application.now)
      else { return }
      for line in try store.lines(of: order.order) where line.open > 0 && line.promisedAt == nil {
        guard !dirty.contains(line.sku), let fence = try fence(of: order, line.sku, mayBeLimited: false),
          fence >= Instant(hour: application.now.hour)
        else { continue }
        try require(
          known.contains("\(order.order)/\(line.line)"),
          "\(order.order)/\(line.line) can be had from \(fence) on, and its customer was told nothing")
      }
    }
  }

  private static let transit = TimeSpan(milliseconds: 2 * TimeSpan.day.milliseconds)

  /// From when on anything can be had for an order; nil where no rule says so.
  /// - Parameter mayBeLimited: whether rules count that also say how many may wait, or for how long.
  private func fence(of order: OrderRow, _ sku: SKU, mayBeLimited: Bool = true) throws -> Instant? {
    guard let region = company.region(to: order.region),
      let channel = company.channels.first(where: { $0.name == order.channel.rawValue }),
      channel.isOpen(at: application.now), let own = channel.backorder
    else { return nil }
    let item = Company.Item(sku, try store.item(sku)?.traits)
    guard let rule = company.backorderRule(of: channel.name, item, in: region.isEmpty ? nil : region), rule.accepts,
      let days = rule.infiniteAfter,
      mayBeLimited || (own.units == nil && own.hours == nil && rule.limits.units == nil && rule.limits.hours == nil)
    else { return nil }
    return order.placedAt + TimeSpan(milliseconds: Int64(days) * TimeSpan.day.milliseconds)
  }
}
