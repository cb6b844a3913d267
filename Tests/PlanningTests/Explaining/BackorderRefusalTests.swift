import DesiredState
import Operations
import Testing

@testable import Planning

/// Why an order does not wait for goods that are to come, and that it does once the reason is gone.
@Suite struct BackorderRefusalTests {
  struct Scene: Sendable, CustomTestStringConvertible {
    var cause: String
    /// What the channel says of backorders, and resources beside it.
    var backorder = "{accept: true}"
    var rest = ""
    var place: String?
    var lifted = (backorder: "{accept: true}", rest: "")
    var supplier = "mill"
    /// Units that another order asks for first.
    var first: Quantity = 0

    var testDescription: String { cause }
  }

  private static func policy(_ backorder: String, _ rest: String) -> String {
    "kind: Channel\nname: web\ntype: dtc\ntier: first\n" + (backorder.isEmpty ? "" : "backorder: \(backorder)\n")
      + "---\nkind: Supplier\nname: forge\nlead_time: 9d\nconfidence: 60%\n" + rest
  }

  static let scenes: [Scene] = [
    Scene(cause: "backorder_not_accepted", backorder: "", place: "Channel/web has no 'backorder'"),
    Scene(
      cause: "backorder_not_accepted", backorder: "{accept: false}", place: "Channel/web backorder: {accept: false}"),
    Scene(
      cause: "backorder_not_accepted", rest: "---\nkind: BackorderRule\nname: r\naccept: false\n",
      place: "BackorderRule/r accept: false"),
    Scene(
      cause: "backorder_max_units", backorder: "{accept: true, max_units: 3}",
      place: "Channel/web backorder: {accept: true, max_units: 3}", first: 3),
    Scene(
      cause: "backorder_horizon", rest: "---\nkind: BackorderRule\nname: r\nhorizon: 2d\n",
      place: "BackorderRule/r horizon: 2d"),
    Scene(
      cause: "backorder_confidence", backorder: "{accept: true, min_supplier_confidence: 70%}",
      place: "Supplier/forge confidence: 60%",
      lifted: ("{accept: true}", "---\nkind: BackorderRule\nname: r\naccept_untrusted: true\n"), supplier: "forge"),
    Scene(
      cause: "backorder_untrusted", rest: "---\nkind: BackorderRule\nname: r\naccept_untrusted: false\n",
      place: "BackorderRule/r accept_untrusted: false",
      lifted: ("{accept: true}", "---\nkind: BackorderRule\nname: r\naccept_untrusted: true\n"), supplier: "forge"),
    Scene(
      cause: "backorder_nothing_counts",
      rest: "---\nkind: FallbackRule\nname: f\nwhen: supplier_uncertainty\nsupplier: forge\nbelow: 90%\nthen: zero\n",
      place: "FallbackRule/f below: 90%",
      lifted: ("{accept: true}", "---\nkind: BackorderRule\nname: r\naccept_untrusted: true\n"), supplier: "forge"),
  ]

  @Test(arguments: scenes) func theReasonIsNamedAndLiftingItLetsTheOrderWait(scene: Scene) throws {
    let shop = try PlannedShop(Self.policy(scene.backorder, scene.rest))
    try shop.stock("A", 0)
    try shop.buy("p", 10, in: 5, from: scene.supplier)
    try shop.plan()
    if scene.first > 0 { try shop.place("first", "web", [("A", scene.first)]) }
    try shop.place("o", "web", [("A", 2)])
    try shop.plan()
    let uncovered = try #require(try shop.explanation("o").uncovered.first)
    #expect(uncovered.obstacles.map(\.kind) == ["no_stock", scene.cause])
    let places = uncovered.obstacles.flatMap { $0.places(in: shop.places, for: uncovered.part) }.map(\.words)
    if let place = scene.place { #expect(places.contains(place), "\(places)") }
    #expect(try shop.openCases().contains { $0.hasPrefix("shortage o/1: 2 units are not covered: none is on hand; ") })
    try shop.agree(Self.policy(scene.lifted.backorder, scene.lifted.rest))
    try shop.plan()
    #expect(try shop.held("o") == 2 && shop.explanation("o").uncovered.isEmpty)
  }

  /// Of ten that come, half are kept for whoever sells wholesale, who may have nothing else.
  @Test func whatIsKeptForOthersIsNamed() throws {
    let kept =
      "---\nkind: Protection\nname: inb\nchannel: whs\npercent_of_inbound: 50%\n"
      + "effective: {from: 2026-11-24T00:00:00Z, until: 2027-11-24T00:00:00Z}\n"
    let whs =
      "---\nkind: Channel\nname: whs\ntype: wholesale\ntier: first\nmay_use_shared: false\nbackorder: {accept: true}\n"
    let shop = try PlannedShop(Self.policy("{accept: true}", whs + kept))
    try shop.stock("A", 0)
    try shop.buy("p", 10, in: 5)
    try shop.plan()
    try shop.place("o", "web", [("A", 7)])
    try shop.plan()
    let short = try #require(try shop.explanation("o").uncovered.first)
    #expect(short.units == 2 && short.obstacles.map(\.kind) == ["no_stock", "backorder_protected"])
    #expect(short.obstacles.last?.words == "what is left of p/1 is reserved for whs")
    let places = short.obstacles.flatMap { $0.places(in: shop.places, for: short.part) }.map(\.words)
    #expect(places.contains("Protection/inb percent_of_inbound: 50%"), "\(places)")
    // Without the protection the one may have all of it, and the other nothing.
    try shop.agree(Self.policy("{accept: true}", whs))
    try shop.place("w", "whs", [("A", 1)])
    try shop.plan()
    #expect(try shop.held("o") == 7)
    let closed = try #require(try shop.explanation("w").uncovered.first)
    #expect(closed.obstacles.last?.kind == "backorder_own_protection_only", "\(closed.obstacles)")
  }

  /// What is late beyond all patience, what others have, and where nothing is to come at all.
  @Test func whatTheWorldWithholdsIsNamed() throws {
    let shop = try PlannedShop(
      Self.policy("{accept: true}", "").replacing("confidence: 60%\n", with: "confidence: 100%\npast_due_after: 1d\n"))
    try shop.stock("A", 0)
    try shop.plan()
    try shop.place("o", "web", [("A", 4)])
    try shop.plan()
    #expect(
      try shop.explanation("o").uncovered.first?.obstacles.map(\.kind) == ["no_stock", "backorder_nothing_to_come"])
    try shop.buy("p", 3, in: 5, from: "forge")
    try shop.plan()
    let rest = try #require(try shop.explanation("o").uncovered.first)
    #expect(rest.units == 1 && rest.obstacles.map(\.kind) == ["no_stock", "backorder_taken"])
    try shop.wait(PlannedShop.days(7))
    try shop.plan()
    let obstacles = try shop.explanation("o").uncovered.first?.obstacles ?? []
    #expect(obstacles.last?.words == "p/1 is more than 1d late and no longer counts")
  }
}
