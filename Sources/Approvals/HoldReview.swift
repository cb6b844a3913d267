public import DesiredState
public import Diagnostics
import Digest
public import Operations

/// Whether what people said lets something through that waits.
///
/// Rules, people and keys are those of the policy that the plan is made with. An approval names the hold by its number, so
/// that it was given after the hold began and counts for no other, and carries what the person was told the plan would do.
public struct HoldReview: Sendable {
  /// Why it waits on; empty where it goes through.
  public private(set) var reasons: [Diagnostic] = []
  /// The statements that let it through, in the byte order of ids: those and no others are needed to find the same again.
  public private(set) var approvals: [SignedStatement] = []
  public let requirement: HoldRules.Requirement

  public var isMet: Bool { reasons.isEmpty }

  private let hold: Hold
  private let measures: [String: Int64]
  private let now: Instant
  private var voided: [Diagnostic] = []

  /// - Parameters:
  ///   - measures: what waits would do now, by measure.
  ///   - pin: the policy that the plan is made with, which `state` is.
  ///   - authors: everyone whose work is in what waits: none of them counts.
  public init(
    _ hold: Hold, _ measures: [String: Int64], _ state: DesiredState, _ pin: PolicyPin, authors: Set<String>,
    _ said: [SignedStatement], at now: Instant
  ) {
    self.hold = hold
    self.measures = measures
    self.now = now
    requirement = HoldRules(state).requirement(for: hold.cause, measures)
    guard !requirement.slots.isEmpty else {
      reasons = [Self.nobodyMay(hold)]
      return
    }
    let programs = state.automation
    let roles = state.approvers().filter { !$0.value.isDisjoint(with: requirement.slots.counts.keys) }
    let hearing = Hearing(
      said.about(.hold(hold)), at: now, speakers: { state.speakers(of: $0, signedWith: $1) })
    var able: [String: Set<String>] = [:]
    for voice in hearing.voices {
      guard let own = roles[voice.person] else {
        if voice.statement.kind == .approve, programs.contains(voice.person) {
          void(
            "approval.void", "\(voice.person) approved it but is a program, and programs cannot approve",
            "ask a person to approve it")
        } else if voice.statement.kind == .approve {
          void(
            "approval.no_role", "\(voice.person) approved it but has none of the required roles",
            "ask someone with a required role")
        }
        continue
      }
      // Nobody loses it by being named as an author.
      if voice.statement.kind == .reject { reasons.append(rejection(voice)) }
      guard !authors.contains(voice.person) else {
        if voice.statement.kind == .approve {
          void(
            "approval.author", "\(voice.person) approved it but is an author of the change behind it",
            "ask someone else to approve it")
        }
        continue
      }
      guard voice.statement.kind == .approve, isCurrent(voice, pin), isWithin(voice) else { continue }
      able[voice.person] = own
    }
    let assignment = requirement.slots.assignment(of: able)
    if !assignment.isComplete {
      reasons.append(
        needed(
          assignment,
          Askable(
            assignment.missing.keys.sorted(), roles, except: { authors.contains($0) || able[$0] != nil },
            named: { state.hasKey($0) ? $0 : "\($0), who has no key" }),
          state))
      reasons += voided
      reasons += hearing.ignored.map {
        Diagnostic("approval.ignored", $0, hint: "sign it again with your own key")
      }
    }
    guard reasons.isEmpty else { return }
    approvals = hearing.voices.filter { assignment.roles[$0.person] != nil }.map(\.signed)
      .sorted { $0.id.description < $1.id.description }
  }

  /// Whether anybody approved it whose word still runs, so that the whole plan must be looked at.
  public static func isSpokenFor(_ hold: Hold, _ said: [SignedStatement], at now: Instant) -> Bool {
    said.about(.hold(hold)).contains { signed in
      guard let said = try? signed.statement(), said.kind == .approve else { return false }
      return said.expiresAt.map { $0 > now } ?? false
    }
  }

  /// When what somebody said of what waits, by a clock that is ahead, begins to count next; nil where nothing does.
  public static func nextHearing(of said: [SignedStatement], after now: Instant) -> Instant? {
    said.compactMap { try? $0.statement().issuedAt - Statement.clockAhead }.filter { $0 > now }.min()
  }

  private func rejection(_ voice: Voice) -> Diagnostic {
    let why = voice.statement.reason.map { ": \u{201C}\($0)\u{201D}" } ?? ""
    return Diagnostic(
      "approval.rejected", "\(voice.person) rejected it\(why)",
      hint: "resolve it with \(voice.person), who can use 'purser revoke --hold \(hold.number)'")
  }

  private mutating func isCurrent(_ voice: Voice, _ pin: PolicyPin) -> Bool {
    let statement = voice.statement
    guard statement.policyVersion == pin.version, statement.base == pin.commit else {
      void(
        "approval.void", "the statement of \(voice.person) is for a different policy", again)
      return false
    }
    guard statement.head == pin.commit, statement.tree == pin.tree else {
      void(
        "approval.void",
        "the statement of \(voice.person) contradicts itself: its head and tree are not those of the policy that it names",
        again)
      return false
    }
    guard statement.issuedAt >= hold.since else {
      void("approval.void", "\(voice.person) approved it at \(statement.issuedAt), before it was held", again)
      return false
    }
    let limits = [statement.expiresAt, requirement.validFor.map { statement.issuedAt + $0 }].compactMap { $0 }
    guard let end = limits.min(), end <= now else { return true }
    void("approval.expired", "the statement of \(voice.person) expired at \(end)", again)
    return false
  }

  /// Whether the plan lies within what the person was told, and the tolerance of the rules.
  private mutating func isWithin(_ voice: Voice) -> Bool {
    let grown = measures.sorted { $0.key.isBytewiseLess(than: $1.key) }.compactMap { measure, value -> String? in
      let covered = Tolerated(voice.statement.impact?[measure] ?? 0, with: requirement.tolerance)
      guard value > covered.limit else { return nil }
      return "\(measure) is \(value), and \(voice.person) approved \(covered.told)" + covered.words
    }
    guard !grown.isEmpty else { return true }
    void("approval.void", "the plan has grown: " + grown.joined(separator: "; "), again)
    return false
  }

  private var again: String { "review it with 'purser get held' and run 'purser approve --hold \(hold.number)'" }

  private mutating func void(_ id: String, _ message: String, _ hint: String) {
    voided.append(Diagnostic(id, message, hint: hint))
  }

  private func needed(_ assignment: RoleSlots.Assignment, _ asked: Askable, _ state: DesiredState) -> Diagnostic {
    Diagnostic(
      "approval.review_needed", "it needs the approval of \(RoleSlots.words(assignment.missing)) more",
      at: requirement.location,
      hint: "ask for reviews ('purser get held' shows the plan) and approvals (\(asked.words)):"
        + " purser approve --hold \(hold.number)"
        // A plan that waits is in no pull request.
        + (asked.people.allSatisfy(state.hasKey)
          ? "" : "; a hold cannot be approved on a forge: who has no key needs one in the 'keys' of their Person first")
    )
  }

  private static func nobodyMay(_ hold: Hold) -> Diagnostic {
    let line = "held: [{causes: [\(hold.cause.rawValue)], review: {ROLE: 1}}]"
    return Diagnostic(
      "approval.no_rule", "the Repository does not say who may approve it, so nobody may",
      hint: hold.cause == .limits
        ? "raise its limits in a separate commit, or say who may approve it: \(line)"
        : "set \(hold.cause.rawValue) to enforce in a separate commit, or say who may approve it: \(line)")
  }
}
