import DesiredState
import Diagnostics

/// A resource that a change touches, and where it stands.
typealias ChangedResource = (key: Resource.Key, paths: Set<String>)

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
          hint: Self.apart(governance, changed)))
    }
    if !governance.isEmpty, !after.hasKeeper {
      reasons.append(
        Diagnostic(
          "approval.locks_out", "after this change nobody could ever change again who may change what",
          hint: "keep a Person with a key, with roles that cover Person, Role and ApprovalRule in every file where they"
            + " stand, and an ApprovalRule without review for each of them"))
    }
    for author in authors.sorted() { reasons += missingRoles(of: author, changed) }
    reasons += tombstoneReasons(authors)
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
          hint: "commit the change again, signed (git config gpg.format ssh; git config user.signingkey FILE.pub):"
            + Recovery.line(Recovery.again)))
    case .broken:
      return .failure(
        Diagnostic(
          "approval.bad_signature", "the signature of commit \(commit.short) does not fit it",
          hint: "commit the change again, signed with an Ed25519 key:" + Recovery.line(Recovery.again)))
    case .unreadable(let message):
      return .failure(CommitFacts.unreadableReason(commit.id, message))
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
            hint: "let someone whose role covers Person add the key in a commit of its own, or sign with a key that"
              + " is known:" + Recovery.line(Recovery.again)))
      }
      return .failure(
        Diagnostic(
          "approval.shared_key", "the key of commit \(commit.short) belongs to \(owners.joined(separator: " and "))",
          hint: "give each person a key of their own in a commit that someone else signs, and commit the change again"))
    }
  }

  /// How a mixed change becomes two.
  private static func apart(_ governance: [ChangedResource], _ all: [ChangedResource]) -> String {
    let files = governance.reduce(into: Set<String>()) { $0.formUnion($1.paths) }
    let others = all.filter { !$0.key.kind.isGovernance }.reduce(into: Set<String>()) { $0.formUnion($1.paths) }
    if let both = files.intersection(others).min() {
      return "commit what you changed of Person, Role, ApprovalRule and Repository first and alone, and the rest after"
        + " it; both stand in \(both)"
    }
    return "make two commits:"
      + Recovery.line(Recovery.redo(files.sorted(), "Who may change what") + " && " + Recovery.again)
  }

  /// Keys are compared without their comment.
  private static func isSame(_ written: String, _ key: String) -> Bool {
    written.split(separator: " ").prefix(2).joined(separator: " ") == key
  }

  private func missingRoles(
    of author: String, _ changed: [ChangedResource]
  ) -> [Diagnostic] {
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
        hint: "let someone with a role for it sign the change, or extend a Role in a commit of its own before:"
          + Recovery.line(Recovery.again))
    ]
  }

  /// The kinds that a change of a file is about: those of the resources that it changes there; where it changes none (a
  /// comment), those of all that stand there; and `*` for a file that holds no resource.
  private func kinds(in path: String, _ changed: [ChangedResource]) -> Set<String> {
    let here = Set(changed.filter { $0.paths.contains(path) }.map(\.key.kind.rawValue))
    guard here.isEmpty else { return here }
    let standing = [before, after].flatMap { $0.resources.values.joined() }.filter { $0.location.file == path }
    return standing.isEmpty ? ["*"] : Set(standing.map(\.key.kind.rawValue))
  }

  /// Every rule that matches must hold, and something must match: a change that no rule speaks of is denied.
  private func unmetRules(
    _ changed: [ChangedResource], satisfied: inout Set<String>
  ) -> [Diagnostic] {
    guard !changed.isEmpty || !paths.isEmpty else { return [] }
    var reasons: [Diagnostic] = []
    var unmatched: [String] = []
    var matched = Set<String>()
    let rules = before.all(.approvalRule)
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
          hint: "add an ApprovalRule for it in a commit of its own, and commit the change again:"
            + Recovery.line(Recovery.again)))
    }
    return reasons
  }
}
