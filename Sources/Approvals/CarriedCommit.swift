import DesiredState
import Diagnostics
public import Operations

/// A commit that is not in force and that a later change brings along: whoever approves the change approves it too.
public struct CarriedCommit: Hashable, Sendable {
  public var commit: CommitFacts
  /// How it stands by itself, in words: what people said about it, and what it waits for.
  public var standing: String

  /// - Parameters:
  ///   - commit: the last of `change`.
  ///   - change: what the commit brings to what is in force, by itself.
  ///   - evidence: with the impact of the change, where that is known.
  public init(_ commit: CommitFacts, _ change: Change, _ evidence: Evidence) {
    self.commit = commit
    standing = change.standing(evidence).joined(separator: "; ")
  }

  /// A commit that cannot be judged by itself.
  public init(unjudged commit: CommitFacts) {
    self.commit = commit
    standing = "cannot be judged by itself"
  }

  /// The commit, as people know it.
  public var name: String {
    let author = commit.identities.first.map { " by \($0.name)" } ?? ""
    return "\(commit.short) \u{201C}\(commit.summary)\u{201D}\(author)"
  }

  /// The commit and its standing, in one line.
  public var words: String { "\(name): \(standing)" }

  public var json: JSONValue {
    ["commit": .string(commit.id), "summary": .string(commit.summary), "standing": .string(standing)]
  }
}

extension Change {
  /// How the change stands, part by part: what each person said about it, and what keeps it from taking effect.
  fileprivate func standing(_ evidence: Evidence) -> [String] {
    guard !problems.hasErrors else { return ["has errors"] }
    let verdict = verdict(evidence)
    let (review, _, hearing) = review(evidence)
    let said = words(hearing, evidence)
    let missing: [String]
    switch verdict {
    case .accepted: missing = said.isEmpty ? ["needs no approval"] : []
    case .undecided: missing = ["what it needs depends on its impact"]
    case .refused(let reasons):
      let others = reasons.filter { $0.id != "approval.rejected" && $0.id != "approval.review_needed" }
      let needed =
        reasons.contains { $0.id == "approval.review_needed" } ? review.missing.map { ["waits for \($0)"] } ?? [] : []
      // Why what people said does not count stands for the rest.
      missing = needed + others.filter { $0.id != "approval.ignored" }.map(\.message)
    }
    return said + missing
  }

  /// What people said about it, in the order of their names: what each said last, and what they took back with it.
  private func words(_ hearing: Hearing, _ evidence: Evidence) -> [String] {
    let all = evidence.statements(about: digest).compactMap { signed -> Statement? in
      guard let said = try? signed.statement(), let key = signed.signer(),
        speakers(of: said, signedWith: key) == [said.person]
      else { return nil }
      return said
    }
    return (hearing.voices + hearing.ownCause).map { voice in
      let (person, said) = (voice.person, voice.statement)
      let why = said.reason.map { ": \u{201C}\($0)\u{201D}" } ?? ""
      switch said.kind {
      case .approve: return "approved by \(person)"
      case .breakGlass: return "let through by \(person)\(why)"
      case .reject: return "rejected by \(person)\(why)"
      case .revoke, .merge:
        let before = all.filter { $0.person == person && $0.kind != .revoke && $0.issuedAt <= said.issuedAt }
          .max { $0.issuedAt < $1.issuedAt }
        let verb = before.map { [.approve: "approved", .reject: "rejected"][$0.kind] ?? "let through" }
        let first = verb.map { "\($0) by \(person), " } ?? ""
        return "\(first)revoked by \(person)\(why)"
      }
    }
  }
}
