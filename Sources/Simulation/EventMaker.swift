import ActualState
import Operations
import TestSupport

/// Makes the events of the simulated world: valid, malformed, from the wrong system, and too early.
struct EventMaker {
  struct Order {
    var id: String
    var lines: [String]
  }

  /// Everything that was handed in.
  private(set) var sent: [Event] = []
  var orders: [Order] = []
  var purchaseOrders: [Order] = []
  /// Made and not handed in yet, so that what follows arrives first.
  private var heldBack: [Event] = []
  var carts: [Order] = []
  var transfers: [Order] = []
  private var number = 0
  let channels: [String]

  /// - Parameter channels: those that orders name, beside now and then an unknown one.
  init(channels: [String]) { self.channels = channels }

  /// The catalogue and the stock that the world begins with.
  mutating func beginning(at now: Instant) -> [Event] {
    var events = World.skus.prefix(3).map { item($0, at: now) }
    for sku in World.skus.prefix(3) { events.append(count(sku, "dc", 20, asOf: now, at: now)) }
    sent += events
    return events
  }

  mutating func next(_ policy: EventPolicy, at now: Instant, _ random: inout SplitMix64) -> Event {
    if !heldBack.isEmpty, random.chance(20) {
      return send(heldBack.remove(at: random.number(0...(heldBack.count - 1))))
    }
    if !sent.isEmpty, random.chance(policy.repeatPercent) { return send(random.pick(sent)) }
    var event = make(policy, at: policy.time(now, &random), &random)
    if random.chance(policy.malformedPercent) { event = spoilt(event, &random) }
    if random.chance(policy.heldBackPercent) {
      heldBack.append(event)
      event = make(policy, at: now, &random)
    }
    return send(event)
  }

  private mutating func send(_ event: Event) -> Event {
    sent.append(event)
    return event
  }

  private mutating func make(_ policy: EventPolicy, at time: Instant, _ random: inout SplitMix64) -> Event {
    let sku = World.sku(&random)
    let node = World.nodes[random.pick(weights: [6, 3, 2, 1])]
    switch random.pick(weights: policy.weights) {
    case 0: return item(sku, at: time)
    case 1:
      let asOf = random.chance(70) ? time : time - TimeSpan(milliseconds: Int64(random.number(0...5)) * 600_000)
      return count(sku, node, random.pick([0, 2, 5, 10, 20, 40]), asOf: asOf, at: time)
    case 2:
      return event(
        "inventory.adjusted", at: time,
        [
          "sku": .string(sku), "node": .string(node), "delta": .integer(Int64(random.number(-8...8))),
          "reason": "check",
        ])
    case 3: return order(at: time, &random)
    case 4: return cancellation(at: time, &random)
    case 5: return shipment(from: node, at: time, &random)
    case 6: return purchaseOrder(to: node, at: time, &random)
    case 7: return receipt(at: time, &random)
    case 8: return stage(at: time, &random)
    case 9: return cart(at: time, &random)
    case 10: return transfer(from: node, at: time, &random)
    case 11: return arrival(at: time, &random)
    default: return news(at: time, &random)
    }
  }

  mutating func event(_ type: String, from source: String = "/shop", at time: Instant, _ data: JSONValue)
    -> Event
  {
    number += 1
    return Event(source: source, id: "e\(number)", type: type, time: time, data: data)
  }

  private mutating func item(_ sku: String, at time: Instant) -> Event {
    let season: JSONValue = sku == World.skus[1] ? "launch" : "none"
    let attributes: JSONValue = [
      "season": season, "brand": sku == World.skus[2] ? "south" : "north",
      "business_unit": sku == World.skus[0] ? "retail" : "online",
    ]
    return event(
      "catalog.item_upserted", at: time, ["sku": .string(sku), "uom": "each", "attributes": attributes])
  }

  private mutating func count(_ sku: String, _ node: String, _ units: Int, asOf: Instant, at time: Instant) -> Event {
    event(
      "inventory.counted", at: time,
      [
        "sku": .string(sku), "node": .string(node), "on_hand": .integer(Int64(units)),
        "as_of": .string(asOf.description),
      ])
  }

