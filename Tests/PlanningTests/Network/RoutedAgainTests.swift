import ActualState
import DesiredState
import Operations
import Testing

@testable import Planning

/// Units on nodes that are routed again though they could stay: where that is strictly better, and where an order leaves
/// complete.
@Suite struct RoutedAgainTests {
  /// A warehouse, and a cheap one that is slow.
  private static func network(
    _ profile: String = "", dc: String = "", rest: String = "---\nkind: BackorderRule\nname: all\nmove_limit: 2d\n",
    days: Int = 10
  ) -> String {
    func lane(_ node: String, _ days: Int, _ cost: String) -> String {
      "---\nkind: Lane\nname: \(node)-north\nnode: \(node)\nto: north\ncarrier: post\ntransit: \(days)d\n"
        + "parcel_cost: \(cost)\n"
    }
    return "---\nkind: Carrier\nname: post\n"
      + "---\nkind: Node\nname: dc\ntype: dc\nregion: north\nprocessing_time: 6h\n\(dc)"
      + "---\nkind: Node\nname: far\ntype: dc\nregion: north\nprocessing_time: 6h\n" + lane("dc", 1, "4.00")
      + lane("far", days, "6.00") + (profile.isEmpty ? "" : "---\nkind: RoutingProfile\nname: all\n" + profile) + rest
  }

  private static func cases(_ shop: RoutedShop) throws -> [String] {
    var cases: [String] = []
    try shop.store.eachCase { _, one, _ in cases.append("\(one.kind.rawValue) \(one.subject): \(one.detail)") }
    return cases
  }

  private static func notices(_ shop: RoutedShop) throws -> [String] {
    var told: [String] = []
    try shop.store.eachMessage { told += [$0.payload["notice"]?.string].compactMap(\.self) }
    return told
  }

  private static func agree(_ text: String, _ shop: RoutedShop) throws {
    shop.state = try RoutedShop.state(text)
    try shop.apply()
  }

