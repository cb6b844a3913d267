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
  /// Whose approval is missing, as `1 lead (lead: carol, dan)`; nil where nobody's is.
  private(set) var missing: String?

  private let change: Change
  private let requirement: Requirement
  /// All that could be asked for, whatever the change does: whoever could be asked may reject it.
  private let most: Requirement
  /// What people have against other changes that it brings something of.
  private let carried: [Veto]
  private let authors: Authors
  private let roles: [String: Set<String>]
  /// People whose word is a program's.
  private let programs: Set<String>
  private let now: Instant
  private let impact: AssumedImpact
  /// What people said that counts for nothing, each with why; at most once for each person.
  private(set) var uncounted: [Uncounted] = []

  /// - Parameters:
  ///   - requirement: what the impact asks for.
  ///   - most: what the largest impact would.
  ///   - carried: what people have against other changes that it brings something of.
  init(
    _ change: Change, _ requirement: Requirement, most: Requirement, _ authors: Authors, _ hearing: Hearing,
    _ evidence: Evidence, _ holds: [FreezeHold], carried: [Veto], impact: AssumedImpact
  ) {
    self.change = change
    self.requirement = requirement
    self.most = most
    self.carried = carried
    self.authors = authors
    self.impact = impact
    roles = change.before.approvers()
    programs = change.before.automation
    now = evidence.now
    let own = most.isEmpty ? [] : vetoes(hearing)
    let settled = carried.compactMap { veto in approval(after: veto, hearing).map { (veto: veto.voice, approval: $0) } }
    let people = Set(own.map(\.voice.person)).union(settled.map(\.veto.person))
    let vetoes = own + carried.filter { !people.contains($0.voice.person) }
    if !requirement.isEmpty || !vetoes.isEmpty { decide(hearing, vetoes) }
    for hold in holds { thaw(hold, hearing) }
    strangersToTheGlass(hearing, holds)
    guard !reasons.isEmpty else {
      let said = settled.flatMap { [$0.veto.first, $0.veto.signed, $0.approval.signed] }
      counted = Set(counted + said).sorted { $0.id.description < $1.id.description }
      return
    }
    if reasons.contains(where: { $0.id == "approval.review_needed" }) {
      reasons += uncounted.map(\.reason) + strays(hearing, evidence)
    }
    counted = []
    brokenGlass = []
  }

  // MARK: Against

  /// Whoever has a say can block, and nobody can take that from them but they themselves: not by naming them as an author of
  /// a later commit, nor by merging one of theirs, nor because the change does less today than when they looked. Only where
  /// the change does nothing but take their say away, they have none in it.
  private mutating func vetoes(_ hearing: Hearing) -> [Veto] {
    for voice in hearing.ownCause {
      void(
        voice, "approval.own_cause",
        "\(voice.person) rejected the change, which only takes away what they can say: nobody can block their own removal",
        "ask someone else who could approve it to reject it")
    }
    var vetoes: [Veto] = []
    for voice in hearing.voices where voice.statement.kind == .reject {
      let own = roles[voice.person] ?? []
      let demands = most.demands.filter { !own.isDisjoint(with: $0.slots.counts.keys) }
      guard !demands.isEmpty else {
        void(
          voice, "approval.no_role",
          "\(voice.person) rejected the change without a role that it requires, which does not block it",
          "ask someone who could approve it to reject it")
        continue
      }
      vetoes.append(Veto(voice: voice, demands: demands))
    }
    return vetoes
  }

  /// What somebody who rejected a part of the change said in favour of the whole since: nobody has to take back the one as
  /// well.
  private func approval(after veto: Veto, _ hearing: Hearing) -> Voice? {
    hearing.voices.first { voice in
      voice.person == veto.voice.person && voice.statement.kind == .approve && veto.voice.isOverruled(by: voice)
        && !authors.all.contains(voice.person)
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

  private mutating func decide(_ hearing: Hearing, _ vetoes: [Veto]) {
    var able: [String: Set<String>] = [:]
    if !requirement.isEmpty {
      for voice in hearing.voices where voice.statement.kind == .approve && counts(voice) {
        able[voice.person] = roles[voice.person]
      }
    }
    var assignment = requirement.slots.assignment(of: able)
    var open = requirement
    let isShort = !assignment.isComplete || (!requirement.isEmpty && !authors.unmapped.isEmpty)
    var said: [SignedStatement] = []
    if isShort || !vetoes.isEmpty {
      let asked = (isShort ? requirement.demands : []) + vetoes.flatMap(\.demands)
      let broken = glass(hearing, asked)
      brokenGlass = broken.map(\.glass)
      for veto in vetoes {
        let known = broken.filter { isKnown(veto, at: $0.at) }
        if veto.demands.allSatisfy({ demand in known.contains { $0.glass.rules.contains(demand.rule) } }) {
          said += [veto.voice.first, veto.voice.signed]
        } else {
          reasons.append(veto.diagnostic(change, revision: revision))
          brokenTooEarly(hearing, veto)
        }
      }
      if isShort {
        let lifted = Set(brokenGlass.flatMap(\.rules))
        open = requirement.keeping { !lifted.contains($0.rule) }
        assignment = open.slots.assignment(of: able)
      }
    }
    let people = Set(assignment.roles.keys).union(brokenGlass.map(\.person))
    said += hearing.voices.filter { people.contains($0.person) && $0.statement.kind.permits }.map(\.signed)
    counted = Set(said).sorted { $0.id.description < $1.id.description }
    if !open.isEmpty { unmapped() }
    if !assignment.isComplete { reasons.append(reviewNeeded(assignment, open, able)) }
  }

  /// What those who may break the glass let through, and when they said so.
  /// - Parameter asked: what of the review is missing, and by what somebody rejected the change; of several by one rule the
  ///   first counts.
  private mutating func glass(_ hearing: Hearing, _ asked: [Requirement.Demand]) -> [(
    glass: Acceptance.BrokenGlass, at: Instant
  )] {
    let demands = Dictionary(asked.map { ($0.rule, $0) }, uniquingKeysWith: { first, _ in first }).values
      .sorted { $0.rule.isBytewiseLess(than: $1.rule) }
    // Whoever broke it stands in the record, also where somebody else had before: none of them may review it later.
    var broken: [(glass: Acceptance.BrokenGlass, at: Instant)] = []
    for voice in hearing.voices where voice.statement.kind == .breakGlass {
      let rules = demands.filter { demand in
        guard let glass = demand.glass else { return false }
        return roles[voice.person]?.contains(glass.role) == true && isCurrent(voice, for: glass.validFor)
      }.map(\.rule)
      guard !rules.isEmpty, isAboutThis(voice), lies(within: voice) else { continue }
      guard let reason = voice.statement.reason, reason.isTelling else {
        void(voice, "approval.void", "\(voice.person) used break-glass without a reason", "repeat it with a reason")
        continue
      }
      broken.append(
        (Acceptance.BrokenGlass(person: voice.person, reason: reason, rules: rules), voice.statement.issuedAt))
    }
    return broken
  }

  /// Who breaks the glass knows what was said against it by then. What is dated ahead was said by now, and nobody can be made
  /// to wait for a time that somebody else chose.
  private func isKnown(_ veto: Veto, at moment: Instant) -> Bool {
    moment > veto.voice.since || veto.voice.since > now + Statement.clockAhead
  }

  /// A glass that did not know of a rejection is to be broken again, whoever broke it.
  private mutating func brokenTooEarly(_ hearing: Hearing, _ veto: Veto) {
    for voice in hearing.voices
    where voice.statement.kind == .breakGlass && !isKnown(veto, at: voice.statement.issuedAt) {
      void(
        voice, "approval.void", "\(voice.person) used break-glass before \(veto.voice.person) rejected it",
        "repeat it: purser approve \(revision) --break-glass --reason WHY")
    }
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
        change.isOnlyMerged(by: person) ? undoingMerge(by: person) : "ask someone else to approve it")
      return false
    }
    return isCurrent(voice, for: requirement.validFor) && isAboutThis(voice) && coversImpact(voice)
  }

  /// Lets the change out of a freeze where somebody who may do so said why, and otherwise has it wait.
  private mutating func thaw(_ hold: FreezeHold, _ hearing: Hearing) {
    var isLifted = false
    for voice in hearing.voices where voice.statement.kind == .breakGlass {
      guard let role = hold.overrideRole, roles[voice.person]?.contains(role) == true,
        let reason = voice.statement.reason, reason.isTelling, isCurrent(voice, for: nil), isAboutThis(voice),
        lies(within: voice)
      else { continue }
      brokenGlass.append(Acceptance.BrokenGlass(person: voice.person, reason: reason, rules: [hold.key]))
      if !counted.contains(voice.signed) {
        counted.append(voice.signed)
        counted.sort { $0.id.description < $1.id.description }
      }
      isLifted = true
    }
    if !isLifted { reasons.append(hold.diagnostic(of: revision)) }
  }

  /// Whoever broke a glass that no rule and no freeze lets them break.
  private mutating func strangersToTheGlass(_ hearing: Hearing, _ holds: [FreezeHold]) {
    let may = most.glassRoles.union(holds.compactMap(\.overrideRole)).union(
      carried.flatMap(\.demands).compactMap { $0.glass?.role })
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
      change.before.speaksOnForgeAlone(voice.person)
        ? "repeat it: review its pull request again on the forge"
        : "repeat it: purser approve \(revision)"
          + (voice.statement.kind == .breakGlass ? " --break-glass --reason WHY" : ""))
    return false
  }

  private mutating func isAboutThis(_ voice: Voice) -> Bool {
    let (person, statement) = (voice.person, voice.statement)
    let again =
      "review the change again and \(change.before.sayingAgain(person, "purser approve \(revision)"))"
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
      let covered = Tolerated(approved[measure, default: 0], with: requirement.tolerance)
      guard value <= covered.limit else {
        void(
          voice, "approval.void",
          "the impact has grown: \(measure) is \(value), and \(voice.person) "
            + (voice.statement.kind == .breakGlass ? "was shown \(covered.told)" : "approved \(covered.told)")
            + covered.words,
          "review the change again and "
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
    let asked = (most.demands + carried.flatMap(\.demands)).filter { lifted.contains($0.rule) }
      .flatMap { $0.slots.counts.keys }
    let overrides = holds.filter { lifted.contains($0.key) }.compactMap(\.overrideRole)
    return Set(asked.isEmpty ? overrides : asked).sorted { $0.isBytewiseLess(than: $1) }
  }

  // MARK: What to do

  /// Whoever signs a merge is an author of what it brings, which they may have approved before.
  private func undoingMerge(by person: String) -> String {
    let others = change.mergers(except: [person]).prefix(3)
    return "undo the merge (git reset --hard HEAD~1), and fast-forward"
      + (others.isEmpty ? "" : " or let \(others.joined(separator: " or ")) merge it")
      + ": whoever signs a merge becomes an author of what it brings"
  }

  private var revision: String { change.commits.last.map(\.short) ?? "HEAD" }

  private mutating func reviewNeeded(
    _ assignment: RoleSlots.Assignment, _ open: Requirement, _ able: [String: Set<String>]
  ) -> Diagnostic {
    let onForge = change.before.speaksOnForgeAlone
    let asked = Askable(
      assignment.missing.keys.sorted(), roles, except: { authors.all.contains($0) || able[$0] != nil },
      named: { $0 + (onForge($0) ? " on the forge" : "") })
    let (whom, needsKey) = (asked.words, asked.people.isEmpty || !asked.people.allSatisfy(onForge))
    missing = "\(RoleSlots.words(assignment.missing)) (\(whom))"
    return Diagnostic(
      "approval.review_needed",
      "the change needs the approval of \(RoleSlots.words(assignment.missing)) more (\(open.lines.joined(separator: "; ")))",
      at: open.demands.first?.location,
      hint: needsKey
        ? "ask for reviews ('purser plan' shows the impact) and approvals (\(whom)):"
          + Recovery.line("purser approve \(revision)")
        : "ask for reviews ('purser plan' shows the impact) and approvals of its pull request (\(whom))")
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
