import DesiredState
import Diagnostics
import Digest
import Operations

/// A resource that a change touches, and where it stands.
typealias ChangedResource = (key: Resource.Key, paths: Set<String>)

extension Change {
  /// Judges the change by the people, roles and rules at its base, never by those that it brings. Denies by default.
  public func verdict(_ evidence: Evidence = Evidence()) -> Verdict {
    var reasons = problems.filter { $0.severity == .error }
    let authors = Authors(of: self, evidence)
    reasons += authors.reasons
    // After an error in a file its resources are missing, and reports of roles and rules would only mislead.
    guard !problems.hasErrors else { return .refused(reasons) }
    let changed = resources()
    let governance = changed.filter { $0.key.kind.isGovernance }
    reasons += governanceReasons(governance, changed)
    for author in authors.signers.sorted() { reasons += missingRoles(of: author, changed) }
    reasons += Removals(from: before, to: after, unread: unread, at: evidence.now).problems(isSeries: false)
    let isRevert = isRevert
    let (rules, parts) = (rules(), alterations())
    let asked = MatchedRules(rules, parts, isRevert: isRevert, impact: .most).requirement
    let dismissal = dismissal(asked)
    let hearing = Hearing(self, evidence, dismissal)
    let vetoes = carriedVetoes(evidence, rules, dismissal, most: asked)
    let holds = evidence.passesFreezes ? [] : holds(at: evidence.now)
    let recall = recall(by: hearing, authors, at: evidence.now)
    if recall == nil { reasons.append(tombstoneReason) }
    if let reason = auditKeyReason(evidence.auditKey) { reasons.append(reason) }
    /// What holds against the change with some impact, and the acceptance where nothing does.
    func judged(_ impact: AssumedImpact) -> (reasons: [Diagnostic], acceptance: Acceptance) {
      let matched = MatchedRules(rules, parts, isRevert: isRevert, impact: impact)
      let review = Review(
        self, matched.requirement, most: asked, authors, hearing, evidence, holds, carried: vetoes, impact: impact)
      var acceptance = Acceptance(
        authors: authors.signers.sorted(), rules: matched.names, isGovernance: !governance.isEmpty)
      acceptance.requirement = matched.requirement
      acceptance.approvals = Set(review.counted + authors.merges + (recall ?? [])).sorted {
        $0.id.description < $1.id.description
      }
      acceptance.brokenGlass = review.brokenGlass
      acceptance.everyone = authors.everyone
      acceptance.owners = review.owners(holds)
      if case .known(let measures) = impact { acceptance.impact = measures }
      // A rule may ask for its review only because of what it would do: with the least impact that is not known yet.
      let isUnasked = if case .least = impact { asked.isEmpty } else { matched.requirement.isEmpty }
      let unreviewed = isUnasked ? unreviewedMerge(authors) : []
      return (reasons + unreviewed + noRule(matched.uncovered) + review.reasons, acceptance)
    }
    // A larger impact never needs less: what the least refuses is refused, and what the most allows is allowed.
    let least = judged(.least)
    guard least.reasons.isEmpty else { return .refused(least.reasons) }
    let most = judged(.most)
    if most.reasons.isEmpty { return .accepted(most.acceptance) }
    guard let end = commits.last, let impact = evidence.impacts[ChangeSpan(from: base.commit, to: end.id)] else {
      return isBaseFaulty ? .refused(most.reasons) : .undecided
    }
    let today = judged(.known(impact))
    if today.reasons.isEmpty { return .accepted(today.acceptance) }
    // Somebody was asked and approved while it would have done more: that it does less now takes nothing from their word.
    guard today.reasons.allSatisfy({ $0.id == Self.unreviewedID }) else { return .refused(today.reasons) }
    for told in hearing.envelopes(covering: impact) {
      let then = judged(.known(told))
      guard then.reasons.isEmpty, !then.acceptance.requirement.isEmpty else { continue }
      var acceptance = then.acceptance
      acceptance.impact = impact
      return .accepted(acceptance)
    }
    return .refused(today.reasons)
  }

  private static let unreviewedID = "approval.unreviewed_merge"

  /// What nobody signed somebody must have reviewed: whoever may push to a pull request's branch could write in its opener's
  /// name.
  private func unreviewedMerge(_ authors: Authors) -> [Diagnostic] {
    guard let merge = authors.merges.first.flatMap({ try? $0.statement() }) else { return [] }
    return [
      Diagnostic(
        Self.unreviewedID,
        "commit \(merge.head.prefix(10)) was merged by the forge without a signature, and no rule requires its review",
        hint:
          "merge it yourself with a signed commit; or add an ApprovalRule that requires a review in an earlier commit:"
          + Recovery.line(Recovery.again))
    ]
  }

