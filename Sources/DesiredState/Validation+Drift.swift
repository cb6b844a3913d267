import Diagnostics
import Operations

extension DesiredState {
  /// Rules that are about the same field of the same listings with equal rights. There are few, so this looks at every
  /// pair.
  func driftProblems() -> [Diagnostic] {
    let rules = names(of: .driftRule).flatMap { resources[.init(.driftRule, $0)] ?? [] }
      .sorted { $0.location < $1.location }
    return rules.indices.compactMap { index in
      let rule = rules[index]
      let other = rules[..<index].first { other in
        other.key != rule.key && other.fields["field"]?.text == rule.fields["field"]?.text
          && other.target == rule.target && other.targetRegion == rule.targetRegion
          && other.effective.isBounded == rule.effective.isBounded
          && other.effective.overlaps(rule.effective) && Self.shareChannels(other, rule)
      }
      return other.map { other in
        Diagnostic(
          "state.equally_specific", "\(rule.key) and \(other.key) match the same listings and are equally specific",
          at: rule.location,
          hint: "merge them, narrow one, name other channels, or give them windows that do not overlap",
          notes: [.init("the other one", at: other.location)])
      }
    }
  }

  /// Fields of a DriftRule that each are fine and together make no sense.
  func driftFieldProblems(_ rule: Resource) -> [Diagnostic] {
    var problems: [Diagnostic] = []
    let answer = rule.fields["answer"]?.text.flatMap(DriftAnswer.init(rawValue:))
    if answer == .accept, rule.effective.until == nil {
      problems.append(
        Diagnostic(
          "state.needs_window", "\(rule.key): 'accept' needs an end date, after which the difference is reported again",
          at: rule.fields["answer"]?.location ?? rule.location,
          hint: "add effective: {until: 2026-12-31T00:00:00Z}, or write answer: adopt"))
    }
    if answer == .adopt, rule.fields["field"]?.text == ListingField.units.rawValue {
      problems.append(
        Diagnostic(
          "state.not_in_git", "\(rule.key): units cannot be adopted, because quantities are never kept in git",
          at: rule.fields["answer"]?.location ?? rule.location,
          hint: "write answer: heal, report or accept, or limit the channel with max_publish"))
    }
    return problems + noChannelProblems(rule)
  }
}
