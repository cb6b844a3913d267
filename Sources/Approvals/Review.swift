import DesiredState
import Diagnostics
import Digest
import Operations

/// Whether what people said meets what a change needs.
struct Review {
  /// Why it does not; empty where it does.
  private(set) var reasons: [Diagnostic] = []
  /// The statements that it rests on: those and no others are needed to find the same again.
  private(set) var counted: [SignedStatement] = []
  private(set) var brokenGlass: [Acceptance.BrokenGlass] = []

  private let change: Change
  private let requirement: Requirement
  private let authors: Authors
  private let roles: [String: Set<String>]
  /// People whose word is a program's.
  private let programs: Set<String>
  private let now: Instant
  private let impact: AssumedImpact
  /// What people said that counts for nothing, each with why; at most once for each person.
  private(set) var uncounted: [Uncounted] = []

  /// - Parameter blockers: the roles whose people may reject the change: all that could be asked for, whatever it does.
  init(
    _ change: Change, _ requirement: Requirement, blockers: Set<String>, _ authors: Authors, _ hearing: Hearing,
    _ evidence: Evidence, _ holds: [FreezeHold], impact: AssumedImpact
  ) {
    self.change = change
    self.requirement = requirement
    self.authors = authors
    self.impact = impact
    roles = change.before.approvers()
    programs = change.before.automation
    now = evidence.now
    if !blockers.isEmpty { rejections(hearing, blockers) }
    if !requirement.isEmpty { decide(hearing) }
    for hold in holds { thaw(hold, hearing) }
    strangersToTheGlass(hearing, holds)
    guard !reasons.isEmpty else { return }
    if reasons.contains(where: { $0.id == "approval.review_needed" }) {
      reasons += uncounted.map(\.reason) + strays(hearing, evidence)
    }
    counted = []
    brokenGlass = []
  }

  // MARK: Against

  /// Whoever has a say can block, and nobody can take that from them but they themselves: not by naming them as an author of
  /// a later commit, nor by merging one of theirs, nor because the change does less today than when they looked.
  private mutating func rejections(_ hearing: Hearing, _ blockers: Set<String>) {
    for voice in hearing.voices where voice.statement.kind == .reject {
      guard roles[voice.person].map({ !$0.isDisjoint(with: blockers) }) ?? false else {
        void(
          voice, "approval.no_role",
          "\(voice.person) rejected the change without a role that it requires, which does not block it",
          "ask someone who could approve it to reject it")
        continue
      }
      let why = voice.statement.reason.map { ": \u{201C}\($0)\u{201D}" } ?? ""
      reasons.append(
        Diagnostic(
          "approval.rejected", "\(voice.person) rejected the change\(why)",
          hint: "resolve it with \(voice.person), who can use 'purser revoke \(revision)', or revert the"
            + " change"))
    }
  }

  /// Whoever a commit names and nobody knows could be the one who approves.
  private mutating func unmapped() {
    guard let first = authors.unmapped.first else { return }
    let others = authors.unmapped.count > 1 ? " and \(authors.unmapped.count - 1) more" : ""
    reasons.append(
      Diagnostic(
        "approval.unmapped",
        "the change names \(first)\(others), who is not listed as a Person, and authors may not approve",
        hint: "add the address to the 'emails' of a Person, or the key to its 'keys', in an earlier commit; or commit"
          + " the change again as someone who is known"))
  }

  // MARK: For

  private mutating func decide(_ hearing: Hearing) {
    var able: [String: Set<String>] = [:]
    for voice in hearing.voices where voice.statement.kind == .approve && counts(voice) {
      able[voice.person] = roles[voice.person]
    }
    var assignment = requirement.slots.assignment(of: able)
    var open = requirement
    if !assignment.isComplete || !authors.unmapped.isEmpty {
      brokenGlass = glass(hearing)
      let lifted = Set(brokenGlass.flatMap(\.rules))
      open = requirement.keeping { !lifted.contains($0.rule) }
      assignment = open.slots.assignment(of: able)
    }
    let people = Set(assignment.roles.keys).union(brokenGlass.map(\.person))
    counted = hearing.voices.filter { people.contains($0.person) && $0.statement.kind.permits }.map(\.signed)
      .sorted { $0.id.description < $1.id.description }
    if !open.isEmpty { unmapped() }
    if !assignment.isComplete { reasons.append(reviewNeeded(assignment, open, able)) }
  }

