import Approvals
import AuditTrail
import DesiredState
import Diagnostics
import Git
import Operations
import Planning
import Reconciling
import Verification

/// What waits for people: the holds that stand in the store, and what of today's plans they hold. What has all its
/// approvals stays here until the cycle that applies it: until then each of them can be taken back.
struct HeldDesk {
  struct Waiting {
    /// What it waits for.
    enum Standing: String {
      case people
      /// It has its approvals, and another hold stands in its way.
      case others
      case nextCycle = "next_cycle"
    }

    var hold: Hold
    /// The policy that the plan is made with.
    var policy: PolicyPin
    var state: DesiredState
    var measures: [String: Int64]
    var review: HoldReview
    /// Everyone whose work is in what waits.
    var authors: Set<String>
    /// What goes too far, or which domain is proposed.
    var what: String
    var standing: Standing

    /// What is missing, in words.
    var missing: String {
      switch standing {
      case .people: review.reasons.map(\.message).joined(separator: "; ")
      case .others: "approved, to be applied once the other holds are approved"
      case .nextCycle: "approved, to be applied by the next cycle"
      }
    }

    /// Why nothing that a person says about it would count; nil where it would.
    func objection(to kind: Statement.Kind, by person: String) -> Diagnostic? {
      if kind != .reject, authors.contains(person) {
        return Objection.author(person, of: "the change behind it", list: "purser get held")
      }
      return Objection.role(
        person, Set(review.requirement.slots.counts.keys), state.approvers(), except: kind == .reject ? [] : authors)
    }
  }

  let waiting: [Waiting]
  let stored: StoredState
  /// The policy in force.
  let state: DesiredState

  /// - Throws: a `Diagnostic` without a store.
  init(_ desk: ReviewDesk) throws {
    guard let stored = desk.stored, let snapshot = desk.snapshot else {
      throw Diagnostic(
        "held.no_store", "holds are kept in the store", hint: "give --store, with the store of the daemon or a copy")
    }
    self.stored = stored
    let policy = try desk.judged(on: snapshot, stored)
    try policy.checkUsable()
    state = policy.previous ?? policy.state
    waiting = Gate.all(policy, stored: stored, snapshot: snapshot, now: desk.now).flatMap { gate, judged in
      let waiting = gate.waiting.map { (one: $0, standing: $0.review.isMet ? Waiting.Standing.others : .people) }
      let passing = gate.passages.map { (one: $0.asked, standing: Waiting.Standing.nextCycle) }
      return (waiting + passing).filter { stored.holds.open.contains($0.one.hold) }.map { one, standing in
        Waiting(
          hold: one.hold, policy: one.policy, state: judged.state, measures: one.measures,
          review: one.review, authors: gate.authors, what: Self.words(one), standing: standing)
      }
    }.sorted { $0.hold.number < $1.hold.number }
  }

  private static func words(_ one: Gate.Waiting) -> String {
    guard one.hold.cause == .limits else { return "\(one.hold.cause.rawValue), in mode propose" }
    return "a plan beyond the limits: " + one.excess.map(\.words).joined(separator: "; ")
  }

  /// The hold of a number.
  func hold(_ number: Int64) throws -> Waiting {
    if let found = waiting.first(where: { $0.hold.number == number }) { return found }
    let list = "'purser get held' lists the holds; a new hold has a new number"
    if stored.holds.open.contains(where: { $0.number == number }) {
      throw Diagnostic("held.unknown", "hold \(number) no longer holds anything", hint: "the next cycle ends it")
    }
    guard number >= 1, number <= stored.holds.last else {
      throw Diagnostic("held.unknown", "no hold \(number) is open", hint: list)
    }
    throw Diagnostic(
      "held.unknown", "hold \(number) has ended: its plan was approved, or is no longer needed",
      hint: "'purser audit log' shows which; what was applied stays until the policy or new data requires something"
        + " else. \(list)")
  }

  /// The open case of a commit.
  func reviewCase(_ commit: ObjectID) throws -> ReviewCase {
    if let found = stored.reviewCases.first(where: { $0.commit == commit.description }) { return found }
    throw Diagnostic(
      "held.no_case", "no case of \(commit.short) is open",
      hint: "'purser get cases' lists them; a case is opened when a change takes effect without its review")
  }
}

extension ReviewDesk {
  /// What people said beside changes, as far as the signature is theirs, in the order in which they said it.
  func voices(about subject: StatementSubject, _ people: DesiredState) -> [Statement] {
    logged[subject.digest].compactMap { signed -> Statement? in
      guard let said = try? signed.statement(), let key = signed.signer(),
        people.speakers(of: said, signedWith: key) == [said.person]
      else { return nil }
      return said
    }.sorted { $0.issuedAt < $1.issuedAt }
  }

  /// How a hold stands after something was said about it, in words.
  func standing(afterHold number: Int64) throws -> String {
    try readAgain()
    guard let one = try HeldDesk(self).waiting.first(where: { $0.hold.number == number }) else {
      return "it no longer holds anything: the next cycle ends it\n"
    }
    switch one.standing {
    case .people: break
    case .others: return "approved; it waits for the other holds, which 'purser get held' lists\n"
    case .nextCycle:
      return "approved: the next cycle applies it; until then it can be rejected or the approval revoked\n"
    }
    return one.review.reasons.map { reason in
      "waiting: \(escaped(reason.message))\n" + (reason.hint.map { "  \(escaped($0))\n" } ?? "")
    }.joined()
  }
}
