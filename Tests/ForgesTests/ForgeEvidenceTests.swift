import Forges
import Operations
import Testing

/// Which reviews count: alice (2) opened the pull request, bob (3) and cara (4) review, 9 is a bot.
@Suite struct ForgeEvidenceTests {
  static let old = String(repeating: "1", count: 40)
  static let head = String(repeating: "2", count: 40)

  static func user(_ id: Int64) -> ForgeUser { ForgeUser(id: id, login: "user-\(id)", isBot: id == 9) }

  static func review(
    _ id: Int64, by user: Int64?, _ state: ForgeReview.State, at commit: String? = head, dismissed: Bool = false,
    by dismisser: Int64? = nil, stale: Bool = false, minute: Int64? = nil
  ) -> ForgeReview {
    ForgeReview(
      id: id, user: user.map(Self.user), state: state, commit: commit,
      at: Instant(milliseconds: (minute ?? id) * 60_000), isDismissed: dismissed, isStale: stale,
      dismisser: dismisser)
  }

  static func facts(
    _ reviews: [ForgeReview], authors: Set<Int64> = [2], aimed: Int64? = -1
  ) -> ForgeReviews {
    ForgeReviews(
      pull: PullRequest(
        number: 7, opener: user(2), head: head, base: "main", isMerged: true, isOpen: false, mergedBy: user(3),
        mergeCommits: ["m"]),
      reviews: reviews, authors: authors, aimedAt: aimed.map { Instant(milliseconds: $0 * 60_000) })
  }

