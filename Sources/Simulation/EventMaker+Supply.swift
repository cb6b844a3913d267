import ActualState
import Operations
import TestSupport

// Goods that come, and what is said of them.
extension EventMaker {
  mutating func purchaseOrder(to node: String, at time: Instant, _ random: inout SplitMix64) -> Event {
    let isNew = purchaseOrders.isEmpty || random.chance(60)
    let order = isNew ? Order(id: "po\(purchaseOrders.count)", lines: ["0", "1"]) : random.pick(purchaseOrders)
    if isNew { purchaseOrders.append(order) }
    let eta = time + TimeSpan(milliseconds: Int64(random.number(-48...240)) * TimeSpan.hour.milliseconds)
    return event(
      "purchase_order.confirmed", from: supplier(&random), at: time,
      [
        "po": .string(order.id), "supplier": .string(World.supplier(&random)), "node": .string(node),
        "lines": .array(
          order.lines.enumerated().map { index, line in
            // A line keeps its item, mostly.
            let sku = random.chance(90) ? World.skus[index] : World.sku(&random)
            return [
              "line": .string(line), "sku": .string(sku), "qty": .integer(Int64(random.number(0...30))),
              "eta": .string(eta.description),
            ]
          }),
      ])
  }

  mutating func receipt(at time: Instant, _ random: inout SplitMix64) -> Event {
    let order = purchaseOrders.last.map { _ in random.pick(purchaseOrders) } ?? Order(id: "po0", lines: ["0"])
    return event(
      "purchase_order.received", from: supplier(&random), at: time,
      ["po": .string(order.id), "lines": units(of: order, &random)])
  }

  func supplier(_ random: inout SplitMix64) -> String { random.chance(85) ? "/erp" : "/erp2" }

  func units(of order: Order, _ random: inout SplitMix64) -> JSONValue {
    .array(
      (0..<random.number(1...2)).map { _ in
        let line = random.chance(97) ? random.pick(order.lines) : "none"
        return ["line": .string(line), "qty": .integer(Int64(random.number(1...8)))]
      })
  }

  /// What another system remembers of a delivery.
  private mutating func memory(at time: Instant, _ random: inout SplitMix64) -> Event {
    let promised = time - TimeSpan(milliseconds: Int64(random.number(-48...480)) * TimeSpan.hour.milliseconds)
    return event(
      "delivery.recorded", at: time,
      [
        "supplier": .string(World.supplier(&random)), "reference": .string("d\(random.number(0...5))"),
        "qty": .integer(Int64(random.number(1...20))), "received": .integer(Int64(random.number(0...20))),
        "promised_at": .string(promised.description),
        "received_at": .string(
          (promised + TimeSpan(milliseconds: Int64(random.number(-24...72)) * 3_600_000)).description),
      ])
  }

  /// What a supplier or a buyer says anew of a purchase order.
  mutating func news(at time: Instant, _ random: inout SplitMix64) -> Event {
    if random.chance(20) { return memory(at: time, &random) }
    let order = purchaseOrders.last.map { _ in random.pick(purchaseOrders) } ?? Order(id: "po0", lines: ["0"])
    let line = JSONValue.string(random.pick(order.lines))
    let units = JSONValue.integer(Int64(random.number(1...20)))
    let eta = JSONValue.string(
      (time + TimeSpan(milliseconds: Int64(random.number(-24...240)) * TimeSpan.hour.milliseconds)).description)
    switch random.number(0...3) {
    case 0:
      return event(
        "purchase_order.changed", at: time,
        [
          "po": .string(order.id),
          "lines": [random.chance(50) ? ["line": line, "qty": units] : ["line": line, "eta": eta]],
        ])
    case 1:
      return event(
        "purchase_order.cancelled", at: time,
        random.chance(40)
          ? ["po": .string(order.id)] : ["po": .string(order.id), "lines": [["line": line, "qty": units]]])
    default:
      return event(
        "asn.received", at: time,
        [
          "asn": .string("asn\(random.number(0...3))"), "po": .string(order.id),
          "lines": [["line": line, "qty": units, "eta": eta]],
        ])
    }
  }

  mutating func transfer(from node: String, at time: Instant, _ random: inout SplitMix64) -> Event {
    let transfer = Order(id: "t\(transfers.count)", lines: ["0", "1"])
    if transfers.isEmpty || random.chance(95) { transfers.append(transfer) }
    return event(
      "transfer.dispatched", at: time,
      [
        "transfer": .string(transfer.id), "from": .string(node), "to": .string(random.pick(World.nodes)),
        "eta": .string(transferETA(time, &random)), "lines": wanted(transfer.lines, &random),
      ])
  }

  private func transferETA(_ time: Instant, _ random: inout SplitMix64) -> String {
    (time + TimeSpan(milliseconds: Int64(random.pick([-5, 1, 1, 20, 50, 150])) * TimeSpan.hour.milliseconds))
      .description
  }

  /// A transfer comes at another time, or not at all.
  private mutating func transferNews(at time: Instant, _ random: inout SplitMix64) -> Event {
    let transfer = transfers.last.map { _ in random.pick(transfers) } ?? Order(id: "t0", lines: ["0"])
    guard random.chance(50) else {
      return event(
        "transfer.changed", at: time,
        ["transfer": .string(transfer.id), "eta": .string(transferETA(time, &random))])
    }
    var data: [String: JSONValue] = [
      "transfer": .string(transfer.id), "goods": random.chance(50) ? "returned" : "lost",
    ]
    if random.chance(50) {
      let line = random.chance(97) ? random.pick(transfer.lines) : "none"
      data["lines"] = [["line": .string(line), "qty": .integer(Int64(random.number(1...8)))]]
    }
    return event("transfer.cancelled", at: time, .object(data))
  }

  mutating func arrival(at time: Instant, _ random: inout SplitMix64) -> Event {
    if random.chance(30) { return transferNews(at: time, &random) }
    let transfer = transfers.last.map { _ in random.pick(transfers) } ?? Order(id: "t0", lines: ["0"])
    return event(
      "transfer.received", at: time, ["transfer": .string(transfer.id), "lines": units(of: transfer, &random)])
  }
}