  private func governanceReasons(_ governance: [ChangedResource], _ changed: [ChangedResource]) -> [Diagnostic] {
    var reasons: [Diagnostic] = []
    if let first = governance.first, let other = changed.first(where: { !$0.key.kind.isGovernance }) {
      reasons.append(
        Diagnostic(
          "approval.governance_mixed", "\(first.key) (governance) and \(other.key) must be in separate commits",
          hint: Self.apart(governance, changed)))
    } else if let first = governance.first, let path = paths.first(where: { !isOfGovernance($0, governance) }) {
      let files = Self.files(of: governance)
      reasons.append(
        Diagnostic(
          "approval.governance_mixed", "\(first.key) (governance) and \(path) must be in separate commits",
          hint: "make two commits:"
            + Recovery.line(Recovery.redo(files.sorted(), "Who may change what") + " && " + Recovery.again)))
    }
    if let first = governance.first, let file = Set(leftOut.keys).intersection(paths).min() {
      reasons.append(
        Diagnostic(
          "approval.governance_mixed",
          "\(first.key) (governance) must be in a separate commit from \(file), whose earlier content cannot be read",
          hint: "make two commits: first one that corrects \(file), then the other"))
    }
    if !governance.isEmpty, !after.hasKeeper {
      reasons.append(
        Diagnostic(
          "approval.locks_out", "this change would lock everyone out of changing people, roles and rules",
          hint:
            "keep a Person with a key and with roles for Person, Role and ApprovalRule in every file that has any, and"
            + " for each of these kinds an ApprovalRule that people other than this Person can satisfy"))
    }
    return reasons
  }

  /// Whether a file that changes beside resources that decide who may change what is about nothing else: what stands in it,
  /// before and after, is of those kinds. A rule of people and roles must not let a script or a comment elsewhere through.
  private func isOfGovernance(_ path: String, _ governance: [ChangedResource]) -> Bool {
    if governance.contains(where: { $0.paths.contains(path) }) { return true }
    let kinds = kinds(in: path, []).map(Kind.init(rawValue:))
    return kinds.allSatisfy { $0?.isGovernance == true }
  }

  private static func files(of resources: [ChangedResource]) -> Set<String> {
    resources.reduce(into: Set<String>()) { $0.formUnion($1.paths) }
  }

  /// How a mixed change becomes two.
  private static func apart(_ governance: [ChangedResource], _ all: [ChangedResource]) -> String {
    let files = Self.files(of: governance)
    let others = Self.files(of: all.filter { !$0.key.kind.isGovernance })
    if let both = files.intersection(others).min() {
      return "first commit only what you changed of Person, Role, ApprovalRule and Repository, then the rest; both are"
        + " in \(both)"
    }
    return "make two commits:"
      + Recovery.line(Recovery.redo(files.sorted(), "Who may change what") + " && " + Recovery.again)
  }

  func missingRoles(of author: String, _ changed: [ChangedResource]) -> [Diagnostic] {
    let roles = before.all(.role).filter { role in
      (role.fields["people"]?.list ?? []).contains { $0.text == author }
    }
    let denied = paths.filter { path in
      let kinds = kinds(in: path, changed)
      return !roles.contains { role in role.covers(path) && kinds.allSatisfy { role.covers(kind: $0) } }
    }
    guard let first = denied.first else { return [] }
    let others = denied.count > 1 ? " and \(denied.count - 1) more" : ""
    return [
      Diagnostic(
        "approval.role", "no role of '\(author)' may change \(first)\(others)",
        hint: "have someone with a role for it sign the change, or extend a Role in an earlier commit:"
          + Recovery.line(Recovery.again))
    ]
  }

  /// Something must speak of every part of a change: what no rule speaks of is denied.
  private func noRule(_ uncovered: [String]) -> [Diagnostic] {
    guard let first = uncovered.first else { return [] }
    let others = uncovered.count > 1 ? " and \(uncovered.count - 1) more" : ""
    return [
      Diagnostic(
        "approval.no_rule", "no ApprovalRule matches \(first)\(others); changes without a matching rule are refused",
        hint: "add an ApprovalRule for it in a separate commit, and commit the change again:"
          + Recovery.line(Recovery.again))
    ]
  }
}
