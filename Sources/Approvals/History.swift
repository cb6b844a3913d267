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
  /// After a refusal the net change up to the head is judged with all signers as its authors, so that a series can be
  /// put right by more commits. Where a later commit brings the tree back to what is in force (a revert), the policy
  /// moves there and judging goes on from it.
  /// - Parameters:
  ///   - line: the first-parent commits after the pin, oldest first.
  ///   - change: the change from one commit to another, brought by some commits.
  public init(
    pin: PolicyPin, line: [CommitFacts],
    change: (_ from: String, _ to: String, _ commits: [CommitFacts]) throws -> Change
  ) rethrows {
    self.init(pin: pin, accepted: [])
    var index = 0
    while index < line.count {
      let commit = line[index]
      if commit.tree == self.pin.tree {
        accept(commit, Acceptance(authors: [], rules: [], isGovernance: false))
        index += 1
        continue
      }
      switch try change(self.pin.commit, commit.id, [commit]).verdict() {
      case .accepted(let acceptance):
        accept(commit, acceptance)
        index += 1
      case .refused(let reasons):
        let rest = line[index...]
        if let back = rest.lastIndex(where: { $0.tree == self.pin.tree }) {
          index = back
          continue
        }
        guard let head = rest.last, rest.count > 1 else {
          refused = RefusedHead(commit: commit, reasons: reasons)
          return
        }
        switch try change(self.pin.commit, head.id, Array(rest)).verdict() {
        case .accepted(let acceptance): accept(head, acceptance)
        case .refused(let reasons): refused = RefusedHead(commit: head, reasons: reasons)
        }
        return
      }
    }
  }

  private mutating func accept(_ commit: CommitFacts, _ acceptance: Acceptance) {
    pin = PolicyPin(commit: commit.id, tree: commit.tree, version: pin.version + (acceptance.isGovernance ? 1 : 0))
    accepted.append(AcceptedCommit(commit: commit, acceptance: acceptance, version: pin.version))
  }
}
