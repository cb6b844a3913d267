import ActualState
import Approvals
import AuditTrail
import Diagnostics
import Operations

/// What a trail says of the values that a store keeps once: what waits for people and whose work it is, what the plans of
/// the hour have changed, which changes nobody has reviewed, and what was refused last.
struct StandingValues {
  private var holds = HoldBook()
  /// What the store may say of the last refusal; nil where an older record does not tell.
  private var refusals: [String?]? = [nil]
  /// What of the records is in no audit commit yet, so that the chain in git has not followed it.
  private var hasNewPlans = false
  private var hasNewDecisions = false

  mutating func add(_ record: AuditRecord, _ facts: RecordFacts, isInGit: Bool) {
    if let book = record.json["holds"].flatMap(HoldBook.init(json:)) { holds = book }
    if facts.isPlan {
      if facts.policy != facts.policyBefore { refusals = [nil] }
      hasNewPlans = hasNewPlans || !isInGit
    } else if let commit = facts.refused {
      // Which of the two it is depends on reasons that are put right by people; versions of Purser may differ in them.
      refusals = [commit, ([commit] + Set(facts.reasons).sorted()).joined(separator: " ")]
    } else if facts.isRestore {
      refusals = [nil]
    } else if facts.type == "held" {
      refusals = Self.mark(ofHeld: record.json).map { [$0] }
    }
    hasNewDecisions = hasNewDecisions || (!isInGit && facts.isDecision)
  }

  private static func mark(ofHeld record: JSONValue) -> String? {
    guard let number = record["hold"]?["number"]?.integer, let excess = record["excess"]?.array else { return nil }
    let words = excess.map { "\($0["period"]?.string ?? "") \($0["measure"]?.string ?? "")" }
    return "held \(number) " + words.joined(separator: ", ")
  }

  /// - Parameter chain: what was followed in git, up to its end.
  /// - Throws: `StoreError`.
  func problems(in store: any Store, _ chain: HoldChain?) throws -> [Diagnostic] {
    var problems: [Diagnostic] = []
    func expect(_ key: StoreKey, _ isRight: Bool, _ expected: @autoclosure () -> String) throws {
      guard !isRight else { return }
      problems.append(
        StoredChain.broken(
          "the store's value '\(key.rawValue)' is \(try store.value(key) ?? "nothing"), and by the records it is "
            + expected()))
    }
    let book = try store.holds()
    try expect(.holds, book == holds, holds.json.canonical)
    if let refusals {
      try expect(.refused, refusals.contains(try store.value(.refused)), refusals[0] ?? "nothing")
    }
    if let chain, !hasNewDecisions {
      let authors = chain.authors.sorted { $0.isBytewiseLess(than: $1) }
      try expect(.authors, try store.authors() == authors, JSONValue.array(authors.map { .string($0) }).canonical)
      try expect(
        .reviewCases, try store.reviewCases() == chain.cases, JSONValue.array(chain.cases.map(\.json)).canonical)
    }
    if let chain, !hasNewPlans {
      let expected = chain.spending
      try expect(.spent, Self.agrees(try store.spent(), expected), expected.map { $0.json.canonical } ?? "nothing")
    }
    return problems + (try versionProblems(store))
  }

  /// What an hour has changed is written down only where something limits it, and has.
  private static func agrees(_ stored: HourlyRadius?, _ expected: HourlyRadius?) -> Bool {
    guard let expected else { return true }
    guard let stored, stored.hour >= expected.hour else { return expected.radius == BlastRadius() }
    return stored == expected
  }

  /// Every change of an item takes the next version: none is ahead of the store's.
  private func versionProblems(_ store: any Store) throws -> [Diagnostic] {
    let version = try store.version()
    var first: ItemRow?
    try store.eachItem { if first == nil, $0.version > version || $0.version < 0 { first = $0 } }
    return first.map {
      [StoredChain.broken("the store's version is \(version), and that of \($0.sku) is \($0.version)")]
    } ?? []
  }
}
