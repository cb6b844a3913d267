import ActualState
import Operations
import TestSupport
import Testing

@testable import Planning

/// Many small stories of goods that are ordered, moved, cancelled and received while orders wait for them.
///
/// After every event what was touched is planned; `PlannedShop.plan` then expects a full plan to be empty and the books to
/// balance.
@Suite struct BackorderStoryTests {
  private static let verbs = ["none", "win", "gain", "redistribute", "fill", "lose"]

  private static func policy(_ random: inout SplitMix64) -> String {
    func pick(_ texts: [String]) -> String { texts.randomElement(using: &random) ?? "" }
    let limits = ["", ", max_units: 6", ", horizon: 6d", ", min_supplier_confidence: 85%"]
    let channels = ["market", "trade", "web"].enumerated().map { index, name in
      "kind: Channel\nname: \(name)\ntype: dtc\ntier: tier\(index)\n"
        + "backorder: {accept: \(pick(["true", "true", "true", "false"]))\(pick(limits))}\n"
        + pick([
          "", "", "may_use_shared: false\n", "hold_ttl: 2h\n", "cap: {units: 9, window: 2d}\n",
          "cap: {percent_of_available: 40%, window: 2d}\n",
        ])
        + "---\nkind: AllocationTier\nname: tier\(index)\nrank: \(index + 2)\nreallocation: \(pick(verbs))\n"
    }
    return channels.joined(separator: "---\n")
      + "---\nkind: Supplier\nname: forge\nlead_time: 9d\nconfidence: \(pick(["70%", "80%", "95%"]))\n"
      + pick(["", "past_due_after: 2d\n"])
      + "---\nkind: BackorderRule\nname: all\nmove_limit: \(pick(["1d", "4d"]))\ntell_earlier: \(pick(["true", "false"]))\n"
      + pick(["", "max_units: 9\n", "accept_untrusted: true\n", "accept_transfers: false\n"])
      + "---\nkind: Node\nname: east\ntype: dc\nregion: south\n"
      + pick(["", "receiving_time: 1d\n", "past_due_after: 2d\n", "status: paused\n"])
      + pick(["", "---\nkind: Protection\nname: p\nchannel: trade\npercent_of_on_hand: 30%\n"])
      + pick([
        "",
        "---\nkind: Protection\nname: q\nchannel: market\npercent_of_inbound: 40%\neffective: {from: 2026-11-24T00:00:00Z, until: 2026-11-27T00:00:00Z}\n",
      ])
      + pick(["", "", "---\nkind: SafetyStock\nname: s\nunits: 3\n"])
      + pick(["", "---\nkind: ReplenishmentPolicy\nname: r\nsupplier: mill\nnode: dc\nservice: {cycle: 95%}\n"])
  }

  private struct Story {
    var orders = 0
    var bought = 0
    var sent = 0
  }

