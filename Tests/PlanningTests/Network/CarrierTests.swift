import ActualState
import DesiredState
import Operations
import Testing

@testable import Planning

/// Carriers that are disrupted, by their own status or by a rule about some nodes: what waits for them and what was to
/// leave with them.
@Suite struct CarrierTests {
  /// East ships by post and dearly by bikes; west, if at all, by bikes. Each takes so many days.
  private static func network(
    post: String = "active", strike: String? = nil, eastBikes: Int? = nil, westBikes: Int? = 2, more: String = ""
  ) -> String {
    func lane(_ node: String, _ carrier: String, _ days: Int, _ cost: Int) -> String {
      "---\nkind: Lane\nname: \(node)-\(carrier)\nnode: \(node)\nto: north\ncarrier: \(carrier)\nservice: \(carrier)\n"
        + "transit: \(days)d\nparcel_cost: \(cost)\n"
    }
    let nodes = ["east", "west"].map { "---\nkind: Node\nname: \($0)\ntype: dc\nregion: north\n" }
    let carriers = "---\nkind: Carrier\nname: post\nstatus: \(post)\n---\nkind: Carrier\nname: bikes\n"
    let rule = strike.map {
      "---\nkind: FallbackRule\nname: strike\nwhen: carrier_disruption\ncarrier: post\nnode: east\n\($0)\n"
    }
    return nodes.joined() + carriers + lane("east", "post", 1, 4)
      + (eastBikes.map { lane("east", "bikes", $0, 9) } ?? "") + (westBikes.map { lane("west", "bikes", $0, 6) } ?? "")
      + (rule ?? "") + more
  }

  private static let stock: [(SKU, NodeID, Quantity)] = [("A", "east", 5), ("A", "west", 5)]

  private static func shop(_ network: String) throws -> RoutedShop {
    let shop = try RoutedShop(network, stock: stock)
    try shop.apply()
    return shop
  }

  private static func services(_ shop: RoutedShop, _ order: OrderID) throws -> Set<String> {
    var services = Set<String>()
    try shop.store.eachClaim { claim in
      if claim.state == .active, claim.order == order { services.insert(claim.service ?? "-") }
    }
    return services
  }

  private static func notices(_ plan: Plan) -> [Promise.Notice] {
    plan.actions.compactMap { if case .promise(_, let promise, _) = $0.action { promise.notice } else { nil } }
  }

  /// The rule closes the lanes of its carrier from its node and no others, whatever it does to the node's stock.
  @Test(
    arguments: [
      ("active: true\nthen: freeze", nil, ["west": 2]), ("active: true\nthen: freeze", 1, ["west": 2]),
      ("active: true\nthen: zero", nil, ["west": 2]), ("active: false\nthen: freeze", nil, ["east": 2]),
      ("active: true\nthen: freeze\neffective: {until: 2026-11-24T00:00:00Z}", nil, ["east": 2]),
    ] as [(String, Int?, [String: Quantity])])
  func aRuleClosesItsCarriersLanes(fields: String, eastBikes: Int?, expected: [String: Quantity]) throws {
    let shop = try Self.shop(Self.network())
    shop.state = try RoutedShop.state(Self.network(strike: fields, eastBikes: eastBikes))
    try shop.apply()
    shop.now = shop.now + TimeSpan(milliseconds: 20 * 60_000)
    try shop.place("o", [("A", 2)])
    try shop.apply(.dirty)
    #expect(try shop.places("o") == expected)
  }

