import DesiredState
import Operations

/// What becomes of what others changed on a channel, for a part of the catalogue.
struct DriftPolicy: Hashable, Sendable {
  struct Rule: Hashable, Sendable {
    var answer = DriftAnswer.report
    var delay = TimeSpan.hour
    /// When it ends; nil: never.
    var until: Instant?
    /// Nil where no rule says anything.
    var name: String?

    init() {}

    init(_ rule: Resource) {
      answer = rule.fields["answer"]?.text.flatMap(DriftAnswer.init(rawValue:)) ?? .report
      delay = rule.fields["delay"]?.span ?? .hour
      until = rule.effective.until
      name = rule.key.name
    }
  }

  /// What git says of the settings that channels show. A setting that git leaves open belongs to whoever sets it.
  var settings: [ListingField: Int64] = [:]
  var rules: [ListingField: Rule] = [:]

  func rule(of field: ListingField) -> Rule { rules[field] ?? Rule() }
}

extension PolicyResolver {
  func drift(of name: ChannelID, for part: CatalogPart) -> DriftPolicy {
    var policy = DriftPolicy()
    if let channel = state.effective(.init(.channel, name.rawValue), for: part, at: now) {
      for field in ListingField.allCases where field != .units {
        policy.settings[field] = channel[field.rawValue]?.integer
      }
    }
    // Also outside of its window, where it is to show nothing: what it shows then could be sold.
    for field in ListingField.allCases {
      policy.rules[field] = driftRule(of: field, on: name.rawValue, for: part).map(DriftPolicy.Rule.init)
    }
    return policy
  }

  /// The most specific rule.
  func driftRule(of field: ListingField, on channel: String, for part: CatalogPart) -> Resource? {
    current(.driftRule).filter { rule in
      rule.fields["field"]?.text == field.rawValue && rule.isAbout(part)
        && rule.fields["channels"]?.list.contains { $0.text?.isBytewiseEqual(to: channel) ?? false } ?? true
    }.max { $0.targetSpecificity < $1.targetSpecificity }
  }
}
