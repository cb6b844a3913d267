import Operations
import Testing

@testable import Planning

/// What the policy asks for and cannot have: a case for as long as that is so, whoever plans.
@Suite struct UnmetTests {
  private static func channel(_ name: String, _ rest: String = "", tier: String = "first") -> String {
    "kind: Channel\nname: \(name)\ntype: dtc\ntier: \(tier)\n\(rest)---\n"
  }
  private static func protection(_ channel: String, _ units: Int) -> String {
    "kind: Protection\nname: \(channel)-kept\nchannel: \(channel)\nunits: \(units)\n---\n"
  }

  /// The laws of `PlannedShop.plan` hold besides: a plan of what was touched says what a plan of all does, and a plan right
  /// after another has nothing to do.
  @Test func aProtectionThatIsNotMetIsACaseUntilItIs() throws {
    let shop = try PlannedShop(
      Self.channel("web") + Self.channel("mkt", tier: "last") + "kind: AllocationTier\nname: last\nrank: 2\n---\n"
        + Self.protection("web", 40) + Self.protection("mkt", 30))
    try shop.stock("A", 100)
    try shop.plan()
    #expect(try shop.cases(.protectionNotMet).isEmpty)
    try shop.stock("A", 50)
    try shop.plan(.dirty)
    #expect(
      try shop.cases(.protectionNotMet) == ["A": "A for mkt: 20 units protected for it are not in stock"])
    // What a channel takes of its own protection changes nothing.
    try shop.place("O", "mkt", [("A", 4)])
    try shop.plan(.dirty)
    #expect(
      try shop.cases(.protectionNotMet) == ["A": "A for mkt: 20 units protected for it are not in stock"])
    try shop.stock("A", 69)
    try shop.plan(.dirty)
    #expect(try shop.cases(.protectionNotMet) == ["A": "A for mkt: 1 unit protected for it is not in stock"])
    try shop.stock("A", 70)
    try shop.plan(.dirty)
    #expect(try shop.cases(.protectionNotMet).isEmpty)
  }

  /// It is sold out for all of them, and nothing is kept from anyone.
  @Test func nothingIsMissingOfWhatIsNotThereAtAll() throws {
    let shop = try PlannedShop(Self.channel("web") + Self.protection("web", 40))
    try shop.stock("A", 0)
    let plan = try shop.plan()
    #expect(try shop.cases(.protectionNotMet).isEmpty)
    #expect(plan.warnings.map(\.kind) == [.protectionNotMet])
  }

  @Test func aMinimumThatIsNotMetIsACaseUntilItIs() throws {
    let shop = try PlannedShop(
      Self.channel("web", "share: {min_units: 30}\n", tier: "fair")
        + Self.channel("mkt", "share: {min_units: 30}\n", tier: "fair")
        + "kind: AllocationTier\nname: fair\nrank: 2\nrule: fair_share\n---\n")
    try shop.stock("A", 50)
    try shop.plan()
    let detail = "A for web: 10 units that it is to have first (min_units) are not in stock"
    #expect(try shop.cases(.minimumNotMet) == ["A": detail])
    try shop.stock("A", 60)
    try shop.plan(.dirty)
    #expect(try shop.cases(.minimumNotMet).isEmpty)
  }

  /// Nothing is cancelled, no more is given, and time alone ends it: it is told, and no case.
  @Test func aCapBelowWhatIsUsedIsToldByThePlan() throws {
    let shop = try PlannedShop(Self.channel("web", "cap: {units: 20, window: 1d}\n"))
    try shop.stock("A", 100)
    try shop.plan()
    try shop.place("O", "web", [("A", 15)])
    try shop.plan()
    try shop.agree(Self.channel("web", "cap: {units: 5, window: 1d}\n"))
    let plan = try shop.plan()
    #expect(plan.warnings.map(\.sentence) == ["web: its cap is 10 units below what is already used of A"])
    #expect(try shop.held("O") == 15)
    try shop.wait(TimeSpan(milliseconds: 25 * 3_600_000))
    #expect(try shop.plan().warnings.isEmpty)
  }
}
