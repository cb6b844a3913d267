import ActualState
import Operations
import Testing

@testable import Planning

/// Orders that someone must let go before they leave.
@Suite struct ReleaseTests {
  private static let key = String(repeating: "A", count: 43)

  private static func company(_ rules: String = rule) -> String {
    """
    kind: Person
    name: ann
    email: ann@acme.example
    keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI\(key) ann"]
    ---
    kind: Role
    name: owner
    people: [ann]
    kinds: ["*"]
    paths: ["**"]
    ---
    kind: ApprovalRule
    name: start
    kinds: ["*"]
    review: none
    ---
    kind: Channel
    name: trade
    type: wholesale
    tier: first
    ---
    kind: Channel
    name: web
    type: dtc
    tier: first
    ---
    kind: Integration
    name: sales
    source: /sales
    owns: [order.released]
    ---
    \(rules)
    """
  }

  private static let rule = "kind: ReleaseRule\nname: large\nchannel: trade\nabove_units: 10\nrole: owner\n"

  private func shop(_ rules: String = rule) throws -> PlannedShop {
    let shop = try PlannedShop(Self.company(rules))
    try shop.stock("A", 100)
    try shop.stock("B", 100)
    try shop.plan()
    return shop
  }

  private func isReleased(_ order: OrderID, _ shop: PlannedShop) throws -> Bool {
    shop.policy.isReleased(try #require(try shop.store.snapshot(.all).orders[order]))
  }

  @Test func aLargeOrderKeepsItsClaimsAndWaits() throws {
    let shop = try shop()
    try shop.place("o", "trade", [("B", 6), ("A", 5)])
    try shop.plan(.dirty)
    #expect(try shop.held("o", "1") == 6 && shop.held("o", "2") == 5)
    #expect(
      try shop.cases(.releasePending)
        == ["B": "o: 11 units, more than 10: someone with the role 'owner' must release it"])
    #expect(try !isReleased("o", shop))
    try shop.take("order.released", ["order": "o", "by": "ann"])
    try shop.plan(.dirty)
    #expect(try shop.cases(.releasePending).isEmpty)
    #expect(try isReleased("o", shop))
  }

  @Test(arguments: [("trade", 10), ("web", 11)] as [(ChannelID, Quantity)])
  func othersLeaveByThemselves(channel: ChannelID, units: Quantity) throws {
    let shop = try shop()
    try shop.place("o", channel, [("A", units)])
    try shop.plan(.dirty)
    #expect(try shop.cases(.releasePending).isEmpty)
    #expect(try isReleased("o", shop))
  }

  /// A release by someone without the role is told of, and takes nothing away from a right one, before it or after it.
  @Test(arguments: [["bob", "ann"], ["ann", "bob"]]) func onlyWhoHasTheRoleCounts(names: [String]) throws {
    let shop = try shop()
    try shop.place("o", "trade", [("A", 11)])
    for name in names {
      try shop.take("order.released", ["order": "o", "by": .string(name)])
      try shop.plan(.dirty)
      if name == "bob", names[0] == "bob" {
        let detail = try #require(try shop.cases(.releasePending)["A"])
        #expect(detail.hasSuffix("must release it; released by someone without that role: bob"))
      }
    }
    #expect(try isReleased("o", shop))
    #expect(try shop.cases(.releasePending).isEmpty)
  }

  @Test func aReleaseByNobodyIsNone() throws {
    let shop = try shop()
    try shop.place("o", "trade", [("A", 11)])
    try shop.take("order.released", ["order": "o"])
    try shop.plan(.dirty)
    #expect(try shop.cases(.releasePending).count == 1)
  }

  /// The case stands under the first line that has not left, and goes with what makes the order small or done.
  @Test func theCaseMovesAndEnds() throws {
    let shop = try shop()
    try shop.place("o", "trade", [("B", 6), ("A", 5)])
    try shop.plan(.dirty)
    try shop.take("shipment.dispatched", ["order": "o", "node": "dc", "lines": [["line": "1", "qty": 6]]])
    try shop.plan(.dirty)
    #expect(try Array(shop.cases(.releasePending).keys) == ["A"])
    try shop.take("order.cancelled", ["order": "o", "lines": [["line": "2", "qty": 1]]])
    try shop.plan(.dirty)
    #expect(try shop.cases(.releasePending).isEmpty)
  }

  @Test func aRuleForATimeWins() throws {
    let sale = "---\nkind: ReleaseRule\nname: sale\nchannel: trade\nabove_units: 50\nrole: owner\n"
    let shop = try shop(Self.rule + sale + "effective: {until: 2026-11-25T00:00:00Z}\n")
    try shop.place("o", "trade", [("A", 11)])
    try shop.plan(.dirty)
    #expect(try shop.cases(.releasePending).isEmpty)
    try shop.wait(.day)
    try shop.plan()
    #expect(try shop.cases(.releasePending).count == 1)
  }
}
