import ActualState
import DesiredState
import Operations
import Testing

@testable import Planning

/// What a RoutingProfile says, from YAML to where an order leaves from.
@Suite struct ProfileTests {
  /// A warehouse that is cheap and slow, one that is dear and fast, and maybe a shop.
  private static func network(_ profile: String, slowDays: Int = 5, shop: String? = nil, fast: Bool = true) -> String {
    func node(_ name: String, _ type: String) -> String {
      "---\nkind: Node\nname: \(name)\ntype: \(type)\nregion: north\n"
    }
    func lane(_ node: String, _ days: Int, _ cost: String) -> String {
      "---\nkind: Lane\nname: \(node)-north\nnode: \(node)\nto: north\ncarrier: post\ntransit: \(days)d\n"
        + "parcel_cost: \(cost)\n"
    }
    return "---\nkind: Carrier\nname: post\n" + node("slow", "dc") + node("fast", "dc") + node("shop", "store")
      + lane("slow", slowDays, "4.00") + (fast ? lane("fast", 1, "6.00") : "")
      + (shop.map { lane("shop", 1, $0) } ?? "")
      + "---\nkind: RoutingProfile\nname: all\n" + profile
  }

  private static func routed(_ network: String, units: Quantity = 2) throws -> RoutedShop {
    let shop = try RoutedShop(network, stock: [("A", "slow", 9), ("A", "fast", 9), ("A", "shop", 9)])
    try shop.apply()
    try shop.place("o", [("A", units)])
    try shop.apply(.dirty)
    return shop
  }

  private static func cases(_ shop: RoutedShop) throws -> [String] {
    var cases: [String] = []
    try shop.store.eachCase { _, one, _ in cases.append("\(one.kind.rawValue) \(one.subject): \(one.detail)") }
    return cases
  }

  /// The penalty is paid once a parcel and only by what is late; what is later than all else costs is left.
  @Test(
    arguments: [
      ("split: any\n", "slow", 0), ("deliver_within: 2d\n", "slow", 0),
      ("deliver_within: 2d\nlate_penalty: 1.00\n", "slow", 100),
      ("deliver_within: 2d\nlate_penalty: 3.00\n", "fast", 0),
      ("deliver_within: 5d\nlate_penalty: 3.00\n", "slow", 0), ("late_penalty: 3.00\n", "slow", 0),
      ("deliver_within: 2d\nlate: refused\n", "fast", 0), ("deliver_within: 2d\nlate: allowed\n", "slow", 0),
      ("deliver_within: 5d\nlate: refused\n", "slow", 0), ("late: refused\n", "slow", 0),
    ] as [(String, NodeID, Int64)])
  func lateness(profile: String, node: NodeID, penalty: Int64) throws {
    let shop = try Self.routed(Self.network(profile))
    let decision = try #require(try shop.store.routes(of: "o").first).decision
    #expect(decision.parcels.map(\.node) == [node] && decision.cost.late == penalty)
    let isRefused = decision.candidates.contains { $0.lane == "slow-north" && $0.outcome == .tooLate }
    #expect(isRefused == (profile == "deliver_within: 2d\nlate: refused\n"))
  }

  /// A unit on a shop's shelf is worth more, each of them; or shops ship nothing at all.
  @Test(
    arguments: [
      ("split: any\n", 2, "shop"), ("use_stores: true\n", 2, "shop"), ("use_stores: false\n", 2, "slow"),
      ("store_unit_penalty: 0.50\n", 1, "shop"), ("store_unit_penalty: 0.50\n", 3, "slow"),
    ] as [(String, Quantity, NodeID)])
  func stores(profile: String, units: Quantity, node: NodeID) throws {
    let shop = try Self.routed(Self.network(profile, shop: "3.00"), units: units)
    let decision = try #require(try shop.store.routes(of: "o").first).decision
    #expect(decision.parcels.map(\.node) == [node])
    let isRefused = decision.candidates.contains { $0.node == "shop" && $0.outcome == .storesNotUsed }
    #expect(isRefused == (profile == "use_stores: false\n"))
  }

  /// Whoever is promised a day after those of the profile has a case, which stays as long as the order does.
  @Test func aFirstPromiseBeyondTheProfileIsACase() throws {
    let shop = try Self.routed(Self.network("deliver_within: 4d\n", slowDays: 20, fast: false))
    #expect(try shop.places("o") == ["slow": 2])
    let late = "promise_late o/1: first promised for 2026-12-14, but it should be delivered within 4d"
    #expect(try Self.cases(shop) == [late])
    shop.now = shop.now + .day
    try shop.apply()
    #expect(try Self.cases(shop) == [late])
    try shop.take("order.cancelled", ["order": "o"])
    try shop.apply(.dirty)
    #expect(try Self.cases(shop).isEmpty)
  }

  /// Where late is refused nothing leaves and nothing is promised; when a way comes in time, it goes.
  @Test func whatWouldBeLateWaitsWithACase() throws {
    let shop = try Self.routed(Self.network("deliver_within: 4d\nlate: refused\n", slowDays: 20, fast: false))
    #expect(try shop.places("o") == ["-": 2] && shop.store.line("o", "1")?.promisedAt == nil)
    #expect(
      try shop.cases() == ["o: 2 units: it would arrive too late (late: refused)"])
    shop.state = try RoutedShop.state(Self.network("deliver_within: 4d\nlate: refused\n", slowDays: 20))
    try shop.apply()
    #expect(try shop.places("o") == ["fast": 2] && shop.cases().isEmpty)
  }

  /// What was promised binds too, also without a limit of the profile.
  @Test func aPromiseIsNotBrokenByRoutingAgain() throws {
    let shop = try Self.routed(Self.network("late: refused\n", slowDays: 1))
    #expect(try shop.places("o") == ["slow": 2])
    let late = Self.network("late: refused\n", slowDays: 1).split(separator: "name: slow\n").joined(
      separator: "name: slow\nstatus: paused\n")
    let slower = late.split(separator: "name: fast-north\nnode: fast\nto: north\ncarrier: post\ntransit: 1d").joined(
      separator: "name: fast-north\nnode: fast\nto: north\ncarrier: post\ntransit: 3d")
    shop.state = try RoutedShop.state(slower)
    try shop.apply()
    #expect(try shop.places("o") == ["-": 2] && shop.cases().count == 1)
    shop.state = try RoutedShop.state(late)
    try shop.apply()
    #expect(try shop.places("o") == ["fast": 2] && shop.cases().isEmpty)
  }

  /// Days are those of the channel's clocks: at noon in Auckland the next one has begun.
  @Test(arguments: [("", "2026-12-14"), ("time_zone: Pacific/Auckland\n", "2026-12-15")])
  func daysAreThoseOfTheChannel(zone: String, day: String) throws {
    let network = Self.network("deliver_within: 4d\n", slowDays: 20, fast: false)
    let zoned = try RoutedShop.state(network, channel: zone)
    let shop = try RoutedShop(network, stock: [("A", "slow", 9)])
    shop.state = zoned
    try shop.apply()
    try shop.place("o", [("A", 2)])
    try shop.apply(.dirty)
    #expect(
      try Self.cases(shop) == ["promise_late o/1: first promised for \(day), but it should be delivered within 4d"])
  }
}
