import ActualState
import DesiredState
import Operations
import Testing

@testable import Planning

/// Why an order line is not covered: each state that it can be in names its cause and the place of the policy, and once
/// the cause gives way the line is covered.
@Suite struct UncoveredTests {
  /// A policy under which two units for `web` are not covered, and how that ends.
  struct Scene: Sendable, CustomTestStringConvertible {
    /// The kinds of what is found, in order.
    var causes: [String]
    /// Resources beside the shop's own.
    var policy: String
    /// Fields in the policy that are named as the reason.
    var places: [String] = []
    var stock: Quantity = 10
    var before: @Sendable (PlannedShop) throws -> Void = { _ in }
    var after: @Sendable (PlannedShop) throws -> Void = { _ in }
    /// The policy in which the cause has given way; nil where something happens instead.
    var lifted: String?
    var happens: @Sendable (PlannedShop) throws -> Void = { _ in }
    /// Words that the case has; nil where there is none, since nothing is wrong yet.
    var shortage: String?

    var testDescription: String { causes.joined(separator: ", ") }
  }

  private static func web(_ more: String = "") -> String {
    "kind: Channel\nname: web\ntype: dtc\ntier: first\n" + more
  }

  private static let market = "---\nkind: Channel\nname: market\ntype: marketplace\ntier: first\n"

  private static func resource(_ kind: String, _ more: String) -> String { "---\nkind: \(kind)\nname: x\n\(more)" }

  private static func happened(_ type: String) -> @Sendable (PlannedShop) throws -> Void {
    { try $0.take(type, ["order": "o"]) }
  }

  static let scenes: [Scene] = [
    Scene(
      causes: ["stage"], policy: web("reserve_at: payment_authorized\n"),
      places: ["Channel/web reserve_at: payment_authorized"], happens: happened("order.payment_authorized")),
    Scene(
      causes: ["stage"], policy: web("reserve_at: payment_captured\n"),
      places: ["Channel/web reserve_at: payment_captured"],
      after: { try $0.take("order.payment_authorized", ["order": "o"]) }, happens: happened("order.payment_captured")),
    Scene(
      causes: ["stage"], policy: web("reserve_at: warehouse_release\n"),
      places: ["Channel/web reserve_at: warehouse_release"],
      after: { try $0.take("order.payment_captured", ["order": "o"]) }, happens: happened("order.released")),
    Scene(
      causes: ["hold_ran_out"], policy: web("hold_ttl: 30m\n"), places: ["Channel/web hold_ttl: 30m"],
      after: { try $0.wait(.hour) }, happens: happened("order.payment_authorized")),
    Scene(
      causes: ["channel_not_in_effect"], policy: web("effective: {until: 2026-11-24T00:00:00Z}\n"),
      places: ["Channel/web effective"], lifted: web(), shortage: "Channel/web is not in effect now"),
    Scene(
      causes: ["unknown_channel"], policy: web().replacing("name: web", with: "name: shop"), lifted: web()),
    Scene(
      causes: ["unknown_region"], policy: web() + resource("Region", "nodes: [dc]\ndestinations: [south]\n"),
      lifted: web() + resource("Region", "nodes: [dc]\ndestinations: [south, north]\n")),
    Scene(
      causes: ["cap"], policy: web("cap: {units: 3, window: 7d}\n"),
      places: ["Channel/web cap: {units: 3, window: 7d}"],
      before: { try $0.place("first", "web", [("A", 3)]) }, lifted: web("cap: {units: 5, window: 7d}\n"),
      shortage: "the cap of web is used up: 3 of 3 units within 7d (state/f.yaml:24)"),
    Scene(
      causes: ["cap"], policy: web("cap: {percent_of_available: 30%, window: 7d}\n"),
      places: ["Channel/web cap: {percent_of_available: 30%, window: 7d}"],
      before: { try $0.place("first", "web", [("A", 3)]) }, lifted: web(),
      shortage: "3 of 3 units, 30% of what is available, within 7d (state/f.yaml:24)"),
    Scene(
      causes: ["cap"],
      policy: web("cap: {units: 3, window: 7d}\n") + resource("Region", "nodes: [dc]\ndestinations: [north]\n"),
      places: ["Channel/web cap: {units: 3, window: 7d}"], before: { try $0.place("first", "web", [("A", 3)]) },
      lifted: web() + resource("Region", "nodes: [dc]\ndestinations: [north]\n"),
      shortage: "the cap of web over all regions is used up: 3 of 3 units within 7d"),
    Scene(
      causes: ["protected_for_others"],
      policy: web() + market + resource("Protection", "channel: market\nunits: 10\n"),
      places: ["Protection/x units: 10"],
      lifted: web() + market, shortage: "the rest is protected for market"),
    Scene(
      causes: ["protection_used_up"],
      policy: web("may_use_shared: false\n") + resource("Protection", "channel: web\nunits: 3\n"),
      places: ["Channel/web may_use_shared: false", "Protection/x units: 3"],
      before: { try $0.place("first", "web", [("A", 3)]) }, lifted: web(),
      shortage: "web sells only its protected units, which are used up"),
    Scene(
      causes: ["safety_stock"], policy: web() + resource("SafetyStock", "units: 10\n"),
      places: ["SafetyStock/x units: 10"],
      lifted: web(), shortage: "what is at dc is safety stock"),
    Scene(
      causes: ["safety_stock"], policy: web() + resource("SafetyStock", "rows:\n  - {sku: A, units: 10}\n"),
      places: ["SafetyStock/x {sku: A, units: 10}"], lifted: web(), shortage: "what is at dc is safety stock"),
    Scene(
      causes: ["fallback"],
      policy: web() + resource("FallbackRule", "when: node_outage\nnode: dc\nactive: true\nthen: zero\n"),
      places: ["FallbackRule/x active: true", "FallbackRule/x then: zero"], lifted: web(),
      shortage: "what is at dc does not count: FallbackRule/x"),
    Scene(
      causes: ["fallback"],
      policy: web() + resource("FallbackRule", "when: stale_feed\nnode: dc\nmax_age: 2h\nthen: haircut\nfactor: 0%\n"),
      places: ["FallbackRule/x max_age: 2h"], before: { try $0.wait(TimeSpan(milliseconds: 3 * 3_600_000)) },
      lifted: web(), shortage: "what is at dc does not count: FallbackRule/x"),
    Scene(
      causes: ["fallback_freeze"],
      policy: web() + resource("FallbackRule", "when: node_outage\nnode: dc\nactive: true\nthen: freeze\n"),
      places: ["FallbackRule/x then: freeze"], lifted: web(),
      shortage: "other stock, at any node, is not given to new orders while dc is frozen: FallbackRule/x"),
    Scene(
      causes: ["fallback"],
      policy: web() + "---\nkind: Carrier\nname: post\n---\nkind: Lane\nname: l\nnode: dc\nto: north\ncarrier: post\n"
        + "transit: 1d\nparcel_cost: 4\n"
        + resource("FallbackRule", "when: carrier_disruption\nnode: dc\ncarrier: post\nactive: true\nthen: zero\n"),
      places: ["FallbackRule/x when: carrier_disruption"], lifted: web(),
      shortage: "what is at dc does not count: FallbackRule/x"),
    Scene(
      causes: ["no_stock"], policy: web(), stock: 0, happens: { try $0.stock("A", 5) }, shortage: "none is on hand"),
    Scene(
      causes: ["no_stock"], policy: web(), before: { try $0.place("first", "web", [("A", 10)]) },
      happens: { try $0.take("order.cancelled", ["order": "first"]) }, shortage: "everything on hand is taken"),
  ]

