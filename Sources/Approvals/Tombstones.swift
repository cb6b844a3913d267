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

extension [FileChange] {
  /// The change that takes this one back exactly.
  public var inverted: [FileChange] { map { FileChange(path: $0.path, old: $0.new, new: $0.old) } }

  /// Whether it takes back exactly what some changes did, one after the other: nothing else, and nothing half.
  /// - Parameter changes: in the order in which they took effect, with nothing in between that touched their files.
  public func isExactRevert(of changes: [[FileChange]]) -> Bool {
    guard !isEmpty else { return false }
    var net: [[UInt8]: FileChange] = [:]
    for file in changes.joined() {
      let path = [UInt8](file.path.utf8)
      guard let known = net[path] else {
        net[path] = file
        continue
      }
      // What somebody else wrote in between is not what these changes may take back.
      guard known.new == file.old else { return false }
      net[path] = FileChange(path: file.path, old: known.old, new: file.new)
    }
    return SHA256Digest(ofChange: inverted) == SHA256Digest(ofChange: net.values.filter { $0.old != $0.new })
  }
}
