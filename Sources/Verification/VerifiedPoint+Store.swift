import Approvals
import DesiredState
public import Digest
public import Operations

// What a store would say that has carried out everything up to a point, but for quantities, which are not in git.
extension VerifiedPoint {
  /// The policy in force.
  public var policy: PolicyPin { pin }

  /// What was in force before it, change by change.
  public var formerPolicies: FormerTrees { formerTrees }

  /// The number and the hash of the last record.
  public var lastRecord: (sequence: Int64, hash: SHA256Digest) { (chain.last, chain.hash) }

  /// What waits for people.
  public var openHolds: HoldBook { holds.holds }

  /// Everyone whose work is in what waits, in byte order.
  public var authors: [String] { holds.authors.sorted { $0.isBytewiseLess(than: $1) } }

  /// Changes that took effect without their review, and that nobody has looked at yet.
  public var reviewCases: [ReviewCase] { holds.cases }

  /// What the plans of the last hour under limits have changed; nil where that is nothing, or cannot be told.
  public var spent: HourlyRadius? { holds.spending.flatMap { $0.radius == BlastRadius() ? nil : $0 } }
}

extension PolicyHistory {
  /// The key that signs audit commits after a point; nil where the policy names none.
  /// - Throws: what reading the policy throws.
  public func auditKey(after point: VerifiedPoint) throws -> PublicKey? { try auditKey(at: point.pin) }

  /// The key that a policy names for the daemon.
  public func auditKey(at pin: PolicyPin) throws -> PublicKey? { try desiredState(at: pin).auditKey }
}
