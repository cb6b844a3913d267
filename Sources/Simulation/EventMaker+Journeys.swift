import ActualState
import Operations
import TestSupport

// What customers do before their order leaves.
extension EventMaker {
  /// An order that comes further; payment may be told before the order, and release before payment.
  mutating func stage(at time: Instant, _ random: inout SplitMix64) -> Event {
    let order = orders.last.map { _ in random.pick(orders) } ?? Order(id: "o0", lines: ["0"])
    switch random.number(0...3) {
    case 0: return event("order.payment_authorized", at: time, ["order": .string(order.id)])
    case 1: return event("order.payment_captured", at: time, ["order": .string(order.id)])
    case 2: return event("order.released", at: time, ["order": .string(order.id)])
    default:
      return event(
        "order.released", at: time, ["order": .string(order.id), "by": .string(random.pick(["ada", "ben"]))])
    }
  }

  mutating func cart(at time: Instant, _ random: inout SplitMix64) -> Event {
    let isNew = carts.isEmpty || random.chance(50)
    let cart =
      isNew
      ? Order(id: "c\(carts.count)", lines: (0..<random.number(1...3)).map { "\($0)" }) : random.pick(carts)
    if isNew { carts.append(cart) }
    if random.chance(15) { return event("cart.abandoned", at: time, ["cart": .string(cart.id)]) }
    let lines = random.chance(10) ? JSONValue.array([]) : wanted(cart.lines, &random)
    return event(
      "cart.updated", at: time,
      [
        "cart": .string(cart.id), "channel": .string(channel(&random)), "lines": lines,
        "ship_to": ["region": random.chance(85) ? "here" : "there"],
      ])
  }
}
