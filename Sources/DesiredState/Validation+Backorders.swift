import Diagnostics
import Operations

extension DesiredState {
  /// Rules that are about the same orders with equal rights. There are few, so this looks at every pair.
  func backorderProblems() -> [Diagnostic] {
    let rules = names(of: .backorderRule).flatMap { resources[.init(.backorderRule, $0)] ?? [] }
      .sorted { $0.location < $1.location }
    return rules.indices.compactMap { index in
      let rule = rules[index]
      let other = rules[..<index].first { other in
        other.key != rule.key && other.target == rule.target
          && other.targetRegion == rule.targetRegion && other.effective.isBounded == rule.effective.isBounded
          && other.effective.overlaps(rule.effective) && Self.shareChannels(other, rule)
      }
      return other.map { other in
        Diagnostic(
          "state.equally_specific", "\(rule.key) and \(other.key) match the same orders and are equally specific",
          at: rule.location,
          hint: "merge them, narrow one, name other channels, or give them windows that do not overlap",
          notes: [.init("the other one", at: other.location)])
      }
    }
  }

  /// A rule that names channels goes before one that names none.
  static func shareChannels(_ left: Resource, _ right: Resource) -> Bool {
    guard let first = left.fields["channels"]?.list, let second = right.fields["channels"]?.list else {
      return left.fields["channels"] == nil && right.fields["channels"] == nil
    }
    let names = Set(first.compactMap(\.text))
    return second.contains { $0.text.map(names.contains) ?? false }
  }

  /// A rule that is about no channel at all.
  func noChannelProblems(_ rule: Resource) -> [Diagnostic] {
    guard let channels = rule.fields["channels"], channels.list.isEmpty else { return [] }
    return [
      Diagnostic(
        "state.no_channels", "\(rule.key): 'channels' is empty", at: channels.location,
        hint: "add one, or omit the field for all channels")
    ]
  }
}
