import ActualState
import AuditTrail
import Digest
import Operations
import Reconciling
import Testing

@Suite struct PublisherTests {
  let publisher: AuditPublisher
  let store = InMemoryStore()
  let target = MemoryTarget()

  init() throws { publisher = AuditPublisher(key: try #require(testKey)) }

  /// Receives a count, so that the ledger grows by one entry.
  func trade(_ number: Int) throws {
    let item = Event(
      source: "erp", id: "item", type: "catalog.item_upserted", time: .morning, data: ["sku": "MUG", "uom": "each"])
    let count = Event(
      source: "erp", id: "count-\(number)", type: "inventory.adjusted", time: .morning,
      data: ["sku": "MUG", "node": "dc", "delta": 1, "reason": "found"])
    for event in [item, count] { _ = try store.receive(event, owners: EventOwners([:])) }
  }

  @Test func aDecisionIsWrittenAtOnceAndOnlyOnce() throws {
    try store.note(Body.apply(from: nil, to: Body.root))
    let ids = try publisher.publish(store, to: target)
    #expect(ids == [target.head])
    #expect(try publisher.publish(store, to: target) == [])
    let commit = try #require(target.commits[ids[0]])
    #expect(commit.path == "2026/11/24/000000000001.jsonl")
    #expect(commit.message.hasPrefix("Apply policy aaaaaaaaaa: 5 actions\n"))
    #expect(commit.time == Instant.morning.seconds)
  }

  @Test(arguments: MemoryTarget.Step.allCases)
  func aCrashIsFollowedByTheSameCommit(step: MemoryTarget.Step) throws {
    try store.note(Body.apply(from: nil, to: Body.root))
    let undisturbed = MemoryTarget()
    let before = store.state
    let expected = try publisher.publish(store, to: undisturbed)
    store.state = before
    target.crash = step
    #expect(throws: Crash.self) { try publisher.publish(store, to: target) }
    // What is decided meanwhile must not slip into the batch that is on its way.
    try store.note(Body.refusal(at: .morning + .hour))
    let ids = try publisher.publish(store, to: target)
    #expect(ids.first == expected.first && ids.count == 2 && target.head == ids.last)
    #expect(try store.auditBatches(pendingOnly: true).isEmpty)
  }

  @Test func routineTradeWaitsForTheTimerAndIsThenProvedByACheckpoint() throws {
    try store.note(Body.apply(from: nil, to: Body.root))
    try trade(1)
    _ = try publisher.publish(store, to: target)
    #expect(try publisher.publish(store, to: target, now: .morning + TimeSpan(milliseconds: 3_599_999)) == [])
    let ids = try publisher.publish(store, to: target, now: .morning + .hour)
    let commit = try #require(ids.first.flatMap { target.commits[$0] })
    #expect(commit.message.hasPrefix("Checkpoint of the ledger\n"))
    #expect(commit.message.contains("\nLedger-Entries: 1\n"))
    // Nothing has happened since: no further checkpoint, however late it gets.
    #expect(try publisher.publish(store, to: target, now: .morning + .day) == [])
  }

  @Test func aRevertIsNamedAndAMessageCannotForgeATrailer() throws {
    try store.note(Body.apply(from: nil, to: Body.root))
    try store.note(Body.apply(from: Body.root, to: Body.next, accepted: [Body.revert(of: Body.root)]))
    let ids = try publisher.publish(store, to: target)
    let message = try #require(ids.first.flatMap { target.commits[$0] }).message
    #expect(message.contains("\n  Reverts policy commit \(Body.root)\n"))
    #expect(message.contains("\nReverts: \(Body.root)\n"))
    #expect(message.split(separator: "\n").filter { $0.hasPrefix("Records:") } == ["Records: 1-2"])
  }

  enum Damage: CaseIterable { case gone, rewound, foreign }

  @Test(arguments: Damage.allCases)
  func aBranchThatIsNotAsItWasLeftIsRefused(damage: Damage) throws {
    try store.note(Body.apply(from: nil, to: Body.root))
    let first = try publisher.publish(store, to: target)
    try store.note(Body.refusal())
    let second = try publisher.publish(store, to: target)
    switch damage {
    case .gone: target.head = nil
    case .rewound: target.head = first[0]
    case .foreign: target.head = "stranger"
    }
    let before = target.head
    try store.note(Body.refusal(at: .morning + .hour))
    let trouble = #expect(throws: Trouble.self) { try publisher.publish(store, to: target) }
    #expect(trouble?.kind == .needsPerson)
    #expect(trouble?.description.contains(second[0]) == true, "it names what it expected")
    #expect(before.map { trouble?.description.contains($0) == true } ?? true, "it names what is there")
    #expect(target.head == before)
    // Once a person has put the branch back, the very same batch goes out.
    target.head = second[0]
    #expect(try publisher.publish(store, to: target).count == 1)
  }

  @Test func aBranchThatTheStoreNeverWroteIsNotContinued() throws {
    target.head = "stranger"
    try store.note(Body.apply(from: nil, to: Body.root))
    #expect(throws: Trouble.self) { try publisher.publish(store, to: target) }
    #expect(target.head == "stranger")
  }

  @Test func alteredRecordsAreNotSealed() throws {
    for hour in 0..<3 { try store.note(Body.refusal(at: .morning + TimeSpan(milliseconds: Int64(hour) * 3_600_000))) }
    for sequence: Int64 in 1...3 {
      let state = store.state
      defer { store.state = state }
      var record = try #require(store.auditRecords(sequence...sequence).first)
      guard case .object(var body) = record.json else { continue }
      body["summary"] = "Less for them"
      record.json = .object(body)
      store.replace(record)
      let trouble = #expect(throws: Trouble.self) { try publisher.publish(store, to: target) }
      #expect(trouble?.message.contains("record \(sequence) ") == true)
      #expect(target.head == nil)
    }
  }

  @Test func aRaceBetweenTwoProcessesOnOneStoreLosesNothing() throws {
    try store.note(Body.apply(from: nil, to: Body.root))
    // The other process publishes the same batch and one more while this one is about to move the branch.
    target.beforeMove = { [store, publisher, target] in
      target.beforeMove = {}
      _ = try publisher.publish(store, to: target)
      try store.note(Body.refusal())
      _ = try publisher.publish(store, to: target)
    }
    _ = try publisher.publish(store, to: target)
    #expect(try store.auditBatches(pendingOnly: false).map(\.last) == [1, 2])
    #expect(try store.lastAuditBatch()?.commit == target.head)
  }

  @Test func aLongOutageIsWrittenInBatches() throws {
    for _ in 0..<(AuditPublisher.batchLimit + 1) { try store.note(Body.refusal()) }
    let ids = try publisher.publish(store, to: target, flush: true)
    #expect(ids.count == 2)
    #expect(target.commits[ids[1]]?.path == "2026/11/24/000000010001.jsonl")
    let message = try #require(target.commits[ids[0]]).message
    #expect(message.hasPrefix("Refuse commit bbbbbbbbbb (and 9999 other records)\n") && message.utf8.count < 20_000)
  }
}