  /// What those who may break the glass let through.
  private mutating func glass(_ hearing: Hearing) -> [Acceptance.BrokenGlass] {
    // Whoever broke it stands in the record, also where somebody else had before: none of them may review it later.
    var broken: [Acceptance.BrokenGlass] = []
    for voice in hearing.voices where voice.statement.kind == .breakGlass {
      let rules = requirement.demands.filter { demand in
        guard let glass = demand.glass else { return false }
        return roles[voice.person]?.contains(glass.role) == true && isCurrent(voice, for: glass.validFor)
      }.map(\.rule)
      guard !rules.isEmpty, isAboutThis(voice), lies(within: voice) else { continue }
      guard let reason = voice.statement.reason, !reason.isEmpty else {
        void(voice, "approval.void", "\(voice.person) used break-glass without a reason", "repeat it with a reason")
        continue
      }
      broken.append(Acceptance.BrokenGlass(person: voice.person, reason: reason, rules: rules))
    }
    return broken
  }

  /// Whether an approval counts now; where it does not, says why.
  private mutating func counts(_ voice: Voice) -> Bool {
    let person = voice.person
    guard !programs.contains(person) else {
      void(
        voice, "approval.void", "\(person) approved the change but is a program, and programs cannot approve",
        "ask a person to approve it")
      return false
    }
    guard roles[person].map({ !$0.isDisjoint(with: requirement.slots.counts.keys) }) ?? false else {
      void(
        voice, "approval.no_role", "\(person) approved the change but has none of the required roles",
        "ask someone with a required role to approve it")
      return false
    }
    guard !authors.all.contains(person) else {
      void(
        voice, "approval.author", "\(person) approved the change but is one of its authors",
        "ask someone else to approve it")
      return false
    }
    return isCurrent(voice, for: requirement.validFor) && isAboutThis(voice) && coversImpact(voice)
  }

  /// Lets the change out of a freeze where somebody who may do so said why, and otherwise has it wait.
  private mutating func thaw(_ hold: FreezeHold, _ hearing: Hearing) {
    var isLifted = false
    for voice in hearing.voices where voice.statement.kind == .breakGlass {
      guard let role = hold.overrideRole, roles[voice.person]?.contains(role) == true,
        let reason = voice.statement.reason, !reason.isEmpty, isCurrent(voice, for: nil), isAboutThis(voice),
        lies(within: voice)
      else { continue }
      brokenGlass.append(Acceptance.BrokenGlass(person: voice.person, reason: reason, rules: [hold.key]))
      if !counted.contains(voice.signed) {
        counted.append(voice.signed)
        counted.sort { $0.id.description < $1.id.description }
      }
      isLifted = true
    }
    if !isLifted { reasons.append(hold.diagnostic) }
  }

  /// Whoever broke a glass that no rule and no freeze lets them break.
  private mutating func strangersToTheGlass(_ hearing: Hearing, _ holds: [FreezeHold]) {
    let may = requirement.glassRoles.union(holds.compactMap(\.overrideRole))
    for voice in hearing.voices
    where voice.statement.kind == .breakGlass && may.isDisjoint(with: roles[voice.person] ?? []) {
      void(
        voice, "approval.no_role", "\(voice.person) used break-glass but has none of the roles that may",
        "ask someone with a required role to approve it")
    }
  }

  private mutating func isCurrent(_ voice: Voice, for span: TimeSpan?) -> Bool {
    let limits = [voice.statement.expiresAt, span.map { voice.statement.issuedAt + $0 }].compactMap { $0 }
    guard let end = limits.min(), end <= now else { return true }
    void(
      voice, "approval.expired", "the statement of \(voice.person) expired at \(end)",
      "repeat it: purser approve \(revision)")
    return false
  }

  private mutating func isAboutThis(_ voice: Voice) -> Bool {
    let (person, statement) = (voice.person, voice.statement)
    let again = "review the change again and run 'purser approve \(revision)'"
    guard statement.policyVersion == change.base.version else {
      void(
        voice, "approval.void",
        "the statement of \(person) is for policy version \(statement.policyVersion), but \(change.base.version) is in force",
        again)
      return false
    }
    if let lie = change.contradiction(of: statement) {
      void(voice, "approval.void", "the statement of \(person) contradicts itself: \(lie)", again)
      return false
    }
    if statement.base == change.base.commit { return true }
    guard let touched = change.touched[statement.base] else {
      void(
        voice, "approval.void",
        "\(person) reviewed the change from \(statement.base.prefix(10)), which the policy in force does not follow",
        again)
      return false
    }
    guard let path = change.paths.first(where: touched.contains) else { return true }
    void(voice, "approval.void", "\(path) was changed after \(person) approved", again)
    return false
  }

