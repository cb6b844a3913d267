public import Diagnostics
public import Git
public import Operations

/// What a verification has seen: how much holds, and the first link that does not.
public struct VerificationReport: Sendable {
  /// Audit commits and records that hold, from the first on.
  public var commits = 0
  public var records = 0
  /// Policy commits that took effect and were judged again from git, the trust root among them.
  public var policyCommits = 0
  public var trustRoot: String?
  /// The last audit commit that holds.
  public var head: ObjectID?
  public var ledger = LedgerCheckpoint.empty
  /// Of them, those that an earlier verification had seen; 0 where it began anew.
  public var knownCommits = 0
  public var knownRecords = 0
  /// From where the next verification may go on; nil where something does not hold, or no policy is in force yet.
  public var point: VerifiedPoint?
  /// At most one broken link of the trail, which ends the walk; then what a store contradicts.
  public var problems: [Diagnostic] = []
  /// What of a store was held against the plans in the records.
  public var compared: [Comparison] = []
  /// What could not be checked with what is at hand, in words.
  public var unseen: [String] = []
  /// What stands in the log of approvals and can count for nothing, though it may have been written as it should be.
  public var uncounted: [Diagnostic] = []

  public var isGood: Bool { !problems.hasErrors }
}

/// A link that does not hold: what was expected, and what is there.
struct BrokenLink: Error {
  var id: String
  var record: Int64?
  var message: String

  init(_ id: String, record: Int64? = nil, _ message: String) {
    self.id = id
    self.record = record
    self.message = message
  }

  func diagnostic(in commit: ObjectID) -> Diagnostic {
    let place = record.map { ", record \($0)" } ?? ""
    return Diagnostic(
      "audit.\(id)", "audit commit \(commit)\(place): \(message)",
      hint: "everything before it is valid; compare with another clone, or with the store that wrote it (--store)")
  }
}
