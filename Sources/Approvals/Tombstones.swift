public import Digest

/// Changes that were taken back and have not come again since. Automation must not bring them back by itself: that would
/// fight with the people who took them back.
///
/// Derived from the history alone, so that everyone who has it finds the same. A commit takes a change back by saying so
/// (`This reverts commit …`): automation that lowers a cap each night and raises it each morning takes nothing back. A change
/// that takes effect again was wanted again.
public struct Tombstones: Hashable, Sendable {
  /// By the digest of the change: the commit that took it back.
  private var takenBack: [SHA256Digest: String] = [:]

  public init() {}

  public var isEmpty: Bool { takenBack.isEmpty }

  /// Goes one commit further along the history.
  /// - Parameters:
  ///   - change: the digest of what the commit changed against its first parent.
  ///   - reverting: the digests of the changes that it says it takes back.
  public mutating func add(_ commit: String, _ change: SHA256Digest, reverting: [SHA256Digest]) {
    takenBack[change] = nil
    for reverted in reverting where reverted != change { takenBack[reverted] = commit }
  }

  /// The commit that took a change back; nil for one that was not, or that took effect again since.
  public func commit(takingBack change: SHA256Digest) -> String? { takenBack[change] }
}
