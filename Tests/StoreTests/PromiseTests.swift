import ActualState
import Digest
import Operations
import Testing

/// What customers were told, and the messages that say so.
@Suite struct StoredPromiseTests {
  private static let at = Instant(milliseconds: 1_795_177_800_000)

  private static func application(_ number: Int, _ store: any Store, _ actions: [Action]) throws -> Application {
    Application(
      planDigest: SHA256Digest(of: Array("\(number)".utf8)), expectedPin: try store.pin(),
      pin: PolicyPin(commit: "c", tree: "t", version: 1), snapshotVersion: try store.version(), readVersions: [],
      actions: actions, record: AuditDraft(isDecision: false, body: [:]), fullPlan: false, now: at)
  }

  private static func promise(_ at: Instant?, _ notice: Promise.Notice?, was: Instant?) -> Action {
    .promise("A", Promise(order: "o", line: "1", at: at, notice: notice), was: was)
  }

  @Test(arguments: StoreKind.allCases) func theFirstPromiseStaysAndEachMoveIsKeptAndToldOnce(_ kind: StoreKind) throws {
    try kind.with { store in
      try store.addItem("A")
      try store.put(OrderRow(order: "o", channel: "web", placedAt: Self.at, region: ""))
      try store.put(OrderLineRow(order: "o", line: "1", sku: "A", ordered: 3, unitPrice: nil))
      let days = [1, 3, 2, 3].map { Self.at + TimeSpan(milliseconds: $0 * TimeSpan.day.milliseconds) }
      let notices: [Promise.Notice] = [.backorderAccepted, .promiseLater, .promiseEarlier, .promiseLater]
      for (number, (day, notice)) in zip(days, notices).enumerated() {
        let application = try Self.application(
          number, store, [Self.promise(day, notice, was: number > 0 ? days[number - 1] : nil)])
        #expect(try store.apply(application) == .applied(record: Int64(number) + 1))
        // Told again after a crash, nothing is said twice.
        #expect(try store.apply(application) == .alreadyApplied)
      }
      _ = try store.apply(try Self.application(9, store, [Self.promise(nil, nil, was: days[3])]))
      let line = try #require(try store.line("o", "1"))
      #expect(line.firstPromisedAt == days[0] && line.promisedAt == nil)
      #expect(try store.promises(of: "o", "1").map(\.promisedAt) == days + [nil])
      var keys: [String] = []
      try store.eachMessage { keys.append($0.key ?? "") }
      #expect(
        keys == [
          "backorder_accepted/1:o/1/1", "promise_later/1:o/1/2", "promise_earlier/1:o/1/3", "promise_later/1:o/1/4",
        ])
      #expect(try auditProblems(store).isEmpty)
    }
  }

  @Test(arguments: StoreKind.allCases) func aKeyIsUsedOnce(_ kind: StoreKind) throws {
    try kind.with { store in
      try store.append(OutboxRow(record: 1, key: "k", payload: [:]))
      #expect(throws: (any Error).self) { try store.append(OutboxRow(record: 2, key: "k", payload: [:])) }
      try store.append(OutboxRow(record: 2, payload: [:]))
      try store.append(OutboxRow(record: 2, payload: [:]))
      #expect(try store.countOutbox() == 3)
    }
  }

  @Test(arguments: StoreKind.allCases) func theAuditorFindsAPromiseThatNobodyMade(_ kind: StoreKind) throws {
    try kind.with { store in
      try store.addItem("A")
      try store.put(OrderRow(order: "o", channel: "web", placedAt: Self.at, region: ""))
      var line = OrderLineRow(order: "o", line: "1", sku: "A", ordered: 3, unitPrice: nil)
      line.promisedAt = Self.at
      try store.put(line)
      #expect(try auditProblems(store).contains { $0.contains("line 1 of o says that it is promised") })
    }
  }

  private func auditProblems(_ store: any Store) throws -> [String] { try Auditor(store).problems }
}
