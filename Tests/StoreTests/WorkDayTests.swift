import ActualState
import Operations
import SQLite
import TestSupport
import Testing

@testable import SQLiteStore

/// Whose day's labour claims on nodes take.
@Suite struct WorkDayTests {
  private static let day = LocalDate(days: 20_000)

  private static func decision(_ node: NodeID, _ day: LocalDate, _ units: Quantity) -> RouteDecision {
    RouteDecision(
      region: "north", profile: nil,
      parcels: [
        .init(
          node: node, lane: "lane", carrier: "post", service: "standard", workDay: day, leavesAt: .start,
          arrivesAt: .start, lines: [.init(line: "1", sku: "A", units: units)])
      ], cost: .init(parcels: 0, units: 0, late: 0, split: 0), runnerUp: nil, limits: [], candidates: [], isProved: true
    )
  }

  private static func loads(_ store: some Store) throws -> [String] {
    var loads: [String] = []
    try store.eachLoad { loads.append("\($0.node) \($0.day.days - day.days): \($0.units)") }
    return loads
  }

  @Test(arguments: StoreKind.allCases) func aDayThatIsForgottenHasNothingToGiveBack(_ kind: StoreKind) throws {
    try kind.with { store in
      try store.add(NodeLoad(node: "dc", day: Self.day, units: 5))
      try store.add(NodeLoad(node: "dc", day: Self.day, units: -2))
      try store.add(NodeLoad(node: "dc", day: Self.day + 1, units: -2))
      #expect(try Self.loads(store) == ["dc 0: 3"])
      #expect(throws: (any Error).self) { try store.add(NodeLoad(node: "dc", day: Self.day, units: -4)) }
    }
  }

  /// What claims sum to is found by an auditor who did not write it.
  @Test(arguments: StoreKind.allCases) func anAuditorFindsALoadThatNobodyHas(_ kind: StoreKind) throws {
    try kind.with { store in
      try store.add(NodeLoad(node: "dc", day: Self.day, units: 5))
      #expect(
        try Auditor(store).problems == ["dc is to ship 5 on \(Self.day), and its claims sum to 0"])
    }
  }

  /// A file of an older Purser, which never gave labour back: of what was decided only what stands or has left counts.
  @Test func anOlderFileIsBroughtUpToDate() throws {
    let folder = try ScratchFolder()
    let old = try Connection(path: folder.file())
    let before = try #require(Schema.steps.firstIndex(of: Schema.workDays))
    for step in Schema.steps[..<before] { try old.execute(step) }
    try old.execute(
      """
      PRAGMA user_version = \(before);
      INSERT INTO items (id, sku, uom, traits) VALUES (1, 'A', 'each', 1);
      INSERT INTO traits VALUES (1, '{"attributes":{},"class":null}');
      INSERT INTO nodes (id, name) VALUES (1, 'dc'), (2, 'east');
      INSERT INTO channels (id, name) VALUES (1, 'web');
      INSERT INTO node_load VALUES (1, \(Self.day.days), 99, 3), (2, \(Self.day.days), 10, 1);
      """)
    for (number, decision) in [
      Self.decision("east", Self.day, 10), Self.decision("dc", Self.day, 10), Self.decision("dc", Self.day + 1, 3),
    ].enumerated() {
      try old.run(
        "INSERT INTO routes VALUES ('o', ?, 0, ?, NULL)", .integer(Int64(number) + 1), .text(decision.json.canonical))
    }
    // Of ten that went from east to dc four have left and one was cancelled; of the next three one was cancelled.
    for (units, state) in [(4, "consumed"), (5, "active"), (1, "released"), (2, "active")] as [(Int64, String)] {
      try old.run(
        "INSERT INTO claims (order_id, line, item, channel, pool, node, service, region, quantity, state, claimed_at) "
          + "VALUES ('o', '1', 1, 1, 'shared', 1, 'standard', 0, ?, ?, 0)", .integer(units), .text(state))
    }
    let store = try SQLiteStore(path: folder.file(), mode: .readWrite)
    var days: [Int64?] = []
    try store.eachClaim { days.append($0.workDay.map { $0.days - Self.day.days }) }
    #expect(days == [0, 0, nil, 1])
    #expect(try Self.loads(store) == ["dc 0: 9", "dc 1: 2"])
    #expect(try Auditor(store).problems.allSatisfy { !$0.contains("to ship") && !$0.contains("no load") })
  }

  /// Whoever reads the decision says which order's it is; the rest of the file is as good as ever.
  @Test func aDamagedDecisionKeepsNobodyOut() throws {
    let folder = try ScratchFolder()
    let old = try Connection(path: folder.file())
    let before = try #require(Schema.steps.firstIndex(of: Schema.workDays))
    for step in Schema.steps[..<before] { try old.execute(step) }
    try old.execute("PRAGMA user_version = \(before); INSERT INTO routes VALUES ('o', 1, 0, '{\"parcels\": [', NULL);")
    let store = try SQLiteStore(path: folder.file(), mode: .readWrite)
    #expect(try Self.loads(store).isEmpty)
  }
}