  struct Row: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var reviews: [ForgeReview]
    var counts: [Int64: ForgeEvidence.Decision] = [:]
    var ignored: [Int64: ForgeEvidence.Reason] = [:]
    var authors: Set<Int64> = [2]
    /// The minute in which the pull request was pointed at the branch.
    var aimed: Int64? = -1
  }

  static let rows: [Row] = [
    Row(
      testDescription: "an approval of the head counts", reviews: [review(1, by: 3, .approved)], counts: [3: .approve]),
    Row(testDescription: "nothing", reviews: []),
    Row(
      testDescription: "row 14: a push after the approval voids it",
      reviews: [review(1, by: 3, .approved, at: old, stale: true)], ignored: [3: .stale]),
    Row(
      testDescription: "row 14: also where the forge does not say so",
      reviews: [review(1, by: 3, .approved, at: old)], ignored: [3: .stale]),
    Row(
      testDescription: "row 15: an approval of the old head after the push",
      reviews: [review(1, by: 3, .approved, at: old), review(2, by: 3, .approved, at: old, stale: true)],
      ignored: [3: .stale]),
    Row(
      testDescription: "row 15: the last word is about an old head",
      reviews: [review(1, by: 3, .approved), review(2, by: 3, .approved, at: old)], ignored: [3: .stale]),
    Row(
      testDescription: "approved again after the push",
      reviews: [review(1, by: 3, .approved, at: old, stale: true), review(2, by: 3, .approved)], counts: [3: .approve]),
    Row(
      testDescription: "row 16: who opened it approves it", reviews: [review(1, by: 2, .approved)],
      ignored: [2: .opener],
      authors: []),
    Row(
      testDescription: "row 16: who wrote a commit of it, or is named as co-author",
      reviews: [review(1, by: 4, .approved)], ignored: [4: .author], authors: [2, 4]),
    Row(testDescription: "row 16: a bot", reviews: [review(1, by: 9, .approved)], ignored: [9: .bot]),
    Row(
      testDescription: "who merged it may approve it, and merging alone approves nothing",
      reviews: [review(1, by: 4, .approved)], counts: [4: .approve]),
    Row(
      testDescription: "dismissed", reviews: [review(1, by: 3, .approved, dismissed: true)], ignored: [3: .dismissed]),
    Row(
      testDescription: "GitHub no longer tells what a dismissed review said",
      reviews: [review(1, by: 3, .other, dismissed: true)], ignored: [3: .dismissed]),
    Row(
      testDescription: "an approval before a dismissed one does not come back",
      reviews: [review(1, by: 3, .approved), review(2, by: 3, .changesRequested, dismissed: true, by: 3)],
      ignored: [3: .dismissed]),
    Row(
      testDescription: "nobody else can take a rejection back",
      reviews: [review(1, by: 3, .changesRequested, dismissed: true, by: 2)], counts: [3: .reject]),
    Row(
      testDescription: "nor somebody of whom the forge does not tell who it was",
      reviews: [review(1, by: 3, .changesRequested, dismissed: true)], counts: [3: .reject]),
    Row(
      testDescription: "approved after somebody else dismissed their rejection",
      reviews: [review(1, by: 3, .changesRequested, dismissed: true, by: 2), review(2, by: 3, .approved)],
      counts: [3: .approve]),
    Row(
      testDescription: "an approval of what went into another branch", reviews: [review(5, by: 3, .approved)],
      ignored: [3: .otherBranch], aimed: 6),
    Row(
      testDescription: "in the moment in which it was pointed here", reviews: [review(5, by: 3, .approved)],
      ignored: [3: .otherBranch], aimed: 5),
    Row(
      testDescription: "approved after it was pointed here", reviews: [review(5, by: 3, .approved)],
      counts: [3: .approve], aimed: 4),
    Row(
      testDescription: "a forge that tells no branches", reviews: [review(5, by: 3, .approved)],
      ignored: [3: .unknownBranch], aimed: nil),
    Row(
      testDescription: "a rejection counts wherever it was pointed", reviews: [review(5, by: 3, .changesRequested)],
      counts: [3: .reject], aimed: nil),
    Row(
      testDescription: "approved after it was dismissed",
      reviews: [review(1, by: 3, .approved, dismissed: true), review(2, by: 3, .approved)], counts: [3: .approve]),
    Row(
      testDescription: "changes requested, then approved",
      reviews: [review(1, by: 3, .changesRequested), review(2, by: 3, .approved)], counts: [3: .approve]),
    Row(
      testDescription: "approved, then changes requested",
      reviews: [review(1, by: 3, .approved), review(2, by: 3, .changesRequested)], counts: [3: .reject]),
    Row(
      testDescription: "a request for changes outlives a push",
      reviews: [review(1, by: 3, .changesRequested, at: old, stale: true)], counts: [3: .reject]),
    Row(
      testDescription: "an author may stop their own change", reviews: [review(1, by: 2, .changesRequested)],
      counts: [2: .reject]),
    Row(
      testDescription: "a comment takes nothing back",
      reviews: [review(1, by: 3, .approved), review(2, by: 3, .other)], counts: [3: .approve]),
    Row(testDescription: "a comment alone", reviews: [review(1, by: 3, .other)]),
    Row(testDescription: "an account that is gone", reviews: [review(1, by: nil, .approved)]),
    Row(
      testDescription: "no commit", reviews: [review(1, by: 3, .approved, at: nil)], ignored: [3: .unknownCommit]),
    Row(
      testDescription: "two of them",
      reviews: [review(1, by: 3, .approved), review(2, by: 4, .approved), review(3, by: 2, .other)],
      counts: [3: .approve, 4: .approve]),
    Row(
      testDescription: "the time decides, not the number",
      reviews: [review(2, by: 3, .approved, minute: 1), review(1, by: 3, .changesRequested, minute: 2)],
      counts: [3: .reject]),
  ]

  @Test(arguments: rows)
  func row14Row15Row16WhatCounts(_ row: Row) {
    for reviews in [row.reviews, row.reviews.reversed()] {
      let evidence = ForgeEvidence(
        Self.facts(reviews, authors: row.authors, aimed: row.aimed), head: Self.head)
      #expect(evidence.voices.reduce(into: [:]) { $0[$1.user.id] = $1.decision } == row.counts)
      #expect(evidence.ignored.reduce(into: [:]) { $0[$1.user.id] = $1.reason } == row.ignored)
    }
  }

  /// A pull request whose head is not what was merged: nothing of it speaks of what was merged.
  @Test func row15ApprovalsOfAnotherHeadThanTheMergedOneAreVoid() {
    let evidence = ForgeEvidence(Self.facts([Self.review(1, by: 3, .approved)]), head: Self.old)
    #expect(evidence.voices.isEmpty && evidence.ignored.map(\.reason) == [.stale])
  }
}
