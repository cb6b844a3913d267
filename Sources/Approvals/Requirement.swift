public import DesiredState
public import Diagnostics
public import Operations

/// Who must approve a change, and why.
public struct Requirement: Hashable, Sendable {
  /// What one rule asks for.
  public struct Demand: Hashable, Sendable {
    public var rule: String
    public var slots: RoleSlots
    /// What of the change it is about, and how much of it there is: `cap of Channel/web, and 12 orders_losing (10)`.
    public var reason: String
    public var location: SourceLocation
    /// The role that may break the glass, and how long that counts.
    public var glass: Glass?
  }

  public struct Glass: Hashable, Sendable {
    public var role: String
    public var validFor: TimeSpan
  }

  /// In byte order of the rules' names. All must be met.
  public private(set) var demands: [Demand] = []
  /// How far today's impact may exceed what was approved: the least that a rule allows.
  public private(set) var tolerance = Rate.all
  /// How long an approval counts at most: the shortest time that a rule gives; nil for as long as it says itself.
  public private(set) var validFor: TimeSpan?
  /// Whether a rule asks because of the impact: then an approval that names none counts for nothing.
  public private(set) var isAboutImpact = false

  init() {}

  mutating func add(_ rule: ReviewRule, because reason: String) {
    demands.append(
      Demand(
        rule: rule.name, slots: rule.slots, reason: reason, location: rule.resource.location,
        glass: rule.breakGlass.map { Glass(role: $0.role, validFor: $0.validFor) }))
    tolerance = min(tolerance, rule.tolerance)
    if let span = rule.validFor { validFor = min(validFor ?? span, span) }
    if !rule.figures.isEmpty { isAboutImpact = true }
  }

  public var isEmpty: Bool { demands.isEmpty }

  /// The people needed to meet all demands: who fills a place fills it for each of them.
  public var slots: RoleSlots { demands.reduce(into: RoleSlots()) { $0.formUnion($1.slots) } }

  /// The roles that may leave out some of it.
  var glassRoles: Set<String> { Set(demands.compactMap { $0.glass?.role }) }

  /// In words, a line for each rule.
  public var lines: [String] {
    demands.map { "\($0.slots) by the rule '\($0.rule)': \($0.reason)" }
  }

  public var json: JSONValue {
    .array(
      demands.map {
        [
          "rule": .string($0.rule), "review": .object($0.slots.counts.mapValues { .integer(Int64($0)) }),
          "reason": .string($0.reason),
        ]
      })
  }
}

/// The rules that speak of a change, as far as its impact is known.
struct MatchedRules {
  var requirement = Requirement()
  /// In byte order.
  var names: [String] = []
  /// The paths with something in it that no rule lets through, in their order.
  var uncovered: [String] = []

  /// - Parameter isRevert: whether the change takes back one change and nothing else; rules for reverts then decide alone
  ///   about what they speak of. They ask for fewer people and never for none.
  init(_ rules: [ReviewRule], _ parts: [Alteration], isRevert: Bool, impact: AssumedImpact) {
    let lane = isRevert ? rules.filter { $0.isForReverts && $0.asks } : []
    let others = rules.filter { !$0.isForReverts }
    func isLet(_ part: Alteration, by rules: [ReviewRule]) -> Bool {
      // What a large impact asks for is asked for on top: it lets nothing through that a small one would not.
      rules.contains { $0.figures.isEmpty && $0.match(part) >= ($0.asks ? .maybe : .yes) }
    }
    let quick = parts.filter { isLet($0, by: lane) }
    let rest = parts.filter { !isLet($0, by: lane) }
    for part in rest where !part.isElsewhere && !isLet(part, by: others) && uncovered.last != part.path {
      uncovered.append(part.path)
    }
    for (rules, parts) in [(lane, quick), (others, rest)] {
      for rule in rules where rule.isReached(by: impact) {
        let isMatch = { (part: Alteration) in
          rule.asks ? rule.match(part) >= .maybe : !part.isElsewhere && rule.match(part) == .yes
        }
        guard let part = parts.first(where: isMatch) else { continue }
        names.append(rule.name)
        if rule.asks { requirement.add(rule, because: part.words + Self.figures(rule, impact)) }
      }
    }
    names.sort { $0.isBytewiseLess(than: $1) }
    requirement.sort()
  }

  private static func figures(_ rule: ReviewRule, _ impact: AssumedImpact) -> String {
    guard case .known(let measures) = impact else { return "" }
    return rule.figures.sorted { $0.key < $1.key }.filter { measures[$0.key, default: 0] >= $0.value }
      .map { ", and \(measures[$0.key, default: 0]) \($0.key) (threshold \($0.value))" }.joined()
  }
}

extension Requirement {
  mutating func sort() { demands.sort { $0.rule.isBytewiseLess(than: $1.rule) } }

  /// The demands that nobody's broken glass takes away.
  func keeping(_ isKept: (Demand) -> Bool) -> Requirement {
    var copy = self
    copy.demands = demands.filter(isKept)
    return copy
  }
}
