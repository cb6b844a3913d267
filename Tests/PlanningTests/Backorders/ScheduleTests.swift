import ActualState
import DesiredState
import Operations
import TestSupport
import Testing

@testable import Planning

/// The time-phased table of an item, from the same stock and goods as the plan.
@Suite struct ScheduleTests {
  private func schedule(
    _ shop: PlannedShop, _ channel: ChannelID? = "web", at node: NodeID? = nil
  ) throws -> SupplySchedule {
    try #require(
      SupplySchedule.schedules(
        of: "A", channel: channel, node: node, policy: shop.policy, snapshot: try shop.store.snapshot(.all),
        now: shop.now
      ).first)
  }

  /// As in domain.md §2.3: 20 there, 100 on day 5 of a supplier at 80%, 50 on day 10 of one at 70%.
  @Test func rowsShowEveryForm() throws {
    let shop = try PlannedShop(
      PlannedShop.backordering("---\nkind: Supplier\nname: half\nlead_time: 9d\nconfidence: 70%\n"))
    try shop.stock("A", 20)
    try shop.buy("p1", 100, in: 5, from: "forge")
    try shop.buy("p2", 50, in: 10, from: "half")
    try shop.plan()
    let free = try schedule(shop).rows(by: .day, count: 12)
    #expect(free.map(\.from.description).first == "2026-11-24" && free[5].from.description == "2026-11-29")
    #expect(free.map(\.available) == [20, 20, 20, 20, 20, 100, 100, 100, 100, 100, 135, 135])
    #expect(free.map(\.purchases) == [0, 0, 0, 0, 0, 80, 0, 0, 0, 0, 35, 0] && free.map(\.held).allSatisfy { $0 == 0 })
    // Thirty of sixty that are ordered wait for the first purchase order, which is then told to come three days later.
    try shop.place("o", "web", [("A", 50)])
    try shop.plan()
    try shop.move("p1", to: 8)
    try shop.plan()
    let rows = try schedule(shop).rows(by: .day, count: 12)
    #expect(rows.map(\.onHand) == [0] + Array(repeating: 0, count: 11))
    #expect(rows[8].purchases == 80 && rows[8].held == 30 && rows[8].due == 30)
    #expect(rows.map(\.available) == [0, 0, 0, 0, 0, 0, 0, 0, 50, 50, 85, 85])
    let weeks = try schedule(shop).rows(by: .week, count: 2)
    #expect(weeks.map(\.from.description) == ["2026-11-24", "2026-12-01"])
    #expect(weeks.map(\.available) == [0, 85] && weeks.map(\.purchases) == [0, 115] && weeks.map(\.due) == [0, 30])
  }

  /// A promise that may not move stays due on its day: the table shows by how much goods that come too late miss it.
  @Test func whatComesTooLateIsAShortage() throws {
    let shop = try PlannedShop(backordering: "", "---\nkind: BackorderRule\nname: all\nmove_limit: 1d\n")
    try shop.buy("p", 10, in: 3)
    try shop.place("o", "web", [("A", 4)])
    try shop.plan()
    try shop.move("p", to: 6)
    try shop.plan()
    let rows = try schedule(shop).rows(by: .day, count: 8)
    #expect(rows.map(\.due) == [0, 0, 0, 4, 0, 0, 0, 0] && rows.map(\.shortage) == [0, 0, 0, 4, 4, 4, 0, 0])
    #expect(rows.map(\.period) == [0, 0, 0, -4, 0, 0, 10, 0] && rows.map(\.backward) == rows.map(\.period))
    #expect(rows.map(\.accumulated) == [0, 0, 0, -4, 0, 0, 10, 10], "the old form offers what is owed")
    #expect(rows.map(\.discrete) == [-4, 0, 0, 0, 0, 0, 10, 0])
    #expect(rows.map(\.available) == [0, 0, 0, 0, 0, 0, 6, 6])
  }

  /// Days are those of the channel's clocks, and one on which they change has 25 hours.
  @Test func daysAreLocal() throws {
    let zone =
      "---\nkind: Channel\nname: far\ntype: dtc\ntier: first\nbackorder: {accept: true}\n"
      + "time_zone: America/New_York\n"
    let shop = try PlannedShop(backordering: "", zone)
    shop.now = try #require(Instant("2026-11-01T02:00:00Z"))
    try shop.take(
      "purchase_order.confirmed",
      [
        "po": "p", "supplier": "mill", "node": "dc",
        "lines": [["line": "1", "sku": "A", "qty": 5, "eta": "2026-11-02T04:30:00Z"]],
      ])
    try shop.plan()
    let rows = try schedule(shop, "far").rows(by: .day, count: 3)
    #expect(rows.map(\.from.description) == ["2026-10-31", "2026-11-01", "2026-11-02"])
    #expect(rows.map(\.purchases) == [0, 5, 0], "half past eleven in the evening of the 25-hour day")
    #expect(rows.map(\.available) == [0, 5, 5])
    #expect(try schedule(shop, "web").rows(by: .day, count: 3).map(\.purchases) == [0, 5, 0])
  }

  @Test func aChannelThatMayNotWaitAndANodeApart() throws {
    let shop = try PlannedShop(
      backordering: "",
      "---\nkind: Node\nname: east\ntype: dc\nregion: south\n"
        + "---\nkind: Channel\nname: shop\ntype: dtc\ntier: first\n")
    try shop.stock("A", 3)
    try shop.stock("A", 4, at: "east")
    try shop.buy("p", 10, in: 2)
    try shop.buy("q", 20, in: 2, to: "east")
    try shop.plan()
    let closed = try schedule(shop, "shop")
    #expect(!closed.waitsForGoods && closed.onHand == 7 && closed.arrivals.isEmpty)
    let east = try schedule(shop, "web", at: "east")
    #expect(east.onHand == 4 && east.arrivals.map(\.units) == [20])
    #expect(try schedule(shop, nil).arrivals.map(\.units) == [10, 20])
    let none = SupplySchedule.schedules(
      of: "B", policy: shop.policy, snapshot: try shop.store.snapshot(.all), now: shop.now)
    #expect(none.isEmpty)
  }

  /// From the fence on there is no number that could not be promised.
  @Test func afterTheFenceAnythingCanBeHad() throws {
    let shop = try PlannedShop(backordering: "", "---\nkind: BackorderRule\nname: all\ninfinite_supply_after: 3d\n")
    try shop.buy("p", 10, in: 1)
    try shop.plan()
    #expect(try schedule(shop).rows(by: .day, count: 5).map(\.available) == [0, 10, 10, nil, nil])
    #expect(try schedule(shop).firstMoment(for: 11) == shop.now + PlannedShop.days(3))
  }

  /// What a schedule offers is what a plan promises to the next order: so much at once, and the rest on that day.
  @Test(arguments: 0..<400 as Range<UInt64>) func thePlanPromisesWhatTheScheduleSays(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let world = try ScheduledWorld(&random)
    let (shop, channel) = (world.shop, world.channel)
    let schedule = try schedule(shop, channel)
    let most = schedule.rows(by: .week, count: 200).last?.available ?? 0
    let units = Quantity.random(in: 1...max(2, most + 3), using: &random)
    shop.now = shop.now + TimeSpan(milliseconds: 1)
    try shop.place("probe", channel, [("A", units)])
    try shop.plan()
    let line = try #require(try shop.store.line("probe", "1"))
    #expect(line.claimed == min(units, most), "seed \(seed): \(units) of \(most)")
    guard let moment = schedule.firstMoment(for: units) else {
      #expect(line.claimed < units, "seed \(seed)")
      return
    }
    // Ready at the next full hour, and two days on the way.
    let promised = moment == schedule.start ? nil : moment.nextFullHour + PlannedShop.days(2)
    #expect(line.promisedAt == promised, "seed \(seed): \(units) units")
  }
}

