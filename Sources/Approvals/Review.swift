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
          "\(voice.person) rejected the change and has none of the roles that it asks for, which blocks nothing",
          "settle it with \(voice.person), or let somebody reject it who could approve it")
        continue
      }
      let why = voice.statement.reason.map { ": \u{201C}\($0)\u{201D}" } ?? ""
      reasons.append(
        Diagnostic(
          "approval.rejected", "\(voice.person) rejected the change\(why)",
          hint: "settle it with \(voice.person), who can take it back "
            + change.before.takingBack(voice.person, "purser revoke \(revision)") + ", or revert the change"))
    }
  }

  /// Whoever a commit names and nobody knows could be the one who approves.
  private mutating func unmapped() {
    guard let first = authors.unmapped.first else { return }
    let others = authors.unmapped.count > 1 ? " and \(authors.unmapped.count - 1) more" : ""
    reasons.append(
      Diagnostic(
        "approval.unmapped", "the change names \(first)\(others), who is no Person, and authors may not approve",
        hint: "add the address to the 'emails' of a Person, or the key to its 'keys', in a commit of its own before; or"
          + " commit the change again as someone who is known"))
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
        void(voice, "approval.void", "\(voice.person) broke the glass without a reason", "say it again with a reason")
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
        voice, "approval.void", "\(person) approved the change and is a program, and programs approve nothing",
        "let a person approve it")
      return false
    }
    guard roles[person].map({ !$0.isDisjoint(with: requirement.slots.counts.keys) }) ?? false else {
      void(
        voice, "approval.no_role", "\(person) approved the change and has none of the roles that it asks for",
        "let those approve it who have one")
      return false
    }
    guard !authors.all.contains(person) else {
      void(
        voice, "approval.author", "\(person) approved the change and is one of its authors",
        "let somebody else approve it")
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
        voice, "approval.no_role", "\(voice.person) broke the glass and has none of the roles that may",
        "let somebody approve it whom it asks for")
    }
  }

  private mutating func isCurrent(_ voice: Voice, for span: TimeSpan?) -> Bool {
    let limits = [voice.statement.expiresAt, span.map { voice.statement.issuedAt + $0 }].compactMap { $0 }
    guard let end = limits.min(), end <= now else { return true }
    void(
      voice, "approval.expired", "what \(voice.person) said expired at \(end)",
      change.before.speaksOnForgeAlone(voice.person)
        ? "say it again: review its pull request anew on the forge" : "say it again: purser approve \(revision)")
    return false
  }

  private mutating func isAboutThis(_ voice: Voice) -> Bool {
    let (person, statement) = (voice.person, voice.statement)
    let again =
      "look at the change again, and \(change.before.sayingAgain(person, "purser approve \(revision)"))"
    guard statement.policyVersion == change.base.version else {
      void(
        voice, "approval.void",
        "what \(person) said is for policy version \(statement.policyVersion), and \(change.base.version) is in force",
        again)
      return false
    }
    if let lie = change.contradiction(of: statement) {
      void(voice, "approval.void", "what \(person) signed contradicts itself: \(lie)", again)
      return false
    }
    if statement.base == change.base.commit { return true }
    guard let touched = change.touched[statement.base] else {
      void(
        voice, "approval.void",
        "\(person) looked at the change from \(statement.base.prefix(10)), which does not lead to what is in force",
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
      voice, "approval.void", "\(voice.person) approved without figures, and a rule asks because of the impact",
      "approve again where the store can be read, so that the impact is known: purser approve \(revision)")
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
          "look at the change again, and "
            + change.before.sayingAgain(voice.person, "purser approve \(revision)"))
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
    var asked = Set<String>()
    let onForge = change.before.speaksOnForgeAlone
    let who = assignment.missing.keys.sorted().map { role in
      let people = roles.keys.sorted().filter {
        roles[$0]?.contains(role) == true && !authors.all.contains($0) && able[$0] == nil
      }
      asked.formUnion(people)
      return "\(role): "
        + (people.isEmpty
          ? "nobody is left"
          : people.map { $0 + (onForge($0) ? " on the forge" : "") }.joined(separator: ", "))
    }
    let (whom, needsKey) = (who.joined(separator: "; "), asked.isEmpty || !asked.allSatisfy(onForge))
    return Diagnostic(
      "approval.review_needed",
      "the change needs the approval of \(RoleSlots.words(assignment.missing)) more (\(open.lines.joined(separator: "; ")))",
      at: open.demands.first?.location,
      hint: needsKey
        ? "let them look at it with 'purser plan' and approve it (\(whom)):"
          + Recovery.line("purser approve \(revision)")
        : "let them look at it and approve its pull request (\(whom))")
  }

  /// Words about statements that look as if they should count.
  private func strays(_ hearing: Hearing, _ evidence: Evidence) -> [Diagnostic] {
    let others = evidence.strays(about: Set(change.commits.map(\.id)), except: change.digest).map { stray in
      Diagnostic(
        "approval.void",
        "what \(stray.person) approved at \(stray.head.prefix(10)) is another change than the one that is judged now",
        hint: "look at what was added since, and 'purser approve \(revision)'")
    }
    return others + hearing.ignored.map { Diagnostic("approval.ignored", $0, hint: "sign it again with your own key") }
  }
}