  private mutating func order(at time: Instant, _ random: inout SplitMix64) -> Event {
    let order = Order(id: "o\(orders.count)", lines: (0..<random.number(1...3)).map { "\($0)" })
    // Now and then an order is placed a second time.
    if orders.isEmpty || random.chance(97) { orders.append(order) }
    var data: [String: JSONValue] = [
      "order": .string(order.id), "channel": .string(channel(&random)),
      "placed_at": .string((random.chance(80) ? time : time - .hour).description),
      "ship_to": ["region": random.chance(85) ? "here" : "there"],
      "lines": wanted(order.lines, &random),
    ]
    if !carts.isEmpty, random.chance(40) { data["cart"] = .string(random.pick(carts).id) }
    if random.chance(20) { data["priority"] = .integer(Int64(random.number(-2...2))) }
    if random.chance(20) {
      data["ship_on"] = .string((time + TimeSpan(milliseconds: Int64(random.number(0...72)) * 3_600_000)).description)
    }
    return event("order.placed", at: time, .object(data))
  }

  /// A channel that orders name; now and then one that nobody knows.
  func channel(_ random: inout SplitMix64) -> String { random.chance(4) ? "ghost" : random.pick(channels) }

  func wanted(_ lines: [String], _ random: inout SplitMix64) -> JSONValue {
    .array(
      lines.map { line in
        ["line": .string(line), "sku": .string(World.sku(&random)), "qty": .integer(Int64(random.number(1...9)))]
      })
  }

  private mutating func cancellation(at time: Instant, _ random: inout SplitMix64) -> Event {
    let order = orders.last.map { _ in random.pick(orders) } ?? Order(id: "o0", lines: ["0"])
    var data: [String: JSONValue] = ["order": .string(order.id)]
    if random.chance(60) {
      data["lines"] = .array(
        [random.pick(order.lines), random.pick(order.lines)].map { line in
          random.chance(50) ? .string(line) : ["line": .string(line), "qty": .integer(Int64(random.number(1...6)))]
        })
    }
    return event("order.cancelled", at: time, .object(data))
  }

  private mutating func shipment(from node: String, at time: Instant, _ random: inout SplitMix64) -> Event {
    let order = orders.last.map { _ in random.pick(orders) } ?? Order(id: "o0", lines: ["0"])
    return event(
      "shipment.dispatched", at: time,
      ["order": .string(order.id), "node": .string(node), "lines": units(of: order, &random)])
  }

  /// An event that no longer says what its type promises.
  private func spoilt(_ event: Event, _ random: inout SplitMix64) -> Event {
    var event = event
    guard case .object(var data) = event.data, let field = data.keys.sorted().first else { return event }
    switch random.number(0...3) {
    case 0: data[field] = nil
    case 1: data[field] = .integer(-1)
    case 2: data[field] = .string("two\nlines")
    default: event.type = "nothing.happened"
    }
    event.data = .object(data)
    return event
  }
}

/// How often what kind of event comes, in one run.
struct EventPolicy {
  /// Of: item, count, adjustment, order, cancellation, shipment, purchase order, receipt, stage, cart, transfer, arrival,
  /// news of a purchase order.
  var weights: [Int]
  var repeatPercent: Int
  var malformedPercent: Int
  var heldBackPercent: Int
  var latePercent: Int

  init(_ random: inout SplitMix64) {
    weights = [6, 10, 6, 30, 10, 16, 5, 6, 12, 12, 4, 4, 5].map { weight in
      random.chance(15) ? 0 : weight * random.number(1...3)
    }
    if weights[3] == 0, random.chance(80) { weights[3] = 20 }
    // Now and then little is there and much is to come.
    if random.chance(30) {
      weights[1] = 2
      for place in [6, 7, 10, 11, 12] { weights[place] = max(weights[place], 6) * 3 }
    }
    repeatPercent = random.pick([0, 8, 25])
    malformedPercent = random.pick([0, 3, 10])
    heldBackPercent = random.pick([0, 10, 30])
    latePercent = random.pick([0, 20, 60])
  }

  /// When an event happened that arrives now: mostly now, to the minute so that times are often equal.
  func time(_ now: Instant, _ random: inout SplitMix64) -> Instant {
    guard random.chance(latePercent) else { return now }
    let minutes = random.pick([-1, 1, 10, 60, 61, 600, 5000])
    return now - TimeSpan(milliseconds: Int64(minutes) * 60_000)
  }
}
