import DesiredState
import Diagnostics
import Operations

/// An ApprovalRule, read once for many questions.
struct ReviewRule {
  /// Whether a rule speaks of a part of a change. What cannot be known counts against the change: a rule that asks for a
  /// review then asks for it, and one that asks for none lets nothing through.
  enum Match: Int, Comparable {
    case no, maybe, yes
    static func < (left: Match, right: Match) -> Bool { left.rawValue < right.rawValue }
  }

  let resource: Resource
  /// Empty for `review: none`.
  let slots: RoleSlots
  /// The figures of which today's impact must reach one; empty where the impact does not matter.
  let figures: [String: Int64]
  let tolerance: Rate
  let validFor: TimeSpan?
  let breakGlass: (role: String, validFor: TimeSpan)?
  /// Whether it is for exact reverts alone.
  let isForReverts: Bool
  private let fields: Set<String>?
  private let names: Set<String>?
  private let scope: Scope?
  private let direction: NumberStep.Direction?
  private let atLeast: Rate?
  private let units: Int64?

  var name: String { resource.key.name }
  var asks: Bool { !slots.isEmpty }

  init(_ rule: Resource) {
    resource = rule
    slots = RoleSlots(review: rule.fields["review"])
    func texts(_ name: String) -> Set<String>? { rule.fields[name].map { Set($0.list.compactMap(\.text)) } }
    fields = texts("fields")
    names = texts("names")
    scope = rule.fields["scope"]?.members.map { Scope($0) }
    direction = rule.fields["direction"]?.text.flatMap(NumberStep.Direction.init(rawValue:))
    atLeast = rule.fields["at_least"]?.rate
    units = rule.fields["units"]?.integer
    var figures: [String: Int64] = [:]
    for figure in rule.fields["impact"]?.members?.all ?? [] { figures[figure.name] = figure.field.integer }
    self.figures = figures
    tolerance = rule.fields["tolerance"]?.rate ?? .none
    validFor = rule.fields["valid_for"]?.span
    let glass = rule.fields["break_glass"]?.members
    breakGlass = glass.flatMap { glass in
      guard let role = glass["role"]?.text, let span = glass["for"]?.span else { return nil }
      return (role, span)
    }
    isForReverts = rule.fields["reverts"] != nil
  }

  func match(_ part: Alteration) -> Match {
    guard resource.covers(part.path), resource.covers(kind: part.kind) else { return .no }
    if part.isUnknown { return resource.isNarrowed ? .maybe : .yes }
    if let names, part.name.map({ !names.contains($0) }) ?? true { return .no }
    if let fields, part.field.map({ !fields.contains($0) }) ?? true { return .no }
    return min(scopeMatch(part), stepMatch(part))
  }

  private func scopeMatch(_ part: Alteration) -> Match {
    guard let scope else { return .yes }
    if part.scopes.contains(scope) { return part.scopes.count == 1 ? .yes : .maybe }
    // Whether an item is of a class or a brand, only the catalogue says.
    return part.scopes.contains { $0.specificity > scope.specificity } ? .maybe : .no
  }

  private func stepMatch(_ part: Alteration) -> Match {
    guard direction != nil || atLeast != nil || units != nil else { return .yes }
    let matches = part.steps.map(match)
    guard let most = matches.max(), most > .no else { return .no }
    return matches.allSatisfy { $0 == .yes } ? .yes : .maybe
  }

  private func match(_ step: NumberStep) -> Match {
    guard case .moved(let way, let share, let distance) = step else { return .maybe }
    if let direction, direction != way { return .no }
    if let atLeast, let share, share < atLeast.partsPerMillion { return .no }
    guard let units else { return .yes }
    // How many units a share, a rank or a time makes, nobody can say.
    guard let distance else { return .maybe }
    return distance < units ? .no : .yes
  }

  /// Whether an impact is so large that the rule speaks of it.
  func isReached(by impact: AssumedImpact) -> Bool {
    if figures.isEmpty { return true }
    return switch impact {
    case .least: false
    case .most: true
    case .known(let measures): figures.contains { measures[$0.key, default: 0] >= $0.value }
    }
  }
}

/// What is taken for the impact of a change. The least and the most that it could be decide most changes without a plan.
enum AssumedImpact {
  case least
  case known([String: Int64])
  case most
}

extension Change {
  func rules() -> [ReviewRule] { before.all(.approvalRule).map(ReviewRule.init) }
}
