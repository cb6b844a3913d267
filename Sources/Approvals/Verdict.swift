public import Diagnostics
public import Operations

/// Whether a change takes effect, with the reasons.
public enum Verdict: Sendable {
  case accepted(Acceptance)
  /// Every reason against it, each with what to do.
  case refused([Diagnostic])
  /// It depends on what the change would do, and that was not worked out yet.
  case undecided

  public var isAccepted: Bool { if case .accepted = self { true } else { false } }
}

public struct Acceptance: Hashable, Sendable {
  /// A review that was left out in an emergency.
  public struct BrokenGlass: Hashable, Sendable {
    public var person: String
    public var reason: String
    /// The rules that were left out; a freeze window as `FreezeWindow/NAME`.
    public var rules: [String]

    /// Whether only a freeze was overridden: all who had to had approved it.
    public var isOverride: Bool { rules.allSatisfy { $0.hasPrefix(FreezeHold.keyPrefix) } }
  }

  /// The names of the people who signed it, in byte order.
  public var authors: [String]
  /// The rules that it satisfied, in byte order.
  public var rules: [String]
  /// Whether it changes who may change what; then the policy version grows.
  public var isGovernance: Bool
  /// Who had to approve it, and why.
  public var requirement = Requirement()
  /// The statements that it rests on, in the byte order of their ids.
  public var approvals: [SignedStatement] = []
  public var brokenGlass: [BrokenGlass] = []
  /// Everyone whose work it is, the signers among them, in byte order.
  public var everyone: [String] = []
  /// The roles whose review was left out, in byte order; where a freeze was overridden, those that may do so.
  public var owners: [String] = []
  /// What the change would do, by measure; nil where the verdict did not depend on it.
  public var impact: [String: Int64]?

  /// The names of those who approved it, in byte order.
  public var approvers: [String] {
    approvals.compactMap { try? $0.statement() }.filter { $0.kind == .approve }.map(\.person)
      .sorted { $0.isBytewiseLess(than: $1) }
  }

  public init(authors: [String], rules: [String], isGovernance: Bool) {
    self.authors = authors
    self.rules = rules
    self.isGovernance = isGovernance
  }

  /// What an audit record says of it. Members about reviews stand only where there was one, so that records of changes
  /// without any stay as they always were.
  public var json: [String: JSONValue] {
    func list(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
    var members: [String: JSONValue] = ["authors": list(authors), "rules": list(rules)]
    if !requirement.isEmpty { members["requirement"] = requirement.json }
    if !approvals.isEmpty { members["approvals"] = .array(approvals.map(\.json)) }
    if !brokenGlass.isEmpty {
      members["broken_glass"] = .array(
        brokenGlass.map {
          ["person": .string($0.person), "reason": .string($0.reason), "rules": list($0.rules)]
        })
    }
    if let impact { members["impact"] = .object(impact.mapValues { .integer($0) }) }
    return members
  }
}
