public import Operations

/// What is taken to have happened, to see what the rules would do: nothing of it is so.
public struct Drill: Hashable, Sendable {
  /// The rules that are taken to hold.
  public var rules: Set<String>
  /// The only node or supplier that they are taken to hold for; nil: all that they are about.
  public var target: FallbackTarget?

  public init(rules: Set<String>, target: FallbackTarget? = nil) {
    self.rules = rules
    self.target = target
  }

  func triggers(_ rule: FallbackPolicy, _ target: FallbackTarget) -> Bool {
    rules.contains(rule.name) && self.target ?? target == target
  }
}