/// A shop in which orders wait for goods of all kinds, and where a few things then go wrong.
private struct ScheduledWorld {
  let shop: PlannedShop
  let channel: ChannelID

  init(_ random: inout SplitMix64) throws {
    var random2 = random
    defer { random = random2 }
    func pick<T>(_ values: [T]) -> T { values[Int.random(in: 0..<values.count, using: &random2)] }
    func number(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &random2) }
    let web = pick(["", "max_units: 9", "horizon: 8d", "min_supplier_confidence: 85%"])
    let rest =
      pick(["", "---\nkind: SafetyStock\nname: s\nunits: 3\n"])
      + pick([
        "",
        "---\nkind: Protection\nname: k\nchannel: market\npercent_of_inbound: 40%\n"
          + "effective: {from: 2026-11-24T00:00:00Z, until: 2027-11-24T00:00:00Z}\n",
        "---\nkind: Protection\nname: k\nchannel: market\nunits: 4\n",
      ])
      + pick([
        "",
        "---\nkind: Channel\nname: web\nscope: {class: c}\ncap: {units: 15, window: 7d}\n---\nkind: ProductClass\nname: c\n",
      ])
      + pick(["", "---\nkind: BackorderRule\nname: all\naccept_transfers: false\n"])
      + "---\nkind: Node\nname: east\ntype: dc\nregion: south\n"
    shop = try PlannedShop(PlannedShop.backordering(web: web, rest))
    try shop.stock("A", number(0...12), class: rest.contains("class: c") ? "c" : nil)
    try shop.stock("A", number(0...6), at: "east", class: rest.contains("class: c") ? "c" : nil)
    try shop.plan()
    for index in 0..<number(1...4) {
      try shop.buy(
        "p\(index)", number(1...20), in: number(1...14), from: pick(["mill", "forge"]), to: pick(["dc", "east"]))
    }
    if pick([true, false]) {
      try shop.take(
        "asn.received",
        [
          "asn": "n", "po": "p0",
          "lines": [["line": "1", "qty": .integer(number(1...9)), "eta": shop.at(number(1...9))]],
        ])
    }
    if pick([true, false]) { try shop.send("t", number(1...3), in: number(1...6)) }
    for index in 0..<number(0...5) {
      shop.now = shop.now + TimeSpan(milliseconds: 1)
      try shop.place(OrderID("o\(index)"), pick(["web", "market"]), [("A", number(1...9))])
    }
    try shop.plan()
    if pick([true, false, false]) { try shop.move("p0", to: number(1...20)) }
    if pick([true, false, false]) {
      shop.now = shop.now + .hour
      try shop.take("inventory.counted", ["sku": "A", "node": "dc", "on_hand": .integer(number(0...8))])
    }
    try shop.plan()
    channel = pick(["web", "market"])
  }
}
