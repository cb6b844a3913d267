import Diagnostics

extension DesiredState {
  /// Release rules that nobody could satisfy: what they hold back would never leave.
  func releaseProblems() -> [Diagnostic] {
    names(of: .releaseRule).flatMap { resources[.init(.releaseRule, $0)] ?? [] }.compactMap { rule in
      guard let role = rule.fields["role"], let name = role.text else { return nil }
      let holders = resources[.init(.role, name)] ?? []
      guard !holders.isEmpty, holders.allSatisfy({ $0.fields["people"]?.list.isEmpty ?? true }) else { return nil }
      return Diagnostic(
        "state.nobody_releases", "\(rule.key): nobody has the role '\(name)', so no order could be let go",
        at: role.location, hint: "give a Person the role, or name another role")
    }
  }
}
