import DesiredState
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
  ///   - formerTrees: what was in force before: a change that brings it back may have rules of its own.
  public init(_ change: Change, impact: [String: Int64], formerTrees: FormerTrees) {
    let matched = MatchedRules(
      change.rules(), change.alterations(), isRevert: change.isRevert(formerTrees), impact: .known(impact))
    self.init(requirement: matched.requirement, uncovered: matched.uncovered)
  }

  public var json: JSONValue {
    ["rules": requirement.json, "denied": .array(uncovered.map { .string($0) })]
  }
}

extension Change {
  /// Whether it brings back exactly what was in force before.
  func isRevert(_ former: FormerTrees) -> Bool {
    commits.last.map { former.trees.contains($0.tree) } ?? false
      && !resources().contains { $0.key.kind.isGovernance }
  }
}
