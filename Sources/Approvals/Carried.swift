import DesiredState
import Diagnostics
public import Digest
import Operations

/// A change that somebody rejected, and that may come in within another one.
public struct RejectedChange: Sendable {
  /// What the statements about it name it by.
  public var digest: SHA256Digest
  /// From where it begins to the commit at which it was rejected.
  public var change: Change

  public init(digest: SHA256Digest, change: Change) {
    self.digest = digest
    self.change = change
  }
}

/// What somebody rejected does not take effect within another change, as long as that brings any of it: a rejection is known
/// by what it is about, and not by the branch, the merge or the base with which it comes.
extension Change {
  /// Takes note of those changes of which this one brings something. Whether they are still rejected, the verdict asks.
  public mutating func carry(_ rejected: [RejectedChange]) {
    let own = digest
    var known = Set(carried.map(\.digest))
    for one in rejected where one.digest != own && !known.contains(one.digest) && brings(anythingOf: one.change) {
      known.insert(one.digest)
      carried.append(one)
    }
  }

  /// Whether anything that another change brings is brought by this one too: a file as the other left it, a field, a member,
  /// an element of a list or a row that says what the other made it say, or what the other took away. What is so already
  /// where this one begins is not brought.
  public func brings(anythingOf other: Change) -> Bool {
    let blobs = Dictionary(files.map { (Identifier<FileChange>($0.path), $0.new) }, uniquingKeysWith: { $1 })
    if other.files.contains(where: { file in blobs[Identifier(file.path)].map { $0 == file.new } ?? false }) {
      return true
    }
    let keys = Set(resources().map(\.key))
    return other.resources().contains { key, _ in
      keys.contains(key)
        && SaidPlaces.meet(other.said(of: key), said(of: key))
    }
  }

  private func said(of key: Resource.Key) -> (before: SaidPlaces, after: SaidPlaces) {
    (SaidPlaces(before.resources[key] ?? []), SaidPlaces(after.resources[key] ?? []))
  }

  /// What people have against changes that it brings something of, by the rules and the people at its own base.
  /// - Parameters:
  ///   - dismissal: whom it takes the say away, where it does nothing else: they have none in what else they rejected either.
  ///   - most: what could be asked of it at most.
  func carriedVetoes(
    _ evidence: Evidence, _ rules: [ReviewRule], _ dismissal: Dismissal?, most: Requirement
  ) -> [Veto] {
    guard !carried.isEmpty else { return [] }
    let roles = before.approvers()
    return carried.flatMap { one -> [Veto] in
      guard let end = one.change.commits.last else { return [] }
      let asked = MatchedRules(rules, one.change.alterations(), isRevert: false, impact: .most).requirement
      let own = Dismissal(one.change, blockers: Set(asked.slots.counts.keys))
      let hearing = Hearing(
        evidence.statements(about: one.digest), at: evidence.now,
        isOwnCause: { statement, key in
          [own, dismissal].contains { $0?.isOwnCause(statement, signedWith: key) ?? false }
        },
        speakers: { speakers(of: $0, signedWith: $1) })
      return hearing.voices.filter { $0.statement.kind == .reject }.compactMap { voice in
        func demands(_ requirement: Requirement) -> [Requirement.Demand] {
          requirement.demands.filter { !(roles[voice.person] ?? []).isDisjoint(with: $0.slots.counts.keys) }
        }
        let reasons = demands(asked)
        let all = reasons.isEmpty ? demands(most) : reasons
        return all.isEmpty ? nil : Veto(voice: voice, demands: all, end: end)
      }
    }
  }
}

/// What one person has against a change, and the rules by which they may have.
struct Veto {
  var voice: Voice
  var demands: [Requirement.Demand]
  /// The last commit of what they rejected, where that is another change of which this one brings something.
  var end: CommitFacts?

  /// - Parameter revision: what names the change that is judged.
  func diagnostic(_ change: Change, revision: String) -> Diagnostic {
    let person = voice.person
    let why = voice.statement.reason.map { ": \u{201C}\($0)\u{201D}" } ?? ""
    let glass = Set(demands.compactMap(\.glass?.role)).sorted { $0.isBytewiseLess(than: $1) }
    let isBreakable = demands.allSatisfy { $0.glass != nil }
    let override =
      isBreakable
      ? "; in an emergency \(glass.joined(separator: " and ")) can override it: purser approve \(revision)"
        + " --break-glass --reason WHY" : ""
    if let end {
      let revoking = change.before.takingBack(person, "purser revoke \(end.short)")
      return Diagnostic(
        "approval.rejected",
        "it contains what \(person) rejected in commit \(end.short) \u{201C}\(end.summary)\u{201D}\(why)",
        hint:
          "resolve it with \(person), who can revoke it \(revoking) or approve this change; or revert that commit, and"
          + " recreate the rest of the change on top" + override)
    }
    return Diagnostic(
      "approval.rejected", "\(person) rejected the change\(why)",
      hint: "resolve it with \(person), who can revoke it "
        + change.before.takingBack(person, "purser revoke \(revision)") + ", or revert the change" + override)
  }
}
