import Operations

/// What an event says, checked field by field: the typed form of `Event.data`.
enum Fact: Hashable, Sendable {
  case item(sku: SKU, uom: String, traits: ItemTraits)
  case count(sku: SKU, node: NodeID, onHand: Quantity, asOf: Instant)
  case adjustment(sku: SKU, node: NodeID, delta: Quantity)
  case order(OrderRow, lines: [OrderLineRow])
  /// Lines with the units to cancel; nil units are all that remain, nil lines are all lines.
  case cancellation(OrderID, lines: [LineUnits]?)
  case shipment(OrderID, node: NodeID, lines: [LineUnits])
  case purchaseOrder([PurchaseOrderLineRow])
  case receipt(PurchaseOrderID, lines: [LineUnits])

  struct LineUnits: Hashable, Sendable {
    var line: String
    var units: Quantity?
  }
}

/// Why an event's data cannot be used, in words for the person who runs the sending system.
struct FactProblem: Error, Hashable, Sendable { var reason: String }

extension Fact {
  init(_ event: Event) throws(FactProblem) {
    let fields = FactFields(event.data, path: "data")
    switch event.type {
    case "catalog.item_upserted":
      var attributes: [String: String] = [:]
      for (name, value) in event.data["attributes"]?.object ?? [:] {
        guard let text = value.string else { throw FactProblem(reason: "data.attributes.\(name) must be text") }
        attributes[name] = text
      }
      self = .item(
        sku: SKU(try fields.name("sku")), uom: try fields.name("uom"),
        traits: ItemTraits(productClass: try fields.optionalName("class"), attributes: attributes))
    case "inventory.counted":
      self = .count(
        sku: SKU(try fields.name("sku")), node: NodeID(try fields.name("node")),
        onHand: try fields.integer("on_hand", 0...Limits.quantity),
        // Nobody can have counted later than the event tells: a clock that is ahead would swallow the moves to come.
        asOf: min(try fields.optionalInstant("as_of") ?? event.time, event.time))
    case "inventory.adjusted":
      _ = try fields.name("reason")
      self = .adjustment(
        sku: SKU(try fields.name("sku")), node: NodeID(try fields.name("node")),
        delta: try fields.integer("delta", -Limits.quantity...Limits.quantity))
    case "order.placed": self = try Self.order(fields, at: event.time)
    case "order.cancelled":
      self = .cancellation(OrderID(try fields.name("order")), lines: try fields.optionalLineUnits())
    case "shipment.dispatched":
      self = .shipment(
        OrderID(try fields.name("order")), node: NodeID(try fields.name("node")), lines: try fields.lineUnits())
    case "purchase_order.confirmed": self = try Self.purchaseOrder(fields)
    case "purchase_order.received":
      self = .receipt(PurchaseOrderID(try fields.name("po")), lines: try fields.lineUnits())
    default: throw FactProblem(reason: "there is no event type '\(event.type)'")
    }
  }

  private static func order(_ fields: FactFields, at time: Instant) throws(FactProblem) -> Fact {
    let id = OrderID(try fields.name("order"))
    let destination = try fields.object("ship_to")
    let row = OrderRow(
      order: id, channel: ChannelID(try fields.name("channel")),
      placedAt: try fields.optionalInstant("placed_at") ?? time, region: try destination.name("region"))
    var lines: [OrderLineRow] = []
    for line in try fields.objects("lines") {
      lines.append(
        OrderLineRow(
          order: id, line: try line.name("line"), sku: SKU(try line.name("sku")),
          ordered: try line.integer("qty", 1...Limits.quantity), unitPrice: try line.optionalMoney("unit_price")))
    }
    try refuseRepeats(lines.map(\.line))
    return .order(row, lines: lines)
  }

  private static func purchaseOrder(_ fields: FactFields) throws(FactProblem) -> Fact {
    let order = PurchaseOrderID(try fields.name("po"))
    let supplier = SupplierID(try fields.name("supplier"))
    let node = NodeID(try fields.name("node"))
    var lines: [PurchaseOrderLineRow] = []
    for line in try fields.objects("lines") {
      let eta = try line.instant("eta")
      lines.append(
        PurchaseOrderLineRow(
          purchaseOrder: order, line: try line.name("line"), sku: SKU(try line.name("sku")), supplier: supplier,
          node: node, ordered: try line.integer("qty", 0...Limits.quantity), eta: eta, originalETA: eta))
    }
    try refuseRepeats(lines.map(\.line))
    return .purchaseOrder(lines)
  }

