import DesiredState
import Operations

/// Who can merge a change without taking somebody's approval away: whoever signs a merge is one of its authors.
extension Change {
  /// The people whose roles cover all that it changes, without some, in byte order.
  public func mergers(except people: Set<String>) -> [String] {
    let changed = resources()
    let automation = before.automation
    return before.signers().keys.filter { person in
      !people.contains(person) && !automation.contains(person) && missingRoles(of: person, changed).isEmpty
    }.sorted { $0.isBytewiseLess(than: $1) }
  }

  /// Whether all that somebody did of it is that they signed the merge at its end.
  func isOnlyMerged(by person: String) -> Bool {
    guard let merge = commits.last, !merge.mergedKeys.isEmpty, isSigned(merge, by: person) else { return false }
    return !commits.dropLast().contains { isSigned($0, by: person) }
      && !merge.mergedKeys.contains { owners(of: $0).contains(person) }
  }

  private func isSigned(_ commit: CommitFacts, by person: String) -> Bool {
    (try? signer(of: commit).get()) == person
  }
}
