import Operations

// Facts that are lists of lines.
extension Fact {
  static func order(_ fields: FactFields, at time: Instant) throws(FactProblem) -> Fact {
    let id = try fields.orderID()
    var row = OrderRow(
      order: id, channel: ChannelID(try fields.name("channel")),
      placedAt: try fields.optionalInstant("placed_at") ?? time,
      region: try fields.object("ship_to").name("region"))
    row.shipOn = try fields.optionalInstant("ship_on")
    row.priority = try fields.optionalInteger("priority", -1000...1000) ?? 0
    let cart = try fields.optionalName("cart").map { OrderID(cart: $0) }
    return .order(row, lines: try orderLines(of: id, fields), cart: cart)
  }

  static func cart(_ fields: FactFields, at time: Instant) throws(FactProblem) -> Fact {
    let id = OrderID(cart: try fields.name("cart"))
    let destination = fields.value["ship_to"] == nil ? nil : try fields.object("ship_to")
    var row = OrderRow(
      order: id, channel: ChannelID(try fields.name("channel")), placedAt: time,
      region: try destination?.name("region") ?? "")
    row.stage = .cart
    // A cart that was emptied is still one.
    if fields.value["lines"]?.array?.isEmpty == true { return .cart(row, lines: []) }
    return .cart(row, lines: try orderLines(of: id, fields))
  }

  private static func orderLines(of id: OrderID, _ fields: FactFields) throws(FactProblem) -> [OrderLineRow] {
    var lines: [OrderLineRow] = []
    for line in try fields.objects("lines") {
      lines.append(
        OrderLineRow(
          order: id, line: try line.name("line"), sku: SKU(try line.name("sku")),
          ordered: try line.integer("qty", 1...Limits.quantity), unitPrice: try line.optionalMoney("unit_price")))
    }
    try refuseRepeats(lines.map(\.line))
    return lines
  }

  static func purchaseOrder(_ fields: FactFields) throws(FactProblem) -> Fact {
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

  static func purchaseOrderChange(_ fields: FactFields) throws(FactProblem) -> Fact {
    let order = PurchaseOrderID(try fields.name("po"))
    var lines: [LineChange] = []
    for line in try fields.objects("lines") {
      let change = LineChange(
        line: try line.name("line"), ordered: try line.optionalInteger("qty", 0...Limits.quantity),
        eta: try line.optionalInstant("eta"))
      guard change.ordered != nil || change.eta != nil else {
        throw FactProblem(reason: "\(line.path) changes neither qty nor eta")
      }
      lines.append(change)
    }
    try refuseRepeats(lines.map(\.line))
    return .purchaseOrderChange(order, lines: lines)
  }

  static func shipNotice(_ fields: FactFields) throws(FactProblem) -> Fact {
    let order = PurchaseOrderID(try fields.name("po"))
    let id = try fields.name("asn")
    var lines: [NoticedLine] = []
    for line in try fields.objects("lines") {
      lines.append(
        NoticedLine(
          line: try line.name("line"), units: try line.integer("qty", 1...Limits.quantity),
          eta: try line.instant("eta")))
    }
    try refuseRepeats(lines.map(\.line))
    return .shipNotice(order, id: id, lines: lines)
  }

  /// A delivery of the past, to learn from: no stock comes with it.
  static func delivery(_ fields: FactFields) throws(FactProblem) -> Fact {
    let ordered = try fields.integer("qty", 1...Limits.quantity)
    let receivedAt = try fields.optionalInstant("received_at")
    let received = try fields.optionalInteger("received", 0...Limits.quantity) ?? ordered
    return .delivery(
      DeliveryRow(
        reference: "history:" + (try fields.name("reference")),
        delivery: Delivery(
          supplier: SupplierID(try fields.name("supplier")), orderedAt: try fields.optionalInstant("ordered_at"),
          ordered: ordered, promised: try fields.instant("promised_at"),
          receipts: receivedAt.map { received > 0 ? [Delivery.Receipt(at: $0, units: received)] : [] } ?? [])))
  }

  static func transfer(_ fields: FactFields) throws(FactProblem) -> Fact {
    let transfer = TransferID(try fields.name("transfer"))
    let from = NodeID(try fields.name("from"))
    let to = NodeID(try fields.name("to"))
    guard from != to else { throw FactProblem(reason: "data.to is the same node as data.from") }
    let eta = try fields.instant("eta")
    var lines: [TransferLineRow] = []
    for line in try fields.objects("lines") {
      lines.append(
        TransferLineRow(
          transfer: transfer, line: try line.name("line"), sku: SKU(try line.name("sku")), from: from, to: to,
          dispatched: try line.integer("qty", 1...Limits.quantity), eta: eta))
    }
    try refuseRepeats(lines.map(\.line))
    return .transfer(transfer, lines: lines)
  }

  static func transferCancellation(_ fields: FactFields) throws(FactProblem) -> Fact {
    let transfer = TransferID(try fields.name("transfer"))
    guard let goods = CancelledGoods(rawValue: try fields.name("goods")) else {
      throw FactProblem(reason: "data.goods must be returned (back to the node that they left) or lost (written off)")
    }
    let lines = try fields.optionalLineUnits()
    try refuseRepeats(lines?.map(\.line) ?? [])
    return .transferCancellation(transfer, goods: goods, lines: lines)
  }

  /// What a channel shows of an item: its quantity, settings of its listing, or both.
  static func listing(_ fields: FactFields, _ event: Event) throws(FactProblem) -> Fact {
    let channel = ChannelID(try fields.name("channel"))
    let sku = SKU(try fields.name("sku"))
    let region = try fields.optionalName("region").map { RegionID($0) } ?? .everywhere
    // Nobody can have looked later than the event tells.
    let asOf = min(try fields.optionalInstant("as_of") ?? event.time, event.time)
    let writer = try fields.optionalName("writer")
    var seen: [ListingState] = []
    for field in ListingField.allCases {
      guard let value = try fields.optionalInteger(field.rawValue, 0...Limits.quantity) else { continue }
      let observation = Observation(
        value: value, asOf: asOf, eventKey: event.key, source: event.source, writer: writer)
      seen.append(ListingState(ListingKey(channel, field, in: region), observation))
    }
    guard !seen.isEmpty else {
      let names = ListingField.allCases.map(\.rawValue).joined(separator: ", ")
      throw FactProblem(reason: "data has none of \(names)")
    }
    return .listing(sku, seen)
  }

  private static func refuseRepeats(_ lines: [String]) throws(FactProblem) {
    var seen = Set<Identifier<Fact>>()
    for line in lines where !seen.insert(Identifier(line)).inserted {
      throw FactProblem(reason: "data.lines names the line '\(line)' twice")
    }
  }
}
