import Diagnostics

extension DesiredState {
  /// Roles for every kind that were to be limited by where resources stand. People, roles and rules may stand in any file,
  /// so that a path alone keeps nobody from them: whoever has such a role can write themselves a wider one.
  func roleCautions() -> [Diagnostic] {
    let governance = [Kind.person, .role, .approvalRule].flatMap { kind in
      names(of: kind).flatMap { resources[.init(kind, $0)] ?? [] }
    }
    return names(of: .role).flatMap { resources[.init(.role, $0)] ?? [] }.compactMap { role in
      guard let every = role.fields["kinds"]?.list.first(where: { $0.text == "*" }),
        // Who is meant to change them may change those that are there.
        !governance.contains(where: { role.covers($0.location.file) })
      else { return nil }
      return Diagnostic(
        "state.governance_reach",
        "\(role.key): with \"*\" it may also change people, roles and rules in the files of its paths, and give itself more",
        at: every.location, severity: .warning,
        hint:
          "name the kinds that it is for, for example [\(Kind.channel.rawValue), \(Kind.protection.rawValue)]; or let an"
          + " ApprovalRule without paths ask for a review of Person, Role and ApprovalRule")
    }
  }
}
