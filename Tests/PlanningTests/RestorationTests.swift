import DesiredState
import Operations
import Testing

@testable import Planning

/// What a revert gives back, by cases with figures worked out by hand.
@Suite struct RestorationTests {
  static let rows: [JSONValue] = [
    // 12 published units and 10 protected ones went, and 3 units of an order line.
    [
      "action": "publish", "sku": "TENT", "channel": "shop", "units": 8, "was": 20, "reason": "policy_changed",
    ],
    [
      "action": "set_grant", "sku": "TENT", "channel": "shop", "grant": ["protected": 5], "was": ["protected": 15],
      "reason": "policy_changed",
    ],
    [
      "action": "release_claim", "sku": "TENT", "order": "O-1", "line": "1", "units": 3, "claim": 7,
      "reason": "policy_changed",
    ],
    // Another order got 2 of them, and its customer a date.
    ["action": "claim", "sku": "TENT", "order": "O-2", "line": "1", "units": 2, "reason": "policy_changed"],
    [
      "action": "promise", "sku": "TENT", "order": "O-1", "line": "1", "was": "2026-12-01T00:00:00Z",
      "at": "2026-12-09T00:00:00Z", "reason": "policy_changed",
    ],
    // More than before is no loss, and what the world asked for is no part of the change.
    ["action": "publish", "sku": "TENT", "channel": "market", "units": 9, "was": 1, "reason": "policy_changed"],
    ["action": "publish", "sku": "MUG", "channel": "shop", "units": 0, "was": 50, "reason": "world_moved"],
    ["action": "open_case", "sku": "TENT", "reason": "policy_changed"],
  ]

  static let publication = RecordedChange.Holding(kind: .publication, sku: "TENT", holder: .channel("shop"))
  static let grant = RecordedChange.Holding(kind: .grant, sku: "TENT", holder: .channel("shop"))
  static let claim = RecordedChange.Holding(kind: .claim, sku: "TENT", holder: .line("O-1", "1"))

  func plan(_ actions: [Action], shortfalls: [Shortfall] = []) -> Plan {
    Plan(
      policy: PolicyPin(commit: "a", tree: "b", version: 1), snapshotVersion: 1, scope: .all, now: .distantPast,
      actions: actions.map { PlannedAction($0, .policyChanged) }, shortfalls: shortfalls, reallocated: [],
      warnings: [], readVersions: [], silentNodes: [:])
  }

  func restoration(
    _ after: [Action], before: [Action] = [], shortfalls: [Shortfall] = [], fate: Restoration.LineFate? = nil
  ) -> Restoration {
    Restoration(
      of: RecordedChange(rows: Self.rows, total: Int64(Self.rows.count)), before: plan(before),
      after: plan(after, shortfalls: shortfalls)
    ) { _, _ in fate }
  }

  static let all: [Action] = [
    .publish("TENT", "shop", 20, was: 8), .setGrant("TENT", "shop", Grant(protected: 15), was: Grant(protected: 5)),
    .claim("TENT", PlannedClaim(order: "O-1", line: "1", channel: "shop", pool: .shared, quantity: 3)),
  ]

  @Test func theRecordSaysWhatWasTaken() {
    let change = RecordedChange(rows: Self.rows, total: 9)
    #expect(change.taken == [Self.publication: 12, Self.grant: 10, Self.claim: 3])
    #expect(change.given.values.map { $0 } == [2] && change.told.count == 1 && change.isPartial)
    #expect(!RecordedChange(rows: Self.rows, total: 8).isPartial)
  }

  // 30 units of a cap, 10 shared ones and an order of 30 went; one channel got a cap, and a buyer was asked for 10.
  static let others: [JSONValue] = [
    Action.setGrant("TENT", "shop", Grant(capLeft: 20), was: Grant(capLeft: 50)),
    .setGrant("TENT", "market", Grant(capLeft: 10), was: Grant()), .setShared("TENT", 20, was: 30),
    .withdrawProposal("TENT", order(30, from: "bolt")), .propose("TENT", order(10, from: "acme"), was: nil),
  ].map { PlannedAction($0, .policyChanged).json }

