public import DesiredState
import Digest
import Operations

/// Which changes rules for reverts speak of: those that take back one change that took effect, whole and alone.
extension Change {
  /// Whether it is exactly the inverse of one of the last changes, none of whose files anybody has changed since.
  ///
  /// Two changes taken back at once, a part of one, a revert with an edit beside it, one that brings old values over newer
  /// ones, and the revert of a revert are changes like any other. So is whatever touches a file in which people, roles,
  /// rules or the repository's settings stand.
  var isRevert: Bool {
    guard let index = recent.lastIndex(where: { Self.meet($0, files) }), recent.count - index <= FormerTrees.reach,
      isInverse(of: recent[index]), !isOfGovernance
    else { return false }
    // What was taken back is brought again in the usual way, whatever came in between.
    let taken = Self.digest(takingBack: recent[index])
    return !recent[..<index].contains { SHA256Digest(ofChange: $0) == taken }
  }

  private func isInverse(of other: [FileChange]) -> Bool { digest == Self.digest(takingBack: other) }

  private static func digest(takingBack files: [FileChange]) -> SHA256Digest {
    SHA256Digest(ofChange: files.map { FileChange(path: $0.path, old: $0.new, new: $0.old) })
  }

  private static func meet(_ one: [FileChange], _ other: [FileChange]) -> Bool {
    !Set(one.map(\.path)).isDisjoint(with: other.map(\.path))
  }

  private var isOfGovernance: Bool {
    let changed = resources()
    return changed.contains { $0.key.kind.isGovernance }
      || paths.contains { path in
        kinds(in: path, []).union(kinds(in: path, changed)).contains { Kind(rawValue: $0)?.isGovernance == true }
      }
  }
}

extension DesiredState {
  /// Whether a rule speaks of reverts, so that it matters which changes came before.
  public var hasRuleForReverts: Bool { all(.approvalRule).contains { $0.fields["reverts"] != nil } }
}
