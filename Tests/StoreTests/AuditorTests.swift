import Operations
import Testing

@testable import ActualState

/// Every running sum that a rule could get wrong is found by the auditor, and nothing else is reported.
@Suite struct AuditorTests {
  let store = InMemoryStore()

  static let noon = Instant("2026-11-24T12:00:00Z") ?? .distantPast

  init() throws {
    let events: [(type: String, data: JSONValue)] = [
      ("catalog.item_upserted", ["sku": "MUG", "uom": "each"]),
      ("inventory.counted", ["sku": "MUG", "node": "dc", "on_hand": 10]),
      (
        "order.placed",
        [
          "order": "o1", "channel": "web", "ship_to": ["region": "north"],
          "lines": [["line": "1", "sku": "MUG", "qty": 3]],
        ]
      ),
      ("shipment.dispatched", ["order": "o1", "node": "dc", "lines": [["line": "1", "qty": 1]]]),
    ]
    try store.setActive("dc", true)
    for (index, event) in events.enumerated() {
      if index == 2 { try grant() }
      let receipt = try store.receive(
        Event(
          source: "s", id: "\(index)", type: event.type, time: Instant(hour: Self.noon.hour + Int32(index)),
          data: event.data),
        owners: EventOwners([:]))
      #expect(receipt == .applied)
    }
  }

  /// What a plan would hand out: 4 protected for web, 6 shared.
  private func grant() throws {
    var row = GrantRow(sku: "MUG", channel: "web")
    row.grant = Grant(protected: 4, capLeft: nil, mayUseShared: true)
    try store.put(row)
    var item = try #require(try store.item("MUG"))
    item.shared = 6
    try store.put(item)
  }

  @Test func soundSumsPass() throws { #expect(try Auditor(store).problems == []) }

  enum Mistake: CaseIterable {
    case onHand, sellable, checkpoint, ledgerEntry, lineClaimed, itemClaimed, grantActive, claimLost, poolTooLarge
    case regionClaimed, regionTooLarge, regionOfNode
  }

  @Test(arguments: Mistake.allCases) func aWrongSumIsNamed(mistake: Mistake) throws {
    let expected: String
    switch mistake {
    case .onHand:
      try editPosition({ $0.onHand += 1 })
      expected = "MUG at dc has 10 on hand, and its ledger entries sum to 9"
    case .sellable:
      try editPosition({ $0.sellable -= 1 })
      expected = "MUG at dc has 8 sellable, and its ledger entries sum to 9"
    case .checkpoint:
      try store.set(.ledger, LedgerCheckpoint.empty.json.canonical)
      expected = "the ledger's 2 entries hash to"
    case .ledgerEntry:
      store.state.ledger[0].quantity += 1
      expected = "the ledger's 2 entries hash to"
    case .lineClaimed:
      var line = try #require(try store.line("o1", "1"))
      line.claimed = 1
      try store.put(line)
      expected = "line 1 of o1 says that 1 are claimed, and its claims sum to 2"
    case .itemClaimed:
      try editItem({ $0.claimed = 0 })
      expected = "MUG says that 0 are claimed, and its claims sum to 2"
    case .grantActive:
      var row = try #require(try store.grant("MUG", "web"))
      row.activeProtected = 0
      try store.put(row)
      expected = "web holds 0 of MUG from its protection, and its claims sum to 2"
    case .claimLost:
      store.state.claims = store.state.claims.filter { $0.value.state != .active }
      expected = "line 1 of o1 says that 2 are claimed, and its claims sum to 0"
    case .poolTooLarge:
      try editItem({ $0.shared += 1 })
      expected = "MUG has 8 in its pools, and only 7 can be promised"
    case .regionClaimed:
      try editItem({ $0["south"].claimed = 1 })
      expected = "MUG in south says that 1 are claimed, and its claims sum to 0"
    case .regionTooLarge:
      try editItem({ $0["south"].shared = 1 })
      expected = "MUG in south has 1 in its pools, and only 0 can be promised"
    case .regionOfNode:
      try store.set(.regions, RegionMap(nodes: ["dc": "south"]).json.canonical)
      expected = "MUG has 7 in its pools, and only -2 can be promised"
    }
    let problems = try Auditor(store).problems
    #expect(problems.contains { $0.hasPrefix(expected) }, "\(problems)")
  }

  private func editPosition(_ change: (inout PositionRow) -> Void) throws {
    var row = try #require(try store.position("MUG", "dc"))
    change(&row)
    try store.put(row)
  }

  private func editItem(_ change: (inout ItemRow) -> Void) throws {
    var row = try #require(try store.item("MUG"))
    change(&row)
    try store.put(row)
  }
}
