import ActualState
import Operations
import Testing

@testable import Planning

/// A shop whose channels sell what is still to come.
extension PlannedShop {
  static let day = TimeSpan.day

  static func days(_ count: Int64) -> TimeSpan { TimeSpan(milliseconds: count * TimeSpan.day.milliseconds) }

  /// Two channels, `web` and `market`, of which both accept backorders.
  /// - Parameters:
  ///   - web: fields of the backorder of `web`, beside `accept`.
  ///   - rest: more documents, each begun by `---`.
  static func backordering(web: String = "", _ rest: String = "") -> String {
    """
    kind: Channel
    name: market
    type: marketplace
    tier: first
    backorder: {accept: true}
    ---
    kind: Channel
    name: web
    type: dtc
    tier: first
    backorder: {accept: true\(web.isEmpty ? "" : ", " + web)}
    ---
    kind: Supplier
    name: forge
    lead_time: 9d
    confidence: 80%

    """ + rest
  }

  /// An item of which nothing is there, and plans up to now.
  convenience init(backordering web: String = "", _ rest: String = "") throws {
    try self.init(Self.backordering(web: web, rest))
    try stock("A", 0)
    try plan()
  }

  /// Confirms a purchase-order line that comes so many days from noon.
  func buy(
    _ order: String, _ units: Quantity, in days: Int64, from supplier: String = "mill", to node: String = "dc"
  ) throws {
    try take(
      "purchase_order.confirmed",
      [
        "po": .string(order), "supplier": .string(supplier), "node": .string(node),
        "lines": [
          [
            "line": "1", "sku": "A", "qty": .integer(units), "eta": .string((Self.noon + Self.days(days)).description),
          ]
        ],
      ])
  }

  func move(_ order: String, to days: Int64) throws {
    try take(
      "purchase_order.changed",
      ["po": .string(order), "lines": [["line": "1", "eta": .string((Self.noon + Self.days(days)).description)]]])
  }

  /// An hour later: what comes in before a count is in it.
  func receive(_ order: String, _ units: Quantity) throws {
    now = now + .hour
    try take("purchase_order.received", ["po": .string(order), "lines": [["line": "1", "qty": .integer(units)]]])
  }

  /// Units of an order's claims by pool.
  func pools(_ order: OrderID) throws -> [String: Quantity] {
    var pools: [String: Quantity] = [:]
    try store.eachClaim { claim in
      if claim.state == .active, claim.order == order { pools[claim.pool.description, default: 0] += claim.quantity }
    }
    return pools
  }

  /// For when a line is promised, in days from noon.
  func promised(_ order: OrderID) throws -> Int64? {
    try store.line(order, "1")?.promisedAt.map { ($0 - Self.noon).milliseconds / TimeSpan.day.milliseconds }
  }

  /// What customers were told, in order.
  func notices() throws -> [String] {
    var notices: [String] = []
    try store.eachMessage { message in
      guard message.payload["kind"] == "customer_notice" else { return }
      notices.append("\(message.payload["notice"]?.string ?? "") \(message.payload["order"]?.string ?? "")")
    }
    return notices
  }

  func openCases() throws -> [String] {
    var cases: [String] = []
    try store.eachCase { _, one, _ in cases.append("\(one.kind.rawValue) \(one.subject): \(one.detail)") }
    return cases
  }
}
