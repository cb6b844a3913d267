import ActualState
import Digest
import Operations
import Testing

/// What a plan proposes, from its actions to the rows and to what buyers are told, in every store.
@Suite struct ProposalTests {
  private static func apply(_ actions: [Action], to store: any Store, at now: Instant) throws {
    let pin = PolicyPin(commit: "c", tree: "t", version: 1)
    let outcome = try store.apply(
      Application(
        planDigest: SHA256Digest(of: Array("\(now) \(actions)".utf8)), expectedPin: try store.pin(), pin: pin,
        snapshotVersion: try store.version(), readVersions: [], actions: actions,
        record: AuditDraft(isDecision: false, body: [:]), fullPlan: false, now: now))
    let record = try store.auditHead().sequence
    #expect(outcome == .applied(record: record))
  }

  private static func open(_ store: any Store) throws -> [PurchaseProposal] {
    var found: [PurchaseProposal] = []
    try store.eachProposal { _, proposal, _ in found.append(proposal) }
    return found
  }

  @Test(arguments: StoreKind.allCases) func anItemHasOneProposalOfEachKind(_ kind: StoreKind) throws {
    try kind.with { store in
      try store.addItem("A")
      let small = PurchaseProposal(.order, supplier: "mill", node: "dc", quantity: 12, reason: ["per_day": 3])
      var large = small
      large.quantity = 24
      let hurry = PurchaseProposal(
        .expedite, supplier: "mill", node: "dc", quantity: 3, line: .init("po", "1"), reason: ["missing": 3])
      try Self.apply([.propose("A", small, was: nil), .propose("A", hurry, was: nil)], to: store, at: .start)
      #expect(try Self.open(store) == [hurry, small] && store.countOutbox() == 2)
      try Self.apply([.propose("A", large, was: small)], to: store, at: .start + 1)
      #expect(try Self.open(store) == [hurry, large] && store.countOutbox() == 3)
      #expect(try store.snapshot(.all).proposals == [0: [hurry, large]])
      // Nobody is told that nothing is to be done any more: the list says so.
      try Self.apply([.withdrawProposal("A", hurry)], to: store, at: .start + 2)
      #expect(try Self.open(store) == [large] && store.countOutbox() == 3)
      #expect(throws: StoreError.self) {
        var nothing = small
        nothing.quantity = 0
        try store.put(nothing, of: "A", at: .start)
      }
    }
  }

  /// Each region that is bought for on its own has proposals and times without stock of its own.
  @Test(arguments: StoreKind.allCases) func regionsAreToldApart(_ kind: StoreKind) throws {
    try kind.with { store in
      try store.addItem("A")
      let all = PurchaseProposal(.order, supplier: "mill", node: "dc", quantity: 12, reason: ["per_day": 3])
      let south = PurchaseProposal(.order, supplier: "mill", node: "far", quantity: 5, region: "south", reason: [:])
      #expect(PurchaseProposal(json: south.json) == south && PurchaseProposal(json: all.json) == all)
      #expect(all.json["region"] == nil)
      try Self.apply([.propose("A", south, was: nil), .propose("A", all, was: nil)], to: store, at: .start)
      #expect(try Self.open(store) == [all, south] && store.countOutbox() == 2)
      #expect(try store.snapshot(.all).proposals == [0: [all, south]])
      try Self.apply([.startStockout("A", in: "south"), .startStockout("A")], to: store, at: .start + 1)
      try Self.apply(
        [.endStockout("A", Stockout(from: Instant.start.hour + 1, in: "south")), .withdrawProposal("A", all)],
        to: store, at: .start + 2)
      #expect(try Self.open(store) == [south])
      let first = Instant.start.hour + 1
      #expect(
        try store.snapshot(.all).stockouts[0] == [
          Stockout(from: first), Stockout(from: first, until: first + 1, in: "south"),
        ])
    }
  }

  @Test(arguments: StoreKind.allCases) func stockoutsBeginAndEndAndAreForgotten(_ kind: StoreKind) throws {
    try kind.with { store in
      try store.addItem("A")
      func stockouts() throws -> [Stockout] { try store.snapshot(.all).stockouts[0] ?? [] }
      let first = Instant.start.hour
      try Self.apply([.startStockout("A")], to: store, at: .start)
      #expect(try stockouts() == [Stockout(from: first)])
      try Self.apply([.endStockout("A", Stockout(from: first))], to: store, at: .start + 5)
      #expect(try stockouts() == [Stockout(from: first, until: first + 5)])
      try Self.apply([.startStockout("A")], to: store, at: .start + 9)
      #expect(try stockouts() == [Stockout(from: first, until: first + 5), Stockout(from: first + 9)])
      try Self.apply([.endStockout("A", Stockout(from: first + 9))], to: store, at: .start + 9)
      // More than a year later the first ones are of no use any more.
      try Self.apply([.startStockout("A")], to: store, at: .start + 367 * 24)
      #expect(try stockouts() == [Stockout(from: first + 367 * 24)])
      #expect(throws: StoreError.self) { try store.put(Stockout(from: 9, until: 8), of: "A") }
    }
  }
}
