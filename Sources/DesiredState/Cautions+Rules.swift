import Diagnostics

/// Rules that are allowed and can never speak of anything, as warnings: what they were to guard is not guarded.
extension DesiredState {
  func ruleCautions() -> [Diagnostic] {
    let rules = [Kind.approvalRule, .freezeWindow].flatMap { kind in
      names(of: kind).flatMap { resources[.init(kind, $0)] ?? [] }
    }
    guard !rules.isEmpty else { return [] }
    let able = approvers().values.reduce(into: Set<String>()) { $0.formUnion($1) }
    return rules.flatMap { emptyLists($0) + unknownNames($0) + idleRole($0, able) + unreviewedReverts($0) }
  }

  /// Fewer people may do for a revert, and never nobody.
  private func unreviewedReverts(_ rule: Resource) -> [Diagnostic] {
    guard let reverts = rule.fields["reverts"], rule.fields["review"]?.members == nil else { return [] }
    return [
      caution(
        rule,
        "a rule for reverts needs a review; without one it allows nothing",
        "add who must approve, for example {ROLE: 1}", at: reverts)
    ]
  }

  private func caution(_ rule: Resource, _ message: String, _ hint: String, at field: Field) -> Diagnostic {
    Diagnostic(
      "state.no_effect", "\(rule.key): \(message)", at: field.location, severity: .warning, hint: hint)
  }

  private func emptyLists(_ rule: Resource) -> [Diagnostic] {
    ["kinds", "paths", "fields", "names"].compactMap { name in
      guard let field = rule.fields[name], field.list.isEmpty else { return nil }
      return caution(
        rule, "it matches nothing, because '\(name)' is empty",
        name == "kinds" ? "list the kinds, or \"*\" for all" : "omit the field for all of them", at: field)
    }
  }

  /// Rules are written before what they guard, at times: no error.
  private func unknownNames(_ rule: Resource) -> [Diagnostic] {
    let kinds = Kind.allCases.filter { rule.covers(kind: $0.rawValue) }
    return (rule.fields["names"]?.list ?? []).compactMap { field in
      guard let name = field.text, !kinds.isEmpty, !kinds.contains(where: { contains($0, name) }) else { return nil }
      return caution(
        rule, "no resource of its kinds has the name '\(name)'",
        didYouMean(name, among: kinds.flatMap { names(of: $0) })
          ?? "correct the name, or add the resource in a separate commit", at: field)
    }
  }

  /// A way out of a review or a freeze that nobody can take.
  private func idleRole(_ rule: Resource, _ able: Set<String>) -> [Diagnostic] {
    ["break_glass", "override"].compactMap { name in
      guard let field = rule.fields[name]?.members?["role"], let role = field.text, contains(.role, role),
        !able.contains(role)
      else { return nil }
      return caution(
        rule, "nobody can use '\(name)': no person with a key has the role '\(role)'",
        "give the role to someone, or use another role", at: field)
    }
  }
}
