import Diagnostics
import Operations

extension DesiredState {
  /// Release rules that nobody could satisfy: what they hold back would never leave.
  func releaseProblems() -> [Diagnostic] {
    names(of: .releaseRule).flatMap { resources[.init(.releaseRule, $0)] ?? [] }.compactMap { rule in
      guard let role = rule.fields["role"], let name = role.text else { return nil }
      let holders = resources[.init(.role, name)] ?? []
      guard !holders.isEmpty, holders.allSatisfy({ $0.fields["people"]?.list.isEmpty ?? true }) else { return nil }
      return Diagnostic(
        "state.nobody_releases", "\(rule.key): nobody has the role '\(name)', so no order can be released",
        at: role.location, hint: "give a Person the role, or use another role")
    }
  }

  /// Release rules for which the word of any system counts: who let an order go is a name in an event, which nobody signs.
  func releaseCautions() -> [Diagnostic] {
    let type = "order.released"
    let owners = names(of: .integration).flatMap { resources[.init(.integration, $0)] ?? [] }.filter { integration in
      integration.fields["owns"]?.list.contains { $0.text == type } ?? false
    }
    return names(of: .releaseRule).flatMap { resources[.init(.releaseRule, $0)] ?? [] }.compactMap { rule in
      guard !owners.contains(where: { $0.effective.covers(rule.effective) }) else { return nil }
      let when = owners.isEmpty ? "" : " for the whole time that the rule is in effect"
      return Diagnostic(
        "state.anyone_releases",
        "\(rule.key): no Integration owns '\(type)'\(when), so any system that sends events can release these orders in "
          + "anyone's name",
        at: rule.fields["role"]?.location ?? rule.location, severity: .warning,
        hint: "add it to the 'owns' of the one system that knows who has that role")
    }
  }
}
