import ActualState
import Operations
import Testing

@testable import Planning

/// Orders whose goods come no more: they wait for others only as far as any order may wait.
@Suite struct LostGoodsTests {
  private static let endings: [(String, JSONValue)] = [
    ("purchase_order.changed", ["po": "p", "lines": [["line": "1", "qty": 0]]]),
    ("purchase_order.cancelled", ["po": "p"]),
  ]

  private static let rule = "---\nkind: BackorderRule\nname: all\n"

  /// An order of `wanted` units, of which four wait for a purchase order that comes in five days.
  private func shop(_ wanted: Quantity, _ rule: String, supplier: String = "mill") throws -> PlannedShop {
    let shop = try PlannedShop(backordering: "", Self.rule + rule)
    try shop.buy("p", 4, in: 5)
    try shop.place("o", "web", [("A", wanted)])
    try shop.plan(.dirty)
    try #require(try shop.pools("o") == ["inbound:1:p/1": 4])
    return shop
  }

  @Test(arguments: endings) func whatIsBeyondTheHorizonIsNotWaitedFor(type: String, data: JSONValue) throws {
    for wanted: Quantity in [4, 6] {
      let shop = try shop(wanted, "horizon: 10d\n")
      try shop.buy("q", 20, in: 30)
      try shop.plan(.dirty)
      try shop.take(type, data)
      try shop.plan(.dirty)
      #expect(try shop.pools("o").isEmpty && shop.promised("o") == nil, "\(wanted) units")
      let cases = try shop.openCases()
      #expect(
        cases.contains(
          "shortage o/1: \(wanted) units are not covered: none is on hand; q/1 arrives later than 10d from now"),
        "\(cases)")
      // Who was promised nothing is told nothing.
      let told = wanted == 4
      #expect(try shop.notices() == (told ? ["backorder_accepted o", "backorder_cancelled o"] : []))
      let broken = "promise_broken o/1: first promised for 2026-12-01; 4 units are not covered"
      #expect(cases.contains(broken) == told, "\(cases)")
    }
  }

  /// Whoever was promised all of it, and lost a part since, is told once that nothing of it comes.
  @Test(arguments: endings) func aPromiseThatOnlyAPartStoodBehindIsTakenBack(type: String, data: JSONValue) throws {
    let shop = try PlannedShop(backordering: "", Self.rule + "horizon: 10d\n")
    try shop.buy("p", 4, in: 5)
    try shop.buy("r", 2, in: 6)
    try shop.place("o", "web", [("A", 6)])
    try shop.plan(.dirty)
    try #require(try shop.promised("o") == 8)
    try shop.take("purchase_order.cancelled", ["po": "r"])
    try shop.buy("q", 20, in: 30)
    try shop.plan(.dirty)
    try #require(try shop.pools("o") == ["inbound:1:p/1": 4])
    try shop.take(type, data)
    try shop.plan(.dirty)
    #expect(try shop.pools("o").isEmpty && shop.promised("o") == nil)
    #expect(try shop.notices() == ["backorder_accepted o", "backorder_cancelled o"])
    #expect(
      try shop.openCases() == [
        "promise_broken o/1: first promised for 2026-12-02; 6 units are not covered",
        "shortage o/1: 6 units are not covered: none is on hand; q/1 arrives later than 10d from now",
      ])
  }

  /// Within the limits the order waits on, and its customer is told the new day.
  @Test(arguments: endings) func whatIsWithinTheLimitsTakesItsPlace(type: String, data: JSONValue) throws {
    let shop = try shop(4, "horizon: 10d\nmax_units: 4\nmin_supplier_confidence: 80%\n")
    try shop.buy("q", 5, in: 8, from: "forge")
    try shop.take(type, data)
    try shop.plan(.dirty)
    #expect(try shop.pools("o") == ["inbound:1:q/1": 4] && shop.promised("o") == 10)
    #expect(try shop.notices() == ["backorder_accepted o", "promise_later o"] && shop.openCases().isEmpty)
  }

  /// The limits are those that hold now: of how far ahead, of how many, of whom to trust, and of whether at all.
  @Test(
    arguments: [
      ("horizon: 7d", 0, "q/1 arrives later than 7d from now"),
      ("max_units: 3", 3, "no more than 3 units may be on backorder"),
      ("min_supplier_confidence: 81%", 0, "the confidence of forge is 80%, but 81% is required"),
      ("accept: false", 0, "orders of web may not wait for inbound goods (state/f.yaml:"),
    ] as [(String, Quantity, String)]) func theLimitsOfTodayCount(limit: String, waiting: Quantity, more: String) throws
  {
    let shop = try shop(4, "move_limit: 30d\n")
    try shop.buy("q", 20, in: 8, from: "forge")
    try shop.agree(PlannedShop.backordering(Self.rule + "move_limit: 30d\n\(limit)\n"))
    try shop.plan()
    try #require(try shop.held("o") == 4)
    try shop.take("purchase_order.cancelled", ["po": "p"])
    try shop.plan(.dirty)
    #expect(try shop.held("o") == waiting && shop.promised("o") == nil)
    #expect(try shop.notices() == ["backorder_accepted o", "backorder_cancelled o"])
    let cases = try shop.openCases()
    try #require(cases.count == 2, "\(cases)")
    #expect(cases[0] == "promise_broken o/1: first promised for 2026-12-01; \(4 - waiting) units are not covered")
    let shortage = "shortage o/1: \(4 - waiting) units are not covered: none is on hand; " + more
    #expect(cases[1].hasPrefix(shortage), "\(cases)")
  }

  /// Goods that are doubted still may come: they are waited for where nothing within the limits takes their place.
  @Test(
    arguments: [(8, ["inbound:1:p/1": 2, "inbound:1:q/1": 2]), (30, ["inbound:1:p/1": 4])]
      as [(Int64, [String: Quantity])])
  func doubtedGoodsAreReplacedWithinTheLimits(days: Int64, pools: [String: Quantity]) throws {
    let rule = Self.rule + "horizon: 10d\n"
    let shop = try PlannedShop(backordering: "", rule)
    try shop.buy("p", 5, in: 5, from: "forge")
    try shop.place("o", "web", [("A", 4)])
    try shop.plan(.dirty)
    try #require(try shop.pools("o") == ["inbound:1:p/1": 4])
    try shop.agree(PlannedShop.backordering(rule).replacing("80%", with: "50%"))
    try shop.buy("q", 20, in: days)
    try shop.plan()
    #expect(try shop.pools("o") == pools)
    let cases = try shop.openCases()
    #expect(cases.isEmpty == (days == 8), "\(cases)")
  }
}