  private func step(_ shop: PlannedShop, _ story: inout Story, _ random: inout SplitMix64) throws {
    func number(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &random) }
    let order = "o\(number(0...Int64(max(0, story.orders - 1))))"
    let bought = "p\(number(0...Int64(max(0, story.bought - 1))))"
    let sent = "t\(number(0...Int64(max(0, story.sent - 1))))"
    let today = (shop.now - PlannedShop.noon).milliseconds / TimeSpan.day.milliseconds
    switch number(0...15) {
    case 0, 1, 2:
      let channel: ChannelID = ["market", "trade", "web"].randomElement(using: &random) ?? "web"
      try shop.place(OrderID("o\(story.orders)"), channel, [("A", number(1...6))])
      story.orders += 1
    case 3, 4:
      let days = (shop.now - PlannedShop.noon).milliseconds / TimeSpan.day.milliseconds + number(1...9)
      try shop.buy("p\(story.bought)", number(1...12), in: days, from: number(0...1) == 0 ? "mill" : "forge")
      story.bought += 1
    case 5 where story.bought > 0:
      let days = (shop.now - PlannedShop.noon).milliseconds / TimeSpan.day.milliseconds + number(-1...12)
      try shop.move(bought, to: days)
    case 6 where story.bought > 0: try shop.take("purchase_order.cancelled", ["po": .string(bought)])
    case 7 where story.bought > 0, 8 where story.bought > 0: try shop.receive(bought, number(1...9))
    case 9 where story.orders > 0:
      try shop.take(
        number(0...2) == 0 ? "order.cancelled" : "order.payment_captured", ["order": .string(order)])
    case 10:
      try shop.take(
        "inventory.adjusted", ["sku": "A", "node": "dc", "delta": .integer(number(-4...4)), "reason": "check"])
    case 12, 13:
      let isOut = number(0...2) > 0
      try shop.send(
        "t\(story.sent)", number(1...8), in: today + number(0...6), from: isOut ? "dc" : "east",
        to: isOut ? "east" : "dc")
      story.sent += 1
    case 14 where story.sent > 0: try shop.arrive(sent, number(1...9))
    case 15 where story.sent > 0:
      try shop.take(
        number(0...1) == 0 ? "transfer.cancelled" : "transfer.changed",
        [
          "transfer": .string(sent), "goods": number(0...1) == 0 ? "returned" : "lost",
          "eta": shop.at(today + number(-1...9)),
        ])
    default: break
    }
  }

  @Test(arguments: 0..<120 as Range<UInt64>) func everyStoryComesToRest(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let shop = try PlannedShop(Self.policy(&random))
    try shop.stock("A", Quantity.random(in: 0...5, using: &random))
    try shop.plan()
    var story = Story()
    for number in 0..<30 {
      try step(shop, &story, &random)
      try shop.plan(.dirty)
      try check(shop, "seed \(seed), step \(number)")
      let hours: Int64 = [0, 0, 1, 7, 30].randomElement(using: &random) ?? 0
      try shop.wait(TimeSpan(milliseconds: hours * TimeSpan.hour.milliseconds))
      if hours > 0 { try shop.plan() }
      try check(shop, "seed \(seed), step \(number), later")
    }
  }

  /// Nobody waits for more than is to come; every promise that is late, or that nothing covers, is someone's case.
  private func check(_ shop: PlannedShop, _ place: String) throws {
    var waiting: [Pool: Quantity] = [:]
    try shop.store.eachClaim { claim in
      if claim.state == .active, claim.pool.isInbound { waiting[claim.pool, default: 0] += claim.quantity }
    }
    for (pool, units) in waiting {
      var open: Quantity = 0
      // What came in where nothing is sold is waited for still.
      switch pool {
      case .inbound(let order, let name): open = try shop.store.purchaseOrderLine(order, name)?.open ?? 0
      case .transfer(let transfer, let name):
        let line = try #require(try shop.store.transferLine(transfer, name))
        open = line.open + (try shop.store.isActive(line.to) ? 0 : line.received)
      case .protected, .shared: continue
      }
      #expect(units <= open, "\(place): \(units) wait for \(pool), and \(open) are to come")
    }
    let moved = try shop.transferred()
    #expect(moved.inTransit == moved.open, "\(place): \(moved.inTransit) are in transit, and lines say \(moved.open)")
    let cases = try shop.openCases()
    try shop.store.eachOrder { order in
      for line in try shop.store.lines(of: order.order) where line.unshipped > 0 {
        let isKnown = cases.contains { $0.hasPrefix("promise_") && $0.contains(" \(order.order)/\(line.line): ") }
        let claims = try shop.store.activeClaims(of: order.order, line.line)
        let isWaiting = line.open == 0 && claims.contains { $0.pool.isInbound }
        if line.firstPromisedAt != nil, line.open > 0 {
          #expect(isKnown, "\(place): \(order.order) is short in silence")
        }
        if isWaiting, claims.allSatisfy({ $0.expiresAt == nil }) {
          #expect(line.promisedAt != nil || isKnown, "\(place): \(order.order) waits and was told nothing")
        }
        if isWaiting, let promised = line.promisedAt, promised.day < shop.now.day {
          #expect(isKnown, "\(place): the time of \(order.order) is over, in silence")
        }
        if let promised = line.promisedAt, let first = line.firstPromisedAt {
          #expect(
            isKnown || promised.day <= (first + PlannedShop.days(4)).day, "\(place): \(order.order) moved too far")
        }
      }
    }
  }
}