  private mutating func coversImpact(_ voice: Voice) -> Bool {
    guard voice.statement.impact == nil, requirement.isAboutImpact else { return lies(within: voice) }
    // Nobody can be shown figures where nothing can be planned with what is in force.
    if change.isBaseFaulty { return true }
    void(
      voice, "approval.void", "\(voice.person) approved without figures, but a rule with an impact requires them",
      "approve again where the store is available, so that the impact is known: purser approve \(revision)")
    return false
  }

  /// Whether today's impact lies within what the person was told, and the tolerance of the rules. Who was told nothing, as
  /// in an emergency without the store at hand, was told nothing that could have grown.
  private mutating func lies(within voice: Voice) -> Bool {
    guard let approved = voice.statement.impact else { return true }
    let today: [String: Int64]
    switch impact {
    case .least: return true
    case .most: return false
    case .known(let measures): today = measures
    }
    for (measure, value) in today.sorted(by: { $0.key < $1.key }) {
      let told = approved[measure, default: 0]
      let (limit, isTooLarge) = told.addingReportingOverflow(requirement.tolerance.floor(of: told))
      guard isTooLarge || value <= limit else {
        void(
          voice, "approval.void",
          "the impact has grown: \(measure) is \(value), and \(voice.person) "
            + (voice.statement.kind == .breakGlass ? "was shown \(told)" : "approved \(told)")
            + (limit > told ? " (\(limit) with the tolerance)" : ""),
          "review the change again and run 'purser approve \(revision)'")
        return false
      }
    }
    return true
  }

  private mutating func void(_ voice: Voice, _ id: String, _ message: String, _ hint: String) {
    guard !uncounted.contains(where: { $0.person == voice.person }) else { return }
    uncounted.append(Uncounted(person: voice.person, reason: Diagnostic(id, message, hint: hint)))
  }

  /// The roles whose review was left out, in byte order; where a freeze was overridden, those that may do so.
  func owners(_ holds: [FreezeHold]) -> [String] {
    let lifted = Set(brokenGlass.flatMap(\.rules))
    let asked = requirement.demands.filter { lifted.contains($0.rule) }.flatMap { $0.slots.counts.keys }
    let overrides = holds.filter { lifted.contains($0.key) }.compactMap(\.overrideRole)
    return Set(asked.isEmpty ? overrides : asked).sorted { $0.isBytewiseLess(than: $1) }
  }

  // MARK: What to do

  private var revision: String { change.commits.last.map(\.short) ?? "HEAD" }

  private func reviewNeeded(
    _ assignment: RoleSlots.Assignment, _ open: Requirement, _ able: [String: Set<String>]
  ) -> Diagnostic {
    let who = assignment.missing.keys.sorted().map { role in
      let people = roles.keys.sorted().filter {
        roles[$0]?.contains(role) == true && !authors.all.contains($0) && able[$0] == nil
      }
      return "\(role): " + (people.isEmpty ? "nobody available" : people.joined(separator: ", "))
    }
    return Diagnostic(
      "approval.review_needed",
      "the change needs the approval of \(RoleSlots.words(assignment.missing)) more (\(open.lines.joined(separator: "; ")))",
      at: open.demands.first?.location,
      hint: "ask for reviews ('purser plan' shows the impact) and approvals (\(who.joined(separator: "; "))):"
        + Recovery.line("purser approve \(revision)"))
  }

  /// Words about statements that look as if they should count.
  private func strays(_ hearing: Hearing, _ evidence: Evidence) -> [Diagnostic] {
    let others = evidence.strays(about: Set(change.commits.map(\.id)), except: change.digest).map { stray in
      Diagnostic(
        "approval.void",
        "\(stray.person) approved a different change, at \(stray.head.prefix(10))",
        hint: "review what was added since, and run 'purser approve \(revision)'")
    }
    return others + hearing.ignored.map { Diagnostic("approval.ignored", $0, hint: "sign it again with your own key") }
  }
}
