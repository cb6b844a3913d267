import ActualState
import DesiredState
import DesiredStateFiles
import Operations
import Planning
import Testing

@testable import Simulation

/// Faults that the simulator found, each as small as it gets.
@Suite struct FoundFaultTests {
  private static func state(_ company: Company) -> DesiredState {
    LoadedState(
      files: company.files.filter { $0.key.hasPrefix("state/") }.sorted { $0.key < $1.key }.map {
        DecodedFile(decoding: SourceFile(path: $0.key, bytes: Array($0.value.utf8)))
      }
    ).state
  }

  private static func event(_ type: String, _ data: JSONValue) -> Event {
    Event(source: "/test", id: type, type: type, time: World.start, data: data)
  }

  /// A line that a plan covers in part leaves nothing to say for the plan after it.
  @Test func aPartlyCoveredLineIsAtRest() throws {
    let store = InMemoryStore()
    for event in [
      Self.event("catalog.item_upserted", ["sku": "A", "uom": "each"]),
      Self.event("inventory.counted", ["sku": "A", "node": "dc", "on_hand": 3]),
      Self.event(
        "order.placed",
        [
          "order": "1", "channel": "shop", "ship_to": ["region": "here"],
          "lines": [["line": "1", "sku": "A", "qty": 5]],
        ]),
    ] {
      #expect(try store.transaction { try store.receive(event, owners: EventOwners([:])) } == .applied)
    }
    let pin = PolicyPin(commit: "c", tree: "t", version: 1)
    func plan() throws -> Plan {
      Plan(
        policy: Policy(Self.state(Company()), at: World.start), pin: pin, previous: nil, policyChanged: true,
        snapshot: try store.snapshot(.all), now: World.start)
    }
    let first = try plan()
    let outcome = try store.apply(
      Application(
        planDigest: first.digest, expectedPin: nil, pin: pin, snapshotVersion: first.snapshotVersion,
        readVersions: first.readVersions, actions: first.actions.map(\.action),
        record: AuditDraft(isDecision: true, body: [:]), fullPlan: true, now: World.start))
    #expect(outcome == .applied(record: 1))
    #expect(try store.line("1", "1")?.claimed == 3)
    #expect(try plan().actions.isEmpty)
  }

  @Test func anOverlayDoesNotOpenAClosedChannel() throws {
    var company = Company()
    company.channels[0].window = Window(until: World.start)
    company.channels[0].launchCap = Company.Cap(amount: .units(5), hours: 1)
    let key = Resource.Key(.channel, company.channels[0].name)
    let state = Self.state(company)
    #expect(state.effective(key, for: CatalogPart(productClass: "launch"), at: World.start - .hour) != nil)
    #expect(state.effective(key, for: CatalogPart(productClass: "launch"), at: World.start) == nil)
  }

  /// A commit stands as accepted in the record that moved the policy, and in none of the trade that follows.
  @Test func aCommitIsAcceptedOnce() throws {
    let simulation = Simulation(seed: 1)
    try simulation.trade(events: 5)
    let head = try #require(simulation.git.head)
    var company = simulation.git.commits[head].company
    company.remark += 1
    let commit = simulation.git.commit(company, by: .ada, on: head)
    simulation.git.head = commit
    try simulation.settle()
    for units in 30..<33 as Range<Int64> {
      let count: JSONValue = ["sku": "A", "node": "dc", "on_hand": .integer(units)]
      var event = Self.event("inventory.counted", count)
      event.id = "\(units)"
      event.time = simulation.now + .hour
      try simulation.receive(event)
      try simulation.settle()
    }
    let records = try simulation.store.auditRecords(1...Int64.max)
    let accepting = records.filter { record in
      record.json["accepted"]?.array?.contains { $0["commit"]?.string == MemoryGit.id(of: commit) } ?? false
    }
    #expect(accepting.count == 1)
    #expect(accepting.last?.sequence != records.last?.sequence)
  }

  /// Seeds that broke a promise, each with what was wrong.
  @Test(
    arguments: [
      (5026, 165, "what a loser had on a node still counted for its order"),
      (602, 118, "what must leave its node was routed after others had got it"),
      (191, 149, "items without actions of their own stood in the order of a dictionary"),
      (20635, 192, "a winner got units on a node from which no lane leads to it"),
      (20988, 58, "what a closed node's claims hold was owed only after they had left it"),
    ] as [(UInt64, Int, String)])
  func aSeedThatFailedOnceHolds(seed: UInt64, steps: Int, fault: String) throws {
    try Simulation(seed: seed).run(steps: steps)
  }
}
