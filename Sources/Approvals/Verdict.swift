public import Diagnostics

/// Whether a change takes effect, with the reasons.
public enum Verdict: Sendable {
  case accepted(Acceptance)
  /// Every reason against it, each with what to do.
  case refused([Diagnostic])
}

public struct Acceptance: Hashable, Sendable {
  /// The names of the people who signed it, in byte order.
  public var authors: [String]
  /// The rules that it satisfied, in byte order.
  public var rules: [String]
  /// Whether it changes who may change what; then the policy version grows.
  public var isGovernance: Bool

  public init(authors: [String], rules: [String], isGovernance: Bool) {
    self.authors = authors
    self.rules = rules
    self.isGovernance = isGovernance
  }
}