  static func order(_ units: Quantity, from supplier: SupplierID) -> PurchaseProposal {
    PurchaseProposal(.order, supplier: supplier, node: "dc", quantity: units, reason: [:])
  }

  /// What waited for people, or was only observed, took nothing from anybody.
  @Test func onlyWhatWasAppliedWasTaken() {
    func taken(_ domains: Set<Domain>) -> [RecordedChange.Holding: Quantity] {
      RecordedChange(rows: Self.rows, total: 8, applied: domains).taken
    }
    #expect(taken([.allocation]) == [Self.grant: 10, Self.claim: 3])
    #expect(taken([.publishing]) == [Self.publication: 12])
    #expect(taken([]).isEmpty)
  }

  static func proposal(from supplier: SupplierID) -> RecordedChange.Holding {
    .init(kind: .proposal, sku: "TENT", holder: .buyer(.order, supplier, "dc"))
  }

  @Test func capsSharedStockAndProposalsAreTakenAndComeBack() {
    let change = RecordedChange(rows: Self.others, total: 5)
    let cap = RecordedChange.Holding(kind: .cap, sku: "TENT", holder: .channel("shop"))
    let shared = RecordedChange.Holding(kind: .shared, sku: "TENT", holder: .everyone())
    let newCap = RecordedChange.Holding(kind: .cap, sku: "TENT", holder: .channel("market"))
    #expect(change.taken == [cap: 30, shared: 10, Self.proposal(from: "bolt"): 30])
    #expect(change.given == [Self.proposal(from: "acme"): 10] && change.newCaps == [newCap] && !change.isPartial)
    func restored(_ after: [Action]) -> Restoration {
      Restoration(of: change, before: plan([]), after: plan(after)) { _, _ in nil }
    }
    let all = restored([
      .setGrant("TENT", "shop", Grant(capLeft: 50), was: Grant(capLeft: 20)),
      .setGrant("TENT", "market", Grant(), was: Grant(capLeft: 10)), .setShared("TENT", 30, was: 20),
      .withdrawProposal("TENT", Self.order(10, from: "acme")), .propose("TENT", Self.order(40, from: "bolt"), was: nil),
    ])
    #expect(all.share == 10_000 && all.caps.map(\.isLifted) == [true] && all.kept.isEmpty)
    #expect(all.compensations == [.recall(Self.proposal(from: "acme"), units: 10)])
    let some = restored([
      .setGrant("TENT", "shop", Grant(), was: Grant(capLeft: 20)), .setShared("TENT", 24, was: 20),
      .propose("TENT", Self.order(4, from: "acme"), was: Self.order(10, from: "acme")),
    ])
    #expect(some.rows.map(\.returned) == [30, 0, 4] && some.caps.map(\.isLifted) == [false])
    #expect(some.rows.map(\.hindrance) == [nil, .lessAsked, .noStock])
    #expect(some.kept.map(\.units) == [4])
  }

  @Test func stockThatALineGivesUpAndGetsAgainIsNotTaken() {
    let rows =
      Self.rows + [
        ["action": "claim", "sku": "TENT", "order": "O-1", "line": "1", "units": 2, "reason": "policy_changed"]
      ]
    #expect(RecordedChange(rows: rows, total: 9).taken[Self.claim] == 1)
  }

  /// What a newer version wrote, and numbers that only a broken record holds.
  @Test func whatIsUnknownIsToldAndNothingOverflows() {
    let unknown: JSONValue = ["action": "teleport", "sku": "TENT", "reason": "policy_changed"]
    #expect(RecordedChange(rows: [unknown], total: 1).isPartial)
    let wild: JSONValue = [
      "action": "publish", "sku": "TENT", "channel": "shop", "units": .integer(.min), "was": .integer(.max),
      "reason": "policy_changed",
    ]
    #expect(RecordedChange(rows: [wild, wild], total: 2).taken[Self.publication] == .max)
  }

