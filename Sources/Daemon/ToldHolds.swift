import Approvals
import Diagnostics
import Forges
import Operations
import Reconciling

/// What waits for people, as far as a forge is told of it.
struct ToldHolds: Sendable {
  /// The holds that stand open in the store.
  var open: [Hold] = []
  /// Whom each asks for, by its number: as the last plan that looked at it found.
  private var missing: [Int64: String] = [:]

  /// - Parameters:
  ///   - open: nil where the store could not be read; then it stays as it was.
  ///   - waiting: what the cycle looked at; a cycle in which nothing was touched looks at nothing.
  mutating func update(open: [Hold]?, waiting: [Gate.Waiting]) {
    self.open = open ?? self.open
    for one in waiting { missing[one.hold.number] = one.review.reasons.first?.message }
    missing = missing.filter { number, _ in self.open.contains { $0.number == number } }
  }

  /// What waits under a policy, in the few words that a status holds: the first hold with what it needs, and how many more
  /// there are.
  func words(of policy: String) -> (text: String, isComplete: Bool)? {
    let holds = open.filter { $0.policy == policy }
    guard let first = holds.first else { return nil }
    let command = "purser approve --hold \(first.number)"
    let others = holds.count > 1 ? "; \(holds.count - 1) more: purser get held" : ""
    // The command stands before what may be cut off.
    let text =
      "held (\(first.cause.rawValue)): \(command)\(others); "
      + (missing[first.number] ?? "'purser get held' shows who has to approve")
    return (text, missing[first.number] != nil)
  }
}

extension CommitTeller {
  /// Sets the status `purser/held` at the commits of policies of whose plans something waits, and takes it back where nothing
  /// does any more.
  func tell(_ holds: ToldHolds, at now: Instant) throws {
    let policies = Set(holds.open.map(\.policy))
    let told = try pending(.held)
    for policy in policies.sorted() {
      // A daemon that has just begun, and has not planned what waits, knows less than what stands there.
      guard let (words, isComplete) = holds.words(of: policy), isComplete || !told.contains(policy) else { continue }
      try tell(.pending, words, of: policy, as: .held, at: now)
    }
    for commit in told where !policies.contains(commit) {
      try tell(.success, "nothing is held", of: commit, as: .held, at: now)
    }
  }
}
