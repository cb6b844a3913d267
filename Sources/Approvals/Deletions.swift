import DesiredState
import Diagnostics
import Operations

extension Change {
  /// Kinds without a single resource of which nothing can be sold.
  private static let essential: [Kind] = [.node, .channel]
  /// Fewer resources than this may go at once, whatever their share: a company that tidies up a small folder.
  private static let alwaysRemovable = 10

  /// Reasons against a change that removes more than one change should: a source that vanished must not read as a wish to
  /// delete everything.
  func deletionProblems() -> [Diagnostic] {
    let limit = BlastLimits(before).deletions
    return Kind.allCases.compactMap { kind in
      let old = before.names(of: kind)
      guard !old.isEmpty else { return nil }
      let gone = old.count { !after.contains(kind, $0) }
      guard gone > 0 else { return nil }
      // One that stands alone may be given up; several that go together look like a source that is gone.
      let isLast = old.count > 1 && after.names(of: kind).isEmpty && Self.essential.contains(kind)
      let isTooMany = gone >= Self.alwaysRemovable && Int64(gone) > limit.floor(of: Int64(old.count))
      guard isLast || isTooMany else { return nil }
      return Diagnostic(
        "approval.deletions",
        isLast
          ? "it removes every \(kind.rawValue), and without one nothing can be sold"
          : "it removes \(gone) of \(old.count) resources of the kind \(kind.rawValue), and one change may remove \(limit)",
        hint: "if this is meant, remove them in several commits"
          + (isLast ? " and keep one" : ", or raise 'deletions' in the Repository's limits in a commit before"))
    }
  }
}
