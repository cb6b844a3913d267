import ActualState
import Operations
import SQLite
import TestSupport
import Testing

@testable import SQLiteStore

/// Routes and promises keep the policy that they were decided by.
@Suite struct DecidingPolicyTests {
  private static let decision = RouteDecision(
    region: "central", profile: nil, parcels: [], cost: .init(parcels: 0, units: 0, late: 0, split: 0), runnerUp: nil,
    limits: [], candidates: [], isProved: true)

  private static func decide(_ number: Int64, by policy: String?, in store: some Store) throws {
    try store.append(
      RouteRow(order: "o", number: number, decidedAt: .start + Int(number), decision: decision, policy: policy))
    try store.append(
      PromiseRow(
        order: "o", line: "1", number: number, promisedAt: nil, decidedAt: .start + Int(number), policy: policy))
  }

  @Test(arguments: StoreKind.allCases) func eachKeepsItsOwn(_ kind: StoreKind) throws {
    try kind.with { store in
      let policies: [String?] = ["c1", nil, "c2"]
      for (index, policy) in policies.enumerated() { try Self.decide(Int64(index + 1), by: policy, in: store) }
      #expect(try store.routes(of: "o").map(\.policy) == policies)
      #expect(try store.promises(of: "o", "1").map(\.policy) == policies)
      var all: [String?] = []
      try store.eachRoute { all.append($0.policy) }
      try store.eachPromise { all.append($0.policy) }
      #expect(all == policies + policies)
    }
  }

  /// A file of an older Purser, which kept no policies: they stay unknown, and new decisions keep theirs.
  @Test func anOlderFileIsBroughtUpToDate() throws {
    let folder = try ScratchFolder()
    let old = try Connection(path: folder.file())
    let before = try #require(Schema.steps.firstIndex(of: Schema.decidingPolicies))
    for step in Schema.steps[..<before] { try old.execute(step) }
    try old.execute("PRAGMA user_version = \(before); INSERT INTO promises VALUES ('o', '1', 1, NULL, 0)")
    try old.run("INSERT INTO routes VALUES ('o', 1, 0, ?)", .text(Self.decision.json.canonical))
    let store = try SQLiteStore(path: folder.file(), mode: .readWrite)
    try Self.decide(2, by: "c2", in: store)
    #expect(try store.routes(of: "o").map(\.policy) == [nil, "c2"])
    #expect(try store.routes(of: "o").map(\.decision) == [Self.decision, Self.decision])
    #expect(try store.promises(of: "o", "1").map(\.policy) == [nil, "c2"])
  }
}
