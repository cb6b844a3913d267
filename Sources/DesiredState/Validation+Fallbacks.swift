import Diagnostics
import Operations

/// What must hold within a fallback rule and between two of them. There are few, so these checks look at all.
extension DesiredState {
  /// Plans look at ages once an hour: anything shorter would come and go between two looks.
  private static let shortestAge = TimeSpan.hour

  /// Fields of a FallbackRule that each are fine and together make no sense.
  func fallbackFieldProblems(_ rule: Resource) -> [Diagnostic] {
    guard let when = rule.fallbackTrigger, let then = rule.fallbackEffect else { return [] }
    return missingFields(rule, when, then) + strayFields(rule, when, then) + impossibleFields(rule, when, then)
  }

  private func missingFields(_ rule: Resource, _ when: FallbackTrigger, _ then: FallbackEffect) -> [Diagnostic] {
    var needed: [(name: String, by: String, hint: String)] = []
    switch when {
    case .staleFeed: needed.append(("max_age", "stale_feed", "add it, for example max_age: 26h"))
    case .carrierDisruption: needed.append(("carrier", "carrier_disruption", "add the carrier"))
    case .supplierUncertainty: needed.append(("below", "supplier_uncertainty", "add it, for example below: 70%"))
    case .nodeOutage: break
    }
    switch then {
    case .haircut: needed.append(("factor", "haircut", "add it, for example factor: 50%"))
    case .lastKnown: needed.append(("age_limit", "last_known", "add it, for example age_limit: 72h"))
    case .zero, .freeze: break
    }
    var problems = needed.filter { rule.fields[$0.name] == nil }.map { field in
      Diagnostic(
        "state.required", "\(rule.key): \(field.by) needs '\(field.name)'", at: rule.location, hint: field.hint)
    }
    if when == .carrierDisruption, rule.fields["node"] == nil, rule.fields["node_type"] == nil {
      problems.append(
        Diagnostic(
          "state.required", "\(rule.key): carrier_disruption needs 'node' or 'node_type'", at: rule.location,
          hint: "add the nodes that ship with the carrier"))
    }
    return problems
  }

  /// A field that says nothing here was meant to say something: the rule would not do what its author thinks.
  private func strayFields(_ rule: Resource, _ when: FallbackTrigger, _ then: FallbackEffect) -> [Diagnostic] {
    let isAboutNodes = when != .supplierUncertainty
    let belongs: [(String, Bool)] = [
      ("node", isAboutNodes), ("node_type", isAboutNodes), ("carrier", when == .carrierDisruption),
      ("supplier", !isAboutNodes), ("max_age", when == .staleFeed), ("below", !isAboutNodes),
      ("active", when.isDeclared), ("factor", then == .haircut), ("age_limit", then == .lastKnown),
    ]
    return belongs.compactMap { name, belongs in
      guard !belongs, let field = rule.fields[name] else { return nil }
      return Diagnostic(
        "state.says_nothing", "\(rule.key): '\(name)' has no effect with \(when.rawValue) and \(then.rawValue)",
        at: field.location, hint: "remove it, or choose another 'when' or 'then'")
    }
  }

  private func impossibleFields(_ rule: Resource, _ when: FallbackTrigger, _ then: FallbackEffect) -> [Diagnostic] {
    var problems: [Diagnostic] = []
    func report(_ id: String, _ message: String, _ hint: String, at field: Field?) {
      problems.append(
        Diagnostic("state.\(id)", "\(rule.key): \(message)", at: field?.location ?? rule.location, hint: hint))
    }
    let fields = rule.fields
    if fields["node"] != nil, fields["node_type"] != nil {
      report("one_of", "'node' and 'node_type' cannot be combined", "keep one of them", at: fields["node_type"])
    }
    for name in ["max_age", "age_limit"] {
      guard let age = fields[name]?.span, age < Self.shortestAge else { continue }
      report(
        "too_short", "'\(name)' is shorter than an hour, but ages are checked every hour", "try 1h", at: fields[name])
    }
    if when == .staleFeed, let limit = fields["age_limit"]?.span, let age = fields["max_age"]?.span, limit <= age {
      report(
        "never_holds", "the last known stock counts up to \(limit), but the rule applies only from \(age) on",
        "make age_limit longer than max_age, or write then: zero", at: fields["age_limit"])
    }
    if when == .supplierUncertainty, then == .lastKnown || then == .freeze {
      report(
        "never_holds", "\(then.rawValue) is for stock at nodes, but these goods have not arrived yet",
        "write then: zero or then: haircut", at: fields["then"])
    }
    if fields["below"]?.rate?.partsPerMillion == 0 {
      report("never_holds", "no confidence is below 0%", "try 70%", at: fields["below"])
    }
    return problems
  }

  /// Two rules that hold at the same time for the same target and begin at the same point contradict each other. Rules
  /// for a node and for its type, or that begin at another age, do not: the stricter one wins.
  func fallbackProblems() -> [Diagnostic] {
    var seen: [String: [Resource]] = [:]
    var problems: [Diagnostic] = []
    for name in names(of: .fallbackRule) {
      for rule in resources[.init(.fallbackRule, name)] ?? [] {
        guard let when = rule.fallbackTrigger, !when.isDeclared || rule.fields["active"]?.bool == true else { continue }
        let point = ["when", "node", "node_type", "carrier", "supplier", "max_age", "below"].map {
          rule.fields[$0]?.description ?? "-"
        }
        let key = (point + [rule.effective.isBounded ? "for a time" : "always"]).joined(separator: "|")
        if let other = seen[key]?.first(where: { $0.key != rule.key && $0.effective.overlaps(rule.effective) }) {
          problems.append(
            Diagnostic(
              "state.equally_specific", "\(rule.key) and \(other.key) cover the same \(when.rawValue)",
              at: rule.location, hint: "merge them, or give them windows that do not overlap",
              notes: [.init("the other one", at: other.location)]))
        }
        seen[key, default: []].append(rule)
      }
    }
    return problems
  }
}

extension Resource {
  var fallbackTrigger: FallbackTrigger? { fields["when"]?.text.flatMap(FallbackTrigger.init(rawValue:)) }
  var fallbackEffect: FallbackEffect? { fields["then"]?.text.flatMap(FallbackEffect.init(rawValue:)) }
}
