public import DesiredState
import Diagnostics
public import Operations

/// What becomes of a field that others changed on a channel, and the rule that says so.
public struct EffectiveDrift: Sendable {
  public var field: ListingField
  public var answer: DriftAnswer
  /// How late orders and observations may come, and how long the channel takes to show what it is told.
  public var delay: TimeSpan
  public var rule: Resource

  public var json: JSONValue {
    [
      "field": .string(field.rawValue), "answer": .string(answer.rawValue), "delay": .string(delay.description),
      "until": JSONValue(rule.effective.until?.description), "rule": .string(rule.key.description),
      "location": .string(rule.location.description),
    ]
  }
}

extension DesiredState {
  /// In the order of the fields' names; a field of which no rule speaks is only reported, and is left out.
  public func drift(of channel: String, for part: CatalogPart, at now: Instant) -> [EffectiveDrift] {
    let resolver = PolicyResolver(state: self, now: now)
    return ListingField.allCases.sorted().compactMap { field in
      guard let rule = resolver.driftRule(of: field, on: channel, for: part) else { return nil }
      let said = DriftPolicy.Rule(rule)
      return EffectiveDrift(field: field, answer: said.answer, delay: said.delay, rule: rule)
    }
  }
}