  @Test(arguments: scenes) func theCauseIsNamedAndLiftingItCoversTheLine(scene: Scene) throws {
    let shop = try PlannedShop(scene.policy)
    try shop.stock("A", scene.stock)
    // A freeze keeps what was granted: it is granted nothing before the first plan.
    try scene.before(shop)
    try shop.plan()
    try shop.place("o", "web", [("A", 2)])
    try shop.plan()
    try scene.after(shop)
    try shop.plan()
    #expect(try shop.held("o") == 0)
    let explanation = try shop.explanation("o")
    let uncovered = try #require(explanation.uncovered.first)
    #expect(uncovered.units == 2 && uncovered.obstacles.map(\.kind) == scene.causes, "\(uncovered.obstacles)")
    let places = uncovered.obstacles.flatMap { $0.places(in: shop.places, for: uncovered.part) }
    for wanted in scene.places { #expect(places.contains { $0.words == wanted }, "\(places.map(\.words))") }
    #expect(places.allSatisfy { $0.line.hasPrefix("state/f.yaml:") })
    #expect(!uncovered.obstacles.contains { $0.words.isEmpty })
    let cases = try shop.openCases().filter { $0.contains(" o/1: ") }
    if let words = scene.shortage {
      #expect(cases == ["shortage o/1: 2 units are not covered: \(words)"] || cases[0].contains(words), "\(cases)")
    } else {
      #expect(!cases.contains { $0.hasPrefix("shortage") }, "\(cases)")
    }
    if let lifted = scene.lifted { try shop.agree(lifted) }
    try scene.happens(shop)
    try shop.plan()
    let rest = try shop.explanation("o").uncovered
    #expect(try shop.held("o") == 2 && rest.isEmpty, "\(rest)")
  }

  /// Where several things stand in the way, all of them are told.
  @Test func allThatBindIsNamed() throws {
    let shop = try PlannedShop(
      Self.web("cap: {units: 3, window: 7d}\nbackorder: {accept: true}\n") + Self.market
        + Self.resource("Protection", "channel: market\nunits: 4\n") + Self.resource("SafetyStock", "units: 3\n"))
    try shop.stock("A", 10)
    try shop.buy("p", 5, in: 3)
    try shop.place("o", "web", [("A", 9)])
    try shop.plan()
    #expect(try shop.held("o") == 3)
    let found = try shop.explanation("o").uncovered.first?.obstacles.map(\.kind)
    #expect(
      found == ["cap", "safety_stock", "protected_for_others"])
  }

