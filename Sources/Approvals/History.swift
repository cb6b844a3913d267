public import Diagnostics
public import Operations

/// One commit that took effect.
public struct AcceptedCommit: Hashable, Sendable {
  public var commit: CommitFacts
  public var acceptance: Acceptance
  /// The policy version that holds with it.
  public var version: Int64

  public init(commit: CommitFacts, acceptance: Acceptance, version: Int64) {
    self.commit = commit
    self.acceptance = acceptance
    self.version = version
  }
}

/// A head that does not take effect, and why.
public struct RefusedHead: Sendable {
  public var commit: CommitFacts
  public var reasons: [Diagnostic]

  public init(commit: CommitFacts, reasons: [Diagnostic]) {
    self.commit = commit
    self.reasons = reasons
  }
}

/// How far the policy may move along a branch.
public struct Judgement: Sendable {
  /// The last commit that takes effect: the pin itself when nothing new does.
  public var pin: PolicyPin
  /// Oldest first.
  public var accepted: [AcceptedCommit]
  public var refused: RefusedHead?

  public init(pin: PolicyPin, accepted: [AcceptedCommit], refused: RefusedHead? = nil) {
    self.pin = pin
    self.accepted = accepted
    self.refused = refused
  }
}

extension Judgement {
  /// Judges the commits that came after `pin`, in order.
  ///
  /// A commit that is refused holds up the policy until a later commit puts the series right: each commit after it is
  /// tried as the end of one net change from what is in force, with the signers of the whole series as its authors, and
  /// judging goes on from the first that may take effect. One that brings back the tree in force (a revert) always may.
  /// So the answer is the same wherever between two commits the branch was looked at. Where nothing puts the series
  /// right, its first commit is refused, for its own reasons.
  /// - Parameters:
  ///   - line: the first-parent commits after the pin, oldest first.
  ///   - change: the change from one commit to another, brought by some commits.
  public init(
    pin: PolicyPin, line: [CommitFacts],
    change: (_ from: String, _ to: String, _ commits: [CommitFacts]) throws -> Change
  ) rethrows {
    self.init(pin: pin, accepted: [])
    var rest = line[...]
    while let first = rest.first {
      switch try self.pin.next(in: rest, change: change) {
      case .end(let index, let acceptance):
        accept(line[index], acceptance)
        rest = line[(index + 1)...]
      case .none(let reasons):
        refused = RefusedHead(commit: first, reasons: reasons.map { $0.leadingBack(to: self.pin) })
        return
      }
    }
  }

  private mutating func accept(_ commit: CommitFacts, _ acceptance: Acceptance) {
    pin = PolicyPin(commit: commit.id, tree: commit.tree, version: pin.version + (acceptance.isGovernance ? 1 : 0))
    accepted.append(AcceptedCommit(commit: commit, acceptance: acceptance, version: pin.version))
  }
}

/// Where the next change from a pin ends.
private enum NextChange {
  case end(Int, Acceptance)
  /// Nowhere, for the reasons against the first commit.
  case none([Diagnostic])
}

extension PolicyPin {
  fileprivate func next(
    in rest: ArraySlice<CommitFacts>, change: (String, String, [CommitFacts]) throws -> Change
  ) rethrows -> NextChange {
    var first: [Diagnostic] = []
    var onlyARevertHelps = false
    for index in rest.indices {
      let end = rest[index]
      if end.tree == tree { return .end(index, Acceptance(authors: [], rules: [], isGovernance: false)) }
      if onlyARevertHelps { continue }
      switch try change(commit, end.id, Array(rest[...index])).verdict() {
      case .accepted(let acceptance): return .end(index, acceptance)
      case .refused(let reasons):
        if index == rest.startIndex { first = reasons }
        onlyARevertHelps = reasons.contains { Self.authorReasons.contains($0.id) }
      }
    }
    return .none(first)
  }

  /// Reasons that stay with a series whatever is added to it: one of its authors is nobody who may sign.
  private static let authorReasons: Set = [
    "approval.unsigned", "approval.bad_signature", "approval.unknown_key", "approval.shared_key",
  ]
}