  @Test func allComesBackWhereNothingHappenedInBetween() {
    let restored = restoration(Self.all)
    #expect(restored.taken == 25 && restored.returned == 25 && restored.share == 10_000)
    #expect(restored.rows.allSatisfy { $0.hindrance == nil })
    #expect(restored.rows.map(\.holding) == [Self.claim, Self.grant, Self.publication])
  }

  @Test func neverMoreThanWasTakenCountsAndNothingThatComesAnyway() {
    let more: [Action] = [.publish("TENT", "shop", 60, was: 8)]
    #expect(restoration(more).returned == 12)
    // 7 of these would be published under the policy in force, too.
    #expect(
      restoration([.publish("TENT", "shop", 20, was: 8)], before: [.publish("TENT", "shop", 15, was: 8)]).returned == 5)
    #expect(restoration([.publish("TENT", "shop", 2, was: 8)]).returned == 0, "a revert that lowers gives nothing back")
  }

  @Test func theShareIsRoundedDown() {
    let nearly: [Action] = [.publish("TENT", "shop", 19, was: 8), Self.all[1], Self.all[2]]
    #expect(restoration(nearly).share == 9_600)
    let none = Restoration(of: RecordedChange(rows: [], total: 0), before: plan([]), after: plan([])) { _, _ in nil }
    #expect(none.share == nil && none.rows.isEmpty)
  }

  static let fates: [(Restoration.LineFate?, Restoration.Hindrance)] = [
    (.init(cancelled: 0, shipped: 0, open: 3), .noStock), (.init(cancelled: 0, shipped: 3, open: 0), .shipped),
    (.init(cancelled: 3, shipped: 0, open: 0), .cancelled), (.init(cancelled: 0, shipped: 0, open: 0), .covered),
    (nil, .unknownLine),
  ]

  @Test(arguments: fates)
  func whyALineGetsNothingBackIsTold(fate: Restoration.LineFate?, hindrance: Restoration.Hindrance) {
    let row = restoration([], fate: fate).rows.first { $0.holding == Self.claim }
    #expect(row?.returned == 0 && row?.hindrance == hindrance)
  }

  @Test func whatTheChangeGaveIsKeptAndCanBeReallocated() throws {
    let eta = try #require(Instant("2026-12-20T00:00:00Z"))
    let open = Restoration.LineFate(cancelled: 0, shipped: 0, open: 3)
    let short = Shortfall(sku: "TENT", order: "O-1", line: "1", units: 3, neededBy: nil, expectedAt: eta)
    let restored = restoration([], shortfalls: [short], fate: open)
    #expect(restored.kept.map(\.units) == [2])
    #expect(
      restored.compensations.prefix(2) == [
        .reallocate(Self.claim, units: 2, from: ["O-2"]), .expedite(Self.claim, units: 3, expectedAt: eta),
      ])
    // A revert that takes it back from there keeps nothing, and so has nothing to reallocate.
    let release = HeldClaim(
      id: 9, order: "O-2", line: "1", channel: "market", pool: .shared, node: nil, quantity: 2, claimedAt: .distantPast,
      expiresAt: nil)
    let taken = restoration([.releaseClaim("TENT", ClaimRelease(release, quantity: 2))], fate: open)
    #expect(taken.kept.isEmpty && taken.compensations == [.notify("O-1", line: "1", sku: "TENT", from: nil, to: nil)])
  }

  @Test func aCustomerWhoWasToldADateIsToldTheNextOne() throws {
    let (old, told) = (Instant("2026-12-01T00:00:00Z"), Instant("2026-12-09T00:00:00Z"))
    let promise: Action = .promise("TENT", Promise(order: "O-1", line: "1", at: old), was: told)
    #expect(
      restoration(Self.all + [promise]).compensations == [.notify("O-1", line: "1", sku: "TENT", from: told, to: old)])
    #expect(restoration(Self.all).compensations.isEmpty, "the date stays")
  }
}
