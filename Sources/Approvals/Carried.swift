import DesiredState
public import Diagnostics
import Operations

/// What somebody rejected does not take effect within another change, as long as any of it still stands there.
extension Change {
  /// Why it does not take effect because of changes from the same base that it brings along; nil where nothing in them counts
  /// against it.
  /// - Parameter others: changes that end at commits before its last.
  public func carriedRejection(of others: [Change], _ evidence: Evidence) -> Diagnostic? {
    for other in others where brings(anythingOf: other) {
      guard let person = other.rejecters(evidence).first, let end = other.commits.last else { continue }
      return Diagnostic(
        "approval.rejected",
        "it contains what \(person) rejected in commit \(end.short) \u{201C}\(end.summary)\u{201D}",
        hint:
          "resolve it with \(person), who can use 'purser revoke \(end.short)'; or revert that commit, and"
          + " recreate the rest of the change on top")
    }
    return nil
  }

  /// The people whose rejection of the change counts, in byte order; none where nothing is rejected that holds it up.
  private func rejecters(_ evidence: Evidence) -> [String] {
    guard case .refused(let reasons) = verdict(evidence), reasons.contains(where: { $0.id == "approval.rejected" })
    else {
      return []
    }
    let most = MatchedRules(rules(), alterations(), isRevert: isRevert, impact: .most).requirement
    let roles = before.approvers()
    return Hearing(self, evidence, dismissal(most)).voices.filter { voice in
      voice.statement.kind == .reject
        && !most.slots.counts.keys.allSatisfy { roles[voice.person]?.contains($0) != true }
    }.map(\.person)
  }

  /// Whether anything that another change from the same base brings stands after it as well: a file as the other left it, a
  /// field that says what the other made it say, or a resource that the other took away and that is not there.
  private func brings(anythingOf other: Change) -> Bool {
    var blobs: [String: String?] = [:]
    for file in files { blobs[file.path] = file.new }
    if other.files.contains(where: { file in blobs[file.path].map { $0 == file.new } ?? false }) { return true }
    return other.resources().contains { key, _ in
      let (old, new) = (before.resources[key] ?? [], other.after.resources[key] ?? [])
      let now = after.resources[key] ?? []
      for variant in new where !old.contains(where: { $0.says(sameAs: variant) }) {
        let was = old.filter { $0.isAlike(variant) }
        for one in now where one.isAlike(variant) {
          if one.effective != (was.first ?? variant).effective, one.effective == variant.effective { return true }
          for member in variant.fields.all where !was.contains(where: { $0.says(member) }) && one.says(member) {
            return true
          }
        }
      }
      // What it took away: of a resource, or of a field in it.
      for variant in old where !new.contains(where: { $0.says(sameAs: variant) }) {
        let stays = now.filter { $0.isAlike(variant) }
        guard let left = new.first(where: { $0.isAlike(variant) }) else {
          if stays.isEmpty { return true }
          continue
        }
        for member in variant.fields.all where left.fields[member.name] == nil {
          if stays.contains(where: { $0.fields[member.name] == nil }) { return true }
        }
      }
      return false
    }
  }
}

extension Resource {
  /// Whether both speak of the same part of the catalogue and the same region.
  fileprivate func isAlike(_ other: Resource) -> Bool { scope == other.scope && region == other.region }

  fileprivate func says(_ member: Members.Member) -> Bool {
    fields[member.name].map { $0.says(sameAs: member.field) } ?? false
  }
}
