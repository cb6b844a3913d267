import ActualState
import Operations
import Testing

/// A store with what happens in a shop as short calls. After each of them the books must balance.
final class Shop {
  let store: any Store
  var now = noon
  private var sent = 0

  static let noon = Instant("2026-11-24T12:00:00Z") ?? .distantPast

  /// A line of an order or a cart.
  struct Line {
    var id: String
    var sku: SKU
    var units: Quantity

    init(_ id: String, _ sku: SKU, _ units: Quantity) {
      self.id = id
      self.sku = sku
      self.units = units
    }

    /// The only line.
    init(_ units: Quantity) { self.init("1", "A", units) }

    var json: JSONValue { ["line": .string(id), "sku": .string(sku.rawValue), "qty": .integer(units)] }
  }

  /// - Parameter stock: units of each item, all in the shared pool.
  init(_ store: any Store, stock: [SKU: Quantity] = ["A": 10], channels: [ChannelID: ChannelTerms] = ["web": .init()])
    throws
  {
    self.store = store
    try store.setActive("dc", true)
    for (channel, terms) in channels.sorted(by: { $0.key < $1.key }) {
      // A channel must have a row before it has terms.
      try store.put(GrantRow(sku: "none", channel: channel))
      try store.setTerms(of: channel, terms)
    }
    for (sku, units) in stock.sorted(by: { $0.key < $1.key }) {
      try take("catalog.item_upserted", ["sku": .string(sku.rawValue), "uom": "each"])
      try take("inventory.counted", ["sku": .string(sku.rawValue), "node": "dc", "on_hand": .integer(units)])
      for channel in channels.keys.sorted() { try grant(sku, channel) }
      try edit(sku) { $0.shared = units }
    }
  }

  @discardableResult
  func take(_ type: String, _ data: JSONValue) throws -> Receipt {
    sent += 1
    let event = Event(source: "/shop", id: "\(sent)", type: type, time: now, data: data)
    let receipt = try store.transaction { try store.receive(event, owners: EventOwners([:])) }
    try checkBooks(after: "\(sent): \(type) \(data.canonical)")
    return receipt
  }

  func checkBooks(after what: String) throws {
    let problems = try Auditor(store).problems
    #expect(problems.isEmpty, "after \(what)")
  }

  func edit(_ sku: SKU, _ edit: (inout ItemRow) -> Void) throws {
    var item = try #require(try store.item(sku))
    edit(&item)
    try store.put(item)
  }

  /// What a plan would let a channel claim.
  func grant(_ sku: SKU, _ channel: ChannelID, protected: Quantity = 0, capLeft: Quantity? = nil) throws {
    var row = try store.grant(sku, channel) ?? GrantRow(sku: sku, channel: channel)
    row.grant = Grant(protected: protected, capLeft: capLeft)
    try store.put(row)
  }

  // MARK: What happens

  @discardableResult
  func place(
    _ order: OrderID, _ lines: Line..., channel: ChannelID = "web", cart: String? = nil, shipOn: Instant? = nil
  )
    throws -> Receipt
  {
    try take(
      "order.placed",
      [
        "order": .string(order.rawValue), "channel": .string(channel.rawValue), "ship_to": ["region": "north"],
        "lines": .array(lines.map(\.json)), "cart": JSONValue(cart), "ship_on": JSONValue(shipOn?.description),
      ])
  }

  @discardableResult
  func fill(_ cart: String, _ lines: Line..., channel: ChannelID = "web") throws -> Receipt {
    try take(
      "cart.updated",
      ["cart": .string(cart), "channel": .string(channel.rawValue), "lines": .array(lines.map(\.json))])
  }

  @discardableResult
  func abandon(_ cart: String) throws -> Receipt { try take("cart.abandoned", ["cart": .string(cart)]) }

  @discardableResult
  func tell(_ order: OrderID, _ event: String, by person: String? = nil) throws -> Receipt {
    try take("order.\(event)", ["order": .string(order.rawValue), "by": JSONValue(person)])
  }

  @discardableResult
  func cancel(_ order: OrderID, _ line: String? = nil, _ units: Quantity? = nil) throws -> Receipt {
    let lines = line.map { line -> JSONValue in
      [units.map { ["line": .string(line), "qty": .integer($0)] } ?? .string(line)]
    }
    return try take("order.cancelled", ["order": .string(order.rawValue), "lines": lines ?? .null])
  }

  @discardableResult
  func ship(_ order: OrderID, _ line: String = "1", _ units: Quantity) throws -> Receipt {
    try take(
      "shipment.dispatched",
      [
        "order": .string(order.rawValue), "node": "dc",
        "lines": [["line": .string(line), "qty": .integer(units)]],
      ])
  }

  /// Lets time pass, and ends the holds that run out meanwhile.
  func wait(_ span: TimeSpan) throws {
    now = now + span
    try store.expireHolds(at: now)
    try checkBooks(after: "\(span)")
  }

  // MARK: What is seen

  func held(_ order: OrderID, _ line: String = "1") throws -> Quantity { try store.line(order, line)?.claimed ?? 0 }

  func held(cart: String, _ line: String = "1") throws -> Quantity { try held(OrderID(cart: cart), line) }

  func shared(_ sku: SKU = "A") throws -> Quantity { try #require(try store.item(sku)).shared }

  func version(_ sku: SKU) throws -> Int64 { try #require(try store.item(sku)).version }
}
