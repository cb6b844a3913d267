import ActualState
import DesiredState
import Operations
import TestSupport
import Testing

@testable import Planning

/// The infinite-supply time fence as a choice of the policy: domain.md §2.2, `after_fence`.
@Suite struct InfiniteSupplyTests {
  static func rule(_ fields: String) -> String { "---\nkind: BackorderRule\nname: all\ntransit: 2d\n\(fields)\n" }

  /// Nothing is bought: an order is promised for the fence and its way to the customer.
  @Test func whatNothingCoversIsPromisedForTheFence() throws {
    let shop = try PlannedShop(backordering: "", Self.rule("infinite_supply_after: 20d"))
    try shop.place("o", "web", [("A", 4)])
    let plan = try shop.plan(.dirty)
    #expect(try shop.promised("o") == 22)
    #expect(try shop.notices() == ["backorder_accepted o"])
    #expect(plan.shortfalls.map(\.expectedAt) == [PlannedShop.noon + PlannedShop.days(20)])
    #expect(
      try shop.openCases() == [
        "shortage o/1: 4 units are not covered: none is on hand; no purchase order or transfer is due to bring any"
      ])
    // What is bought meanwhile is better news, and then the promise is that of the goods.
    try shop.buy("p", 10, in: 5)
    try shop.plan(.dirty)
    #expect(try shop.promised("o") == 7 && shop.openCases().isEmpty)
  }

  @Test func whereNobodySaysSoNothingIsPromised() throws {
    for rule in ["", "accept: false\ninfinite_supply_after: 20d"] {
      let shop = try PlannedShop(backordering: "", Self.rule(rule))
      try shop.place("o", "web", [("A", 4)])
      #expect(try shop.plan(.dirty).shortfalls.map(\.expectedAt) == [nil], "\(rule)")
      #expect(try shop.promised("o") == nil, "\(rule)")
    }
  }

  /// A fence that comes while nothing has come is an empty promise.
  @Test func aFenceThatIsOverSuppliesNothing() throws {
    let shop = try PlannedShop(backordering: "", Self.rule("infinite_supply_after: 20d"))
    try shop.place("o", "web", [("A", 4)])
    try shop.plan(.dirty)
    try shop.wait(TimeSpan(milliseconds: PlannedShop.days(20).milliseconds + TimeSpan.hour.milliseconds))
    try shop.plan()
    #expect(try shop.promised("o") == 22)
    #expect(try shop.cases(.promiseAtRisk)["A"]?.contains("4 units are not covered") == true)
    try shop.wait(PlannedShop.days(2))
    try shop.plan()
    #expect(try shop.cases(.promiseBroken).count == 1)
    // Stock that comes now comes too late: the plan that gives it to the order says so at once.
    try shop.stock("A", 10)
    try shop.plan(.dirty)
    #expect(try shop.cases(.promiseBroken)["A"]?.contains("not shipped in time") == true)
    #expect(try shop.plan().isEmpty)
  }

  /// Limits of backorders hold for the fence, too; who was promised before goes first.
  @Test(
    arguments: [
      ("max_units: 5", ["first": 22, "second": nil]), ("horizon: 19d", ["first": nil, "second": nil]),
      ("horizon: 20d", ["first": 22, "second": 22]),
    ] as [(String, [String: Int64?])])
  func limitsHold(limit: String, expected: [String: Int64?]) throws {
    let shop = try PlannedShop(backordering: limit, Self.rule("infinite_supply_after: 20d"))
    try shop.place("first", "web", [("A", 4)])
    try shop.plan(.dirty)
    try shop.place("second", "web", [("A", 4)])
    try shop.plan(.dirty)
    for (order, day) in expected {
      #expect(try shop.promised(OrderID(order)) == day, "\(order)")
      let kinds = try shop.explanation(OrderID(order)).uncovered.flatMap(\.obstacles).map(\.kind)
      #expect(kinds.contains("backorder_max_units") == (order == "second" && limit == "max_units: 5"), "\(kinds)")
    }
  }

  /// Whatever is bought and ordered: without the fence nothing is promised that no purchase order brings, and with it
  /// nothing later than the fence and the way.
  @Test(arguments: 0..<60 as Range<UInt64>) func onlyThePolicyPromisesWithoutGoods(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    func number(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &random) }
    let fence = seed % 2 == 0 ? number(5...30) : nil
    let shop = try PlannedShop(
      backordering: "", Self.rule(fence.map { "infinite_supply_after: \($0)d" } ?? "move_limit: 5d"))
    for index in 0..<number(0...3) { try shop.buy("p\(index)", number(1...8), in: number(2...25)) }
    for index in 0..<number(1...4) {
      try shop.place(OrderID("o\(index)"), index % 2 == 0 ? "web" : "market", [("A", number(1...9))])
      try shop.plan(.dirty)
    }
    for index in 0..<4 {
      let order = OrderID("o\(index)")
      guard let line = try shop.store.line(order, "1") else { continue }
      let promised = try shop.promised(order)
      if line.open > 0 { #expect(promised == fence.map { $0 + 2 }, "seed \(seed), \(order)") }
      if line.open == 0 { #expect(promised != nil, "seed \(seed), \(order)") }
    }
  }
}
