import ActualState
import Operations
import Testing

@testable import Planning

/// Nodes of which nothing counts, because a rule says that they are down or because they are silent: what they were to
/// send.
@Suite struct OutageTests {
  private static func network(west: Bool, _ rule: String) -> String {
    RoutedShop.network(
      nodes: [("east", ""), ("west", "")],
      ways: [("east", "north", "4.00")] + (west ? [("west", "north", "5.00")] : []))
      + "---\nkind: FallbackRule\nname: out\n\(rule)\n"
  }

  private static let outage = "when: node_outage\nnode: east\nthen: zero\nactive:"
  private static let silence = "when: stale_feed\nnode: east\nmax_age: 6h\nthen:"

  /// An order of two units that stands on the east node, which has five.
  private static func shop(west: Quantity, _ rule: String) throws -> RoutedShop {
    let shop = try RoutedShop(network(west: west > 0, rule), stock: [("A", "east", 5), ("A", "west", west)])
    try shop.apply()
    try shop.place("o", [("A", 2)])
    try shop.apply(.dirty)
    try #require(try shop.places("o") == ["east": 2])
    return shop
  }

  private static func drill(_ shop: RoutedShop) throws -> DrillOutcome {
    let (policy, snapshot) = (Policy(shop.state, at: shop.now), try shop.store.snapshot(.all))
    func plan(_ policy: Policy) -> Plan {
      Plan(
        policy: policy, pin: PolicyPin(commit: "c", tree: "t", version: 1), previous: nil, policyChanged: false,
        snapshot: snapshot, now: shop.now)
    }
    return DrillOutcome(snapshot, before: plan(policy), after: plan(policy.drilling(Drill(rules: ["out"]))))
  }

  /// The drill says what the outage then does.
  @Test func whatADownNodeWasToSendLeavesFromAnother() throws {
    let shop = try Self.shop(west: 5, Self.outage + " false")
    let drill = try Self.drill(shop)
    #expect(drill.rerouted == ["o"] && drill.uncovered.isEmpty && drill.unroutable.isEmpty)
    shop.state = try RoutedShop.state(Self.network(west: true, Self.outage + " true"))
    try shop.apply()
    #expect(try shop.places("o") == ["west": 2])
    shop.state = try RoutedShop.state(Self.network(west: true, Self.outage + " false"))
    try shop.apply()
    #expect(try shop.places("o") == ["west": 2])
  }

  /// Without stock elsewhere the order keeps its claim, someone knows why it waits, and it goes when the node is back.
  @Test func withoutStockElsewhereItWaitsWithACase() throws {
    let shop = try Self.shop(west: 0, Self.outage + " false")
    let drill = try Self.drill(shop)
    #expect(drill.unroutable == ["o"] && drill.uncovered.map(\.units) == [2] && drill.rerouted.isEmpty)
    shop.state = try RoutedShop.state(Self.network(west: false, Self.outage + " true"))
    try shop.apply()
    #expect(try shop.places("o") == ["-": 2] && shop.store.line("o", "1")?.open == 0)
    #expect(try shop.cases() == ["o: 2 units: east ships nothing more: FallbackRule/out"])
    try shop.place("p", [("A", 1)])
    try shop.apply(.dirty)
    #expect(try shop.places("p").isEmpty)
    shop.state = try RoutedShop.state(Self.network(west: false, Self.outage + " false"))
    try shop.apply()
    #expect(try shop.places("o") == ["east": 2] && shop.places("p") == ["east": 1] && shop.cases().isEmpty)
  }

  @Test func whatTheWarehouseHasStays() throws {
    let shop = try Self.shop(west: 5, Self.outage + " false")
    try shop.take("order.released", ["order": "o"])
    #expect(try Self.drill(shop).uncovered.isEmpty)
    shop.state = try RoutedShop.state(Self.network(west: true, Self.outage + " true"))
    try shop.apply()
    #expect(try shop.places("o") == ["east": 2])
  }

  /// What is sold of a node of which a share counts leaves it, and no more is.
  @Test func aHaircutSendsWhatItSells() throws {
    let shop = try Self.shop(west: 0, Self.outage + " false")
    let rule = "when: node_outage\nnode: east\nactive: true\nthen: haircut\nfactor: 80%"
    shop.state = try RoutedShop.state(Self.network(west: false, rule))
    try shop.apply()
    // Four of five count, and two of them are to leave.
    try shop.place("p", [("A", 3)])
    try shop.apply(.dirty)
    #expect(try shop.places("p") == ["east": 2] && shop.cases().isEmpty)
    let short = try #require(try shop.store.line("p", "1"))
    #expect(short.open == 1)
    shop.state = try RoutedShop.state(Self.network(west: false, Self.outage + " false"))
    try shop.apply()
    #expect(try shop.places("p") == ["east": 3])
  }

  /// A silent node of which nothing counts sends nothing either; one that keeps a share, or what was last known, sends what
  /// it was to send. One event is enough for it to speak again.
  @Test(arguments: [
    ("zero", ["-": 2]), ("haircut\nfactor: 0%", ["-": 2]), ("haircut\nfactor: 10%", ["east": 2]),
    ("freeze", ["east": 2]), ("last_known\nage_limit: 9h", ["east": 2]), ("last_known\nage_limit: 7h", ["-": 2]),
  ])
  func aSilentNodeSendsNothingWhereNothingCounts(then: String, expected: [String: Quantity]) throws {
    let shop = try Self.shop(west: 0, Self.silence + " " + then)
    shop.now = shop.now + TimeSpan(milliseconds: 8 * 3_600_000)
    try shop.apply()
    #expect(try shop.places("o") == expected)
    try shop.count("A", "east", 5)
    try shop.apply()
    #expect(try shop.places("o") == ["east": 2] && shop.cases().isEmpty)
  }
}