  private static func refuseRepeats(_ lines: [String]) throws(FactProblem) {
    var seen = Set<String>()
    for line in lines where !seen.insert(line).inserted {
      throw FactProblem(reason: "data.lines names the line '\(line)' twice")
    }
  }
}

/// Reads the fields of one JSON object and names the path of what is wrong.
struct FactFields {
  let value: JSONValue
  let path: String

  init(_ value: JSONValue, path: String) {
    self.value = value
    self.path = path
  }

  private func problem(_ name: String, _ what: String) -> FactProblem {
    FactProblem(reason: "\(path).\(name) \(value[name] == nil ? "is missing" : what)")
  }

  /// A name from outside: UTF-8 without control characters, between 1 and `Limits.nameBytes` bytes.
  func name(_ name: String) throws(FactProblem) -> String {
    guard let text = value[name]?.string, !text.isEmpty, text.utf8.count <= Limits.nameBytes,
      !text.unicodeScalars.contains(where: { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) })
    else {
      throw problem(name, "must be text of 1 to \(Limits.nameBytes) bytes without control characters")
    }
    return text
  }

  func optionalName(_ name: String) throws(FactProblem) -> String? {
    value[name] == nil || value[name] == .null ? nil : try self.name(name)
  }

  func integer(_ name: String, _ range: ClosedRange<Int64>) throws(FactProblem) -> Int64 {
    guard let number = value[name]?.integer, range.contains(number) else {
      throw problem(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func instant(_ name: String) throws(FactProblem) -> Instant {
    guard let instant = value[name]?.string.flatMap({ Instant($0) }) else {
      throw problem(name, "must be a moment such as 2026-11-20T00:00:00Z")
    }
    return instant
  }

  func optionalInstant(_ name: String) throws(FactProblem) -> Instant? {
    value[name] == nil || value[name] == .null ? nil : try instant(name)
  }

  /// An amount in whole units of the currency with at most two decimals, as minor units: 12.5 is 1250.
  func optionalMoney(_ name: String) throws(FactProblem) -> Int64? {
    let text: String
    switch value[name] {
    case nil, .null: return nil
    case .integer(let number): text = String(number)
    case .decimal(let digits): text = digits
    default: throw problem(name, "must be a number, such as 12.50")
    }
    guard let amount = MoneyText.minorUnits(text) else {
      throw problem(name, "must be an amount from 0 to \(Limits.money / 100) with at most two decimals")
    }
    return amount
  }

  func object(_ name: String) throws(FactProblem) -> FactFields {
    guard let member = value[name], member.object != nil else { throw problem(name, "must be an object") }
    return FactFields(member, path: "\(path).\(name)")
  }

  func objects(_ name: String) throws(FactProblem) -> [FactFields] {
    guard let members = value[name]?.array, !members.isEmpty else { throw problem(name, "must be a list of objects") }
    var result: [FactFields] = []
    for (index, member) in members.enumerated() {
      guard member.object != nil else { throw FactProblem(reason: "\(path).\(name)[\(index)] must be an object") }
      result.append(FactFields(member, path: "\(path).\(name)[\(index)]"))
    }
    return result
  }

  func lineUnits() throws(FactProblem) -> [Fact.LineUnits] {
    var result: [Fact.LineUnits] = []
    for line in try objects("lines") {
      result.append(
        Fact.LineUnits(line: try line.name("line"), units: try line.integer("qty", 1...Limits.quantity)))
    }
    return result
  }

  /// Lines by name (`["1"]`) or with units (`[{"line": "1", "qty": 2}]`); nil when the field is left out.
  func optionalLineUnits() throws(FactProblem) -> [Fact.LineUnits]? {
    guard let lines = value["lines"], lines != .null else { return nil }
    guard let members = lines.array else { throw problem("lines", "must be a list") }
    var result: [Fact.LineUnits] = []
    for (index, member) in members.enumerated() {
      if let line = member.string {
        result.append(Fact.LineUnits(line: line, units: nil))
      } else {
        let fields = FactFields(member, path: "\(path).lines[\(index)]")
        let units = member["qty"] == nil ? nil : try fields.integer("qty", 1...Limits.quantity)
        result.append(Fact.LineUnits(line: try fields.name("line"), units: units))
      }
    }
    return result
  }
}