  /// What is given up in a shortage, to whom.
  @Test func whatWasTakenIsToldOfWithTheTiersThatSaySo() throws {
    let shop = try PlannedShop(
      """
      kind: AllocationTier
      name: high
      rank: 2
      reallocation: win
      ---
      kind: AllocationTier
      name: low
      rank: 3
      reallocation: lose
      ---
      kind: AllocationTier
      name: other
      rank: 4
      reallocation: win
      ---
      kind: Channel
      name: vip
      type: dtc
      tier: high
      ---
      kind: Channel
      name: web
      type: dtc
      tier: low

      """)
    try shop.stock("A", 2)
    try shop.plan()
    try shop.place("o", "web", [("A", 2)])
    try shop.plan()
    try shop.place("v", "vip", [("A", 2)])
    try shop.plan()
    let uncovered = try #require(try shop.explanation("o").uncovered.first)
    #expect(uncovered.obstacles.first?.words == "it lost 2 units: 2 to v/1")
    let places = uncovered.obstacles.first?.places(in: shop.places, for: uncovered.part).map(\.words)
    #expect(places == ["AllocationTier/high reallocation: win", "AllocationTier/low reallocation: lose"])
  }

  /// Where a tier shares by weight, what the others of it have is named beside what is gone.
  @Test(arguments: ["fair_share", "strict"])
  func anOrderBeyondItsShareSaysSo(rule: String) throws {
    let isFair = rule == "fair_share"
    func channel(_ name: String, _ weight: Int) -> String {
      "---\nkind: Channel\nname: \(name)\ntype: dtc\ntier: fair\n" + (isFair ? "share: {weight: \(weight)}\n" : "")
    }
    let tier = "kind: AllocationTier\nname: fair\nrank: 2\nrule: \(rule)\n"
    let shop = try PlannedShop(tier + channel("web", 1) + channel("market", 3))
    try shop.take("catalog.item_upserted", ["sku": "A", "uom": "each"])
    try shop.place("o", "web", [("A", 90)])
    try shop.place("p", "market", [("A", 90)])
    try shop.stock("A", 100)
    try shop.plan()
    #expect(try shop.held("o") == (isFair ? 25 : 90) && shop.held("p") == (isFair ? 75 : 10))
    try shop.plan()
    let uncovered = try #require(try shop.explanation(isFair ? "o" : "p").uncovered.first)
    #expect(uncovered.obstacles.map(\.kind).contains("fair_share") == isFair, "\(uncovered.obstacles)")
    let places = uncovered.obstacles.first?.places(in: shop.places, for: uncovered.part).map(\.words)
    if isFair { #expect(places?.contains("Channel/web share: {weight: 1}") ?? false, "\(places ?? [])") }
  }

  /// An order of a channel that reserves ahead.
  @Test func anOrderThatIsEarlySaysSo() throws {
    let shop = try PlannedShop(Self.web("reserve_ahead: 2d\n"))
    try shop.stock("A", 5)
    try shop.plan()
    try shop.take(
      "order.placed",
      [
        "order": "o", "channel": "web", "ship_on": "2026-12-04T00:00:00Z", "ship_to": ["region": "north"],
        "lines": [["line": "1", "sku": "A", "qty": 2]],
      ])
    try shop.plan()
    let early = try #require(try shop.explanation("o").uncovered.first)
    #expect(early.obstacles.map(\.kind) == ["too_early"])
    #expect(early.obstacles[0].words.hasSuffix("this one from 2026-12-02T00:00:00Z"))
    try shop.wait(PlannedShop.days(8))
    try shop.plan()
    #expect(try shop.held("o") == 2)
  }
}

extension PlannedShop {
  var places: PolicyPlaces { policy.places }

  func explanation(_ order: OrderID) throws -> OrderExplanation {
    OrderExplanation(of: order, policy: policy, snapshot: try store.snapshot(.all), now: now)
  }
}