  /// An hour's outage moves no promise further than may be, and the order goes back when the node does.
  @Test func anOutageOfAnHourCostsNobodyTheirDate() throws {
    let shop = try RoutedShop(Self.network(), stock: [("A", "dc", 9), ("A", "far", 9)])
    try shop.apply()
    try shop.place("o", [("A", 2)])
    try shop.apply(.dirty)
    let promised = try #require(try shop.store.line("o", "1")?.promisedAt)
    try Self.agree(Self.network(dc: "status: paused\n"), shop)
    #expect(try shop.places("o") == ["far": 2] && shop.store.line("o", "1")?.promisedAt == promised)
    #expect(
      try Self.cases(shop) == [
        "promise_at_risk o/1: promised for 2026-11-25; it now arrives 2026-12-04; the promise may move by at most 2d"
      ])
    #expect(try Self.notices(shop).isEmpty)
    try Self.agree(Self.network(), shop)
    #expect(try shop.places("o") == ["far": 2])
    shop.now = shop.now + .hour
    try shop.apply()
    #expect(try shop.places("o") == ["dc": 2] && shop.store.line("o", "1")?.promisedAt?.day == promised.day)
    #expect(try Self.cases(shop).isEmpty && Self.notices(shop).isEmpty)
    shop.now = shop.now + .hour
    #expect(try shop.plan().isEmpty)
  }

  /// Whoever lets promises move further has the customer told.
  @Test func aWiderLimitLetsThePromiseMove() throws {
    let shop = try RoutedShop(Self.network(), stock: [("A", "dc", 9), ("A", "far", 9)])
    try shop.apply()
    try shop.place("o", [("A", 2)])
    try shop.apply(.dirty)
    try Self.agree(Self.network(dc: "status: paused\n"), shop)
    #expect(try Self.notices(shop).isEmpty && !Self.cases(shop).isEmpty)
    let wider = "---\nkind: BackorderRule\nname: all\nmove_limit: 12d\n"
    try Self.agree(Self.network(dc: "status: paused\n", rest: wider), shop)
    #expect(try Self.notices(shop) == ["promise_later"] && Self.cases(shop).isEmpty)
    #expect(try shop.store.line("o", "1")?.promisedAt?.description.hasPrefix("2026-12-04") == true)
  }

  /// A line that partly waits for goods is promised for the day of the last of its units, whichever that is.
  @Test(arguments: [false, true]) func aLineThatWaitsInPartCountsWhatIsUnderWay(comesAtOnce: Bool) throws {
    let shop = try RoutedShop(
      Self.network(rest: RoutedShop.backorders), stock: [("A", "dc", 0), ("A", "far", comesAtOnce ? 3 : 0)])
    try shop.take(
      "purchase_order.confirmed",
      [
        "po": "p", "supplier": "mill", "node": "dc",
        "lines": [["line": "1", "sku": "A", "qty": 10, "eta": "2026-11-26T06:00:00Z"]],
      ])
    try shop.apply()
    try shop.place("o", [("A", 5)], channel: "shop")
    try shop.apply(.dirty)
    if !comesAtOnce {
      #expect(try shop.store.line("o", "1")?.promisedAt?.description.hasPrefix("2026-11-27") == true)
      try shop.count("A", "far", 3)
      try shop.apply(.dirty)
    }
    #expect(try shop.places("o") == ["far": 3, "-": 2])
    #expect(try shop.store.line("o", "1")?.promisedAt?.description.hasPrefix("2026-12-04") == comesAtOnce)
    let cases = comesAtOnce ? [] : ["promise_at_risk o/1: promised for 2026-11-27; a part arrives 2026-12-04"]
    #expect(try Self.cases(shop) == cases)
  }

  /// Within its limit a promise moves and is told, and moves back.
  @Test func aPromiseMovesWithinItsLimitAndBack() throws {
    let shop = try RoutedShop(Self.network(days: 2), stock: [("A", "dc", 9), ("A", "far", 9)])
    try shop.apply()
    try shop.place("o", [("A", 2)])
    try shop.apply(.dirty)
    try Self.agree(Self.network(dc: "status: paused\n", days: 2), shop)
    #expect(try Self.notices(shop) == ["promise_later"] && Self.cases(shop).isEmpty)
    try Self.agree(Self.network(days: 2), shop)
    shop.now = shop.now + .hour
    try shop.apply()
    #expect(try shop.places("o") == ["dc": 2] && Self.notices(shop) == ["promise_later", "promise_earlier"])
  }

  /// What the warehouse has stays, and what is not late stays, however much cheaper another way would be.
  @Test(arguments: [true, false]) func whatNeedNotMoveStays(isPicked: Bool) throws {
    let shop = try RoutedShop(Self.network(days: isPicked ? 10 : 1), stock: [("A", "dc", 0), ("A", "far", 9)])
    try shop.apply()
    try shop.place("o", [("A", 2)])
    try shop.apply(.dirty)
    try shop.count("A", "dc", 9)
    if isPicked { try shop.take("order.released", ["order": "o"]) }
    try shop.apply(.dirty)
    shop.now = shop.now + .hour
    try shop.apply()
    #expect(try shop.places("o") == ["far": 2])
  }

  /// A day without labour strands nobody: as soon as more of the order can leave from elsewhere, it does.
  @Test func anOrderIsNotStrandedBesideWhatStands() throws {
    let shop = try RoutedShop(
      Self.network("split: none\n", dc: "labour_capacity: 10\n"), stock: [("A", "dc", 100), ("A", "far", 3)])
    try shop.apply()
    try shop.place("first", [("A", 10)])
    try shop.apply(.dirty)
    try shop.place("o", [("A", 12)])
    try shop.apply(.dirty)
    #expect(try shop.places("o") == ["far": 3, "-": 9])
    shop.now = shop.now + .day
    try shop.apply()
    #expect(try shop.places("o") == ["dc": 10, "-": 2])
    shop.now = shop.now + .day
    try shop.apply()
    #expect(try shop.places("o") == ["dc": 12] && shop.cases().isEmpty)
  }

  /// An order that leaves complete is held as a whole when a part of it loses its node, or goes another way as a whole.
  @Test(arguments: [1, 9] as [Quantity]) func anOrderThatLeavesCompleteIsKeptTogether(far: Quantity) throws {
    let shop = try RoutedShop(
      Self.network("ship_complete: true\nsplit: none\n"),
      stock: [("A", "dc", 5), ("B", "dc", 5), ("A", "far", far), ("B", "far", 9)])
    try shop.apply()
    try shop.place("o", [("A", 2), ("B", 2)])
    try shop.apply(.dirty)
    #expect(try shop.places("o") == ["dc": 4])
    try shop.count("B", "dc", 1)
    try shop.apply(.dirty)
    guard far == 1 else { return #expect(try shop.places("o") == ["far": 4]) }
    #expect(try shop.places("o") == ["-": 4])
    let cases = try shop.cases()
    #expect(
      cases == [
        "o: 4 units: it must ship from one node (split: none); it must ship complete (ship_complete)"
      ], "\(cases)")
    try shop.count("B", "dc", 2)
    try shop.apply(.dirty)
    #expect(try shop.places("o") == ["dc": 4] && shop.cases().isEmpty)
  }

  /// What is more than a whole day's work waits for no day: what has to give way is told.
  @Test(arguments: [
    ("ship_complete: true", "it must ship complete (ship_complete)"),
    ("split: by_line", "each of its lines must ship from one node (split: by_line)"),
  ]) func anOrderLargerThanADayIsToldWhy(profile: String, words: String) throws {
    let network = RoutedShop.network(
      nodes: [("dc", "labour_time: 10m\nhandling_time: 45s\n")], ways: [("dc", "north", "4")], profile: profile + "\n")
    let shop = try RoutedShop(network, stock: [("A", "dc", 100)])
    try shop.apply()
    try shop.place("o", [("A", 14)])
    try shop.place("p", [("A", 12)])
    try shop.apply(.dirty)
    try shop.place("q", [("A", 2)])
    try shop.apply(.dirty)
    #expect(
      try shop.cases().sorted() == [
        "o: 14 units: a whole day's work at dc is 13 units; \(words)", "q: 2 units: waiting for labour at dc",
      ])
    // Where it may be split, it leaves over several days.
    shop.state = try RoutedShop.state(
      RoutedShop.network(
        nodes: [("dc", "labour_time: 10m\nhandling_time: 45s\n")], ways: [("dc", "north", "4")], profile: "split: any\n"
      ))
    for _ in 0..<3 {
      shop.now = shop.now + .day
      try shop.apply()
    }
    #expect(try shop.places("o") == ["dc": 14] && shop.cases().isEmpty)
  }
}