  @Test func theCaseNamesTheRule() throws {
    let shop = try Self.shop(Self.network(westBikes: nil))
    shop.state = try RoutedShop.state(Self.network(strike: "active: true\nthen: freeze", westBikes: nil))
    try shop.apply()
    try shop.place("o", [("A", 2)])
    try shop.apply(.dirty)
    #expect(try shop.places("o") == ["-": 2])
    #expect(
      try shop.cases() == ["o: 2 units: the carrier post is disrupted: the FallbackRule 'strike'"])
    #expect(try shop.store.line("o", "1")?.promisedAt == nil)
  }

  private static let disruptions = [
    "status", "active: true\nthen: freeze", "active: true\nthen: haircut\nfactor: 100%",
  ]

  private static func disrupted(_ by: String, eastBikes: Int? = nil, westBikes: Int? = 2) throws -> DesiredState {
    try RoutedShop.state(
      by == "status"
        ? network(post: "disrupted", eastBikes: eastBikes, westBikes: westBikes)
        : network(strike: by, eastBikes: eastBikes, westBikes: westBikes))
  }

  /// What is routed and not released leaves by another way, and its customer hears when it comes now. When the carrier is
  /// back it stays where it is.
  @Test(arguments: disruptions) func whatWasToGoByItGoesAnotherWay(by: String) throws {
    let shop = try Self.shop(Self.network())
    try shop.place("o", [("A", 2)])
    try shop.apply(.dirty)
    #expect(try shop.places("o") == ["east": 2] && Self.services(shop, "o") == ["post"])
    shop.state = try Self.disrupted(by)
    let plan = try shop.apply()
    #expect(try shop.places("o") == ["west": 2] && Self.services(shop, "o") == ["bikes"])
    #expect(Self.notices(plan) == [.promiseLater])
    #expect(try shop.store.line("o", "1")?.promisedAt == RoutedShop.noon + .hour + .day + .day)
    shop.state = try RoutedShop.state(Self.network())
    try shop.apply()
    #expect(try shop.places("o") == ["west": 2])
  }

  /// Another service of the same node does as well: the units stay, and another service takes them.
  @Test func anotherServiceOfTheNodeTakesThem() throws {
    let shop = try Self.shop(Self.network(eastBikes: 3, westBikes: nil))
    try shop.place("o", [("A", 5)])
    try shop.apply(.dirty)
    shop.state = try Self.disrupted("status", eastBikes: 3, westBikes: nil)
    try shop.apply()
    #expect(try shop.places("o") == ["east": 5] && Self.services(shop, "o") == ["bikes"])
    #expect(try shop.store.routes(of: "o").last?.decision.parcels.map(\.carrier) == ["bikes"])
  }

  /// Without another way it waits with a case, and goes when the carrier is back.
  @Test(arguments: disruptions.prefix(2)) func withoutAnotherWayThereIsACase(by: String) throws {
    let shop = try Self.shop(Self.network(westBikes: nil))
    try shop.place("o", [("A", 2)])
    try shop.apply(.dirty)
    shop.state = try Self.disrupted(by, westBikes: nil)
    try shop.apply()
    #expect(try shop.places("o") == ["-": 2])
    #expect(try shop.cases().count == 1)
    let before = try #require(try shop.store.item("A")).shared
    try shop.place("p", [("A", 1)])
    try shop.apply(.dirty)
    #expect(try #require(try shop.store.item("A")).shared == before - 1)
    shop.state = try RoutedShop.state(Self.network(westBikes: nil))
    try shop.apply()
    #expect(try shop.places("o") == ["east": 2] && shop.places("p") == ["east": 1])
    #expect(try shop.cases().isEmpty)
  }

  @Test func whatTheWarehouseHasIsNotTakenBack() throws {
    let shop = try Self.shop(Self.network())
    try shop.place("o", [("A", 2)])
    try shop.apply(.dirty)
    try shop.take("order.released", ["order": "o"])
    shop.state = try Self.disrupted("status")
    try shop.apply()
    #expect(try shop.places("o") == ["east": 2] && Self.services(shop, "o") == ["post"])
  }

  /// A way that comes later than the customer may be told without a person leaves what was told, and opens a case.
  @Test func aDateBeyondTheLimitIsACase() throws {
    let shop = try Self.shop(Self.network(westBikes: 20))
    try shop.place("o", [("A", 2)])
    try shop.apply(.dirty)
    shop.state = try Self.disrupted("status", westBikes: 20)
    let plan = try shop.apply()
    #expect(Self.notices(plan).isEmpty)
    var cases: [Case] = []
    try shop.store.eachCase { _, one, _ in cases.append(one) }
    #expect(cases.map(\.kind) == [.promiseAtRisk] && cases.map(\.subject) == ["o/1"])
  }

  /// What waits for its carrier beyond its day breaks its promise, and keeps the next one.
  @Test func aPromiseWhoseTimeIsOverIsACaseUntilTheCarrierIsBack() throws {
    func broken(_ shop: RoutedShop) throws -> [String] {
      var cases: [String] = []
      try shop.store.eachCase { _, one, _ in if one.kind == .promiseBroken { cases.append(one.detail) } }
      return cases
    }
    let shop = try Self.shop(Self.network(westBikes: nil))
    try shop.place("o", [("A", 2)])
    try shop.apply(.dirty)
    shop.state = try Self.disrupted("status", westBikes: nil)
    try shop.apply()
    #expect(try broken(shop).isEmpty)
    shop.now = shop.now + .day + .day
    try shop.apply()
    #expect(try broken(shop) == ["promised for 2026-11-25; not shipped in time"])
    shop.state = try RoutedShop.state(Self.network(westBikes: nil))
    shop.now = shop.now + .hour
    let plan = try shop.apply()
    #expect(try shop.places("o") == ["east": 2] && broken(shop).isEmpty)
    #expect(Self.notices(plan) == [.promiseLater])
  }

  /// A lane that was renamed, or that another stands in for, keeps what goes by it; one that is no more keeps nothing.
  @Test func onlyTheWayCounts() throws {
    let shop = try Self.shop(Self.network())
    try shop.place("o", [("A", 2)])
    try shop.apply(.dirty)
    let renamed = Self.network().split(separator: "name: east-post").joined(separator: "name: another")
    shop.state = try RoutedShop.state(renamed)
    #expect(try !shop.plan().actions.contains { if case .moveClaim = $0.action { true } else { false } })
    try shop.apply()
    let lanes = Self.network().split(separator: "---\nkind: Lane\nname: east-post\n")
    let without = String(lanes[0]) + "---" + (lanes[1].split(separator: "---", maxSplits: 1).last ?? "")
    shop.state = try RoutedShop.state(without)
    try shop.apply()
    #expect(try shop.places("o") == ["west": 2])
  }

  /// What a drill says of the routes: which orders go another way, and which none.
  @Test func aDrillTellsWhichOrdersLoseTheirWay() throws {
    let shop = try Self.shop(Self.network(strike: "active: false\nthen: freeze"))
    for order in ["o1", "o2", "o3"] {
      try shop.place(order, [("A", order == "o3" ? 1 : 2)])
      try shop.apply(.dirty)
    }
    try shop.count("A", "west", 3)
    try shop.apply()
    let (policy, snapshot) = (Policy(shop.state, at: shop.now), try shop.store.snapshot(.all))
    func plan(_ policy: Policy) -> Plan {
      Plan(
        policy: policy, pin: PolicyPin(commit: "c", tree: "t", version: 1), previous: nil, policyChanged: false,
        snapshot: snapshot, now: shop.now)
    }
    let after = plan(policy.drilling(Drill(rules: ["strike"])))
    let outcome = DrillOutcome(snapshot, before: plan(policy), after: after)
    // West has room for three of the five units, and one of them is of o2.
    #expect(outcome.rerouted == ["o1"] && outcome.unroutable == ["o2", "o3"], "\(outcome)")
    #expect(DrillOutcome(snapshot, before: plan(policy), after: plan(policy)).unroutable.isEmpty)
  }
}
