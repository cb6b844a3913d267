import DesiredState
import Diagnostics

extension Change {
  /// Judges the change by the people, roles and rules at its base, never by those that it brings. Denies by default.
  public func verdict() -> Verdict {
    var reasons = problems.filter { $0.severity == .error }
    var authors = Set<String>()
    for commit in commits {
      switch author(of: commit) {
      case .success(let name): authors.insert(name)
      case .failure(let reason): reasons.append(reason)
      }
    }
    // After an error in a file its resources are missing, and reports of roles and rules would only mislead.
    guard !problems.hasErrors else { return .refused(reasons) }
    let changed = resources()
    let governance = changed.filter { $0.key.kind.isGovernance }
    if let first = governance.first, let other = changed.first(where: { !$0.key.kind.isGovernance }) {
      reasons.append(
        Diagnostic(
          "approval.governance_mixed", "\(first.key) decides who may change what and stands beside \(other.key)",
          hint: "make two commits, the one with Person, Role, ApprovalRule and Repository first"))
    }
    for author in authors.sorted() { reasons += missingRoles(of: author, changed) }
    var rules = Set<String>()
    reasons += unmetRules(changed, satisfied: &rules)
    guard reasons.isEmpty else { return .refused(reasons) }
    return .accepted(
      Acceptance(authors: authors.sorted(), rules: rules.sorted(), isGovernance: !governance.isEmpty))
  }

  private func author(of commit: CommitFacts) -> Result<String, Diagnostic> {
    switch commit.seal {
    case .unsigned:
      return .failure(
        Diagnostic(
          "approval.unsigned", "commit \(commit.short) \u{201C}\(commit.summary)\u{201D} is not signed",
          hint: Self.again(commit, "signed (git config commit.gpgsign true)")))
    case .broken:
      return .failure(
        Diagnostic(
          "approval.bad_signature", "the signature of commit \(commit.short) does not fit it",
          hint: Self.again(commit, "signed with an Ed25519 key")))
    case .key(let key):
      let owners = before.names(of: .person).filter { name in
        (before.resources[.init(.person, name)] ?? []).contains { person in
          (person.fields["keys"]?.list ?? []).contains { $0.text.map { Self.isSame($0, key) } ?? false }
        }
      }
      if owners.count == 1 { return .success(owners[0]) }
      if owners.isEmpty {
        return .failure(
          Diagnostic(
            "approval.unknown_key", "commit \(commit.short) is signed with a key that belongs to no Person: \(key)",
            hint: "let someone whose role covers Person add the key in a commit of its own, then "
              + Self.again(commit, "signed")))
      }
      return .failure(
        Diagnostic(
          "approval.shared_key", "the key of commit \(commit.short) belongs to \(owners.joined(separator: " and "))",
          hint: "give each person a key of their own"))
    }
  }

  private static func again(_ commit: CommitFacts, _ how: String) -> String {
    "undo it with 'git revert \(commit.short)' and commit the change again, \(how)"
  }

  /// Keys are compared without their comment.
  private static func isSame(_ written: String, _ key: String) -> Bool {
    written.split(separator: " ").prefix(2).joined(separator: " ") == key
  }

  private func all(_ kind: Kind) -> [Resource] {
    before.names(of: kind).flatMap { before.resources[.init(kind, $0)] ?? [] }
  }

  private func missingRoles(
    of author: String, _ changed: [(key: Resource.Key, paths: Set<String>)]
  ) -> [Diagnostic] {
    let roles = all(.role).filter { role in
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
        hint: "let someone with a role for it make the change, or extend a Role in a commit of its own")
    ]
  }

  /// The kinds that a change of a file is about: those of the resources that it changes there; where it changes none (a
  /// comment), those of all that stand there; and `*` for a file that holds no resource.
  private func kinds(in path: String, _ changed: [(key: Resource.Key, paths: Set<String>)]) -> Set<String> {
    let here = Set(changed.filter { $0.paths.contains(path) }.map(\.key.kind.rawValue))
    guard here.isEmpty else { return here }
    let standing = [before, after].flatMap { $0.resources.values.joined() }.filter { $0.location.file == path }
    return standing.isEmpty ? ["*"] : Set(standing.map(\.key.kind.rawValue))
  }

  /// Every rule that matches must hold, and something must match: a change that no rule speaks of is denied.
  private func unmetRules(
    _ changed: [(key: Resource.Key, paths: Set<String>)], satisfied: inout Set<String>
  ) -> [Diagnostic] {
    guard !changed.isEmpty || !paths.isEmpty else { return [] }
    var reasons: [Diagnostic] = []
    var unmatched: [String] = []
    var matched = Set<String>()
    let rules = all(.approvalRule)
    for path in paths {
      for kind in kinds(in: path, changed) {
        let matching = rules.filter { $0.covers(path) && $0.covers(kind: kind) }
        if matching.isEmpty { unmatched.append(path) }
        matched.formUnion(matching.map(\.key.name))
      }
    }
    for rule in rules where matched.contains(rule.key.name) {
      guard let roles = rule.fields["review"]?.members else {
        satisfied.insert(rule.key.name)
        continue
      }
      let wanted = roles.all.map { "\($0.field) \($0.name)" }.joined(separator: " and ")
      reasons.append(
        Diagnostic(
          "approval.review_needed", "the rule '\(rule.key.name)' asks for the approval of \(wanted), and there is none",
          at: rule.location,
          hint: "approvals cannot be given yet; change the rule to 'review: none' in a commit of its own"))
    }
    if let first = unmatched.first {
      let others = Set(unmatched).count > 1 ? " and \(Set(unmatched).count - 1) more" : ""
      reasons.append(
        Diagnostic(
          "approval.no_rule", "no ApprovalRule speaks of \(first)\(others), so the change is denied",
          hint: "add an ApprovalRule for it in a commit of its own"))
    }
    return reasons
  }
}

extension Resource {
  /// Whether a Role or ApprovalRule speaks of a path; one without paths speaks of all.
  fileprivate func covers(_ path: String) -> Bool {
    guard let patterns = fields["paths"] else { return true }
    return patterns.list.contains { $0.text.map { PathPattern($0).matches(path) } ?? false }
  }

  /// Whether a Role or ApprovalRule speaks of a kind; `*` is for all, and for files that hold no resource.
  fileprivate func covers(kind: String) -> Bool {
    (fields["kinds"]?.list ?? []).contains { $0.text == "*" || $0.text == kind }
  }
}
