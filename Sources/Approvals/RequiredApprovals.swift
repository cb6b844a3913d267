public import Operations

/// What the rules at the base of a change ask for before it may take effect, whoever has approved it already.
public struct RequiredApprovals: Hashable, Sendable {
  public var requirement: Requirement
  /// The paths with something in it that no rule speaks of, which denies the change; in their order.
  public var uncovered: [String]

  public init(requirement: Requirement, uncovered: [String]) {
    self.requirement = requirement
    self.uncovered = uncovered
  }

  /// - Parameters:
  ///   - change: one whose state has no errors.
  ///   - impact: what it would do, by measure.
  public init(_ change: Change, impact: [String: Int64]) {
    let matched = MatchedRules(
      change.rules(), change.alterations(), isRevert: change.isRevert, impact: .known(impact))
    self.init(requirement: matched.requirement, uncovered: matched.uncovered)
  }

  public var json: JSONValue {
    ["rules": requirement.json, "denied": .array(uncovered.map { .string($0) })]
  }
}
