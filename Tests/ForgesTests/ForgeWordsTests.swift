import Approvals
import Forges
import Operations
import Reports
import Synchronization
import TestSupport
import Testing

/// What Purser writes to a forge: one comment, and a status.
@Suite struct ForgeWordsTests {
  static let now = FakeForge.now

  @Test(arguments: ForgeKind.allCases)
  func thereIsOnePlanCommentAndItIsEditedOnlyWhenItChanges(_ kind: ForgeKind) throws {
    let fake = try FakeForge(kind)
    let own = try fake.asked { try $0.ownUser(at: Self.now) }
    #expect(own == 77)
    func keep(_ text: String) throws -> ForgeComment {
      try fake.asked { forge in
        let found = try forge.planComment(under: 7, own: own, at: Self.now)
        return try forge.keepPlanComment(
          ChangeReport.marker + "\n" + text, under: 7, inPlaceOf: found, at: Self.now)
      }
    }
    let first = try keep("### Plan\r\nA")
    #expect(fake.writes == 1)
    #expect(try keep("### Plan\nA\n") == first)
    #expect(fake.writes == 1, "the same text is not written again")
    let second = try keep("### Plan\nB")
    #expect(try fake.asked { try $0.comment(second.id, under: 7, at: Self.now) } == second)
    #expect(try fake.asked { try $0.comment(99, under: 7, at: Self.now) } == nil)
    #expect(fake.writes == 2 && second.id == first.id && second.changedAt > first.changedAt)
    #expect(fake.story.withLock { $0.comments.map(\.text) } == ["<!-- purser:plan -->\n### Plan\nB"])
  }

  /// Someone else's comment with the marker is not ours: it is neither edited nor taken for the plan.
  @Test(arguments: ForgeKind.allCases)
  func anothersCommentWithTheMarkerIsLeftAlone(_ kind: ForgeKind) throws {
    let forged = ChangeReport.marker + "\n### Plan\nnothing to see"
    let quoted = FakeForge.Comment(id: 2, user: 77, text: "> \(ChangeReport.marker)\nan answer", minute: 1)
    let fake = try FakeForge(
      kind, .init(comments: [.init(id: 1, user: 3, text: forged, minute: 1), quoted]))
    _ = try fake.asked { forge in
      let found = try forge.planComment(under: 7, own: 77, at: Self.now)
      return try forge.keepPlanComment(forged, under: 7, inPlaceOf: found, at: Self.now)
    }
    let comments = fake.story.withLock { $0.comments }
    #expect(comments.count == 3 && comments[0].text == forged && comments[1].text == quoted.text)
    #expect(comments[2].user == 77 && comments[2].text == forged)
  }

  @Test(arguments: ForgeKind.allCases)
  func setsAStatus(_ kind: ForgeKind) throws {
    let fake = try FakeForge(kind)
    let long = String(repeating: "needs 1 ops-lead; ", count: 20)
    try fake.asked { try $0.setStatus(of: FakeForge.head, .failure, long, at: Self.now) }
    try fake.asked { try $0.setStatus(of: FakeForge.head, .success, "approved by bob", at: Self.now) }
    try fake.asked { try $0.setStatus(of: FakeForge.head, .success, "approved by bob", at: Self.now) }
    let statuses = fake.story.withLock { $0.statuses }
    #expect(statuses[0]["state"]?.string == (kind == .gitlab ? "failed" : "failure"))
    let words = try #require(statuses[0]["description"]?.string)
    #expect(words.count == 140 && words.hasSuffix("\u{2026}"))
    #expect(statuses[1]["state"] == "success" && statuses[1]["description"] == "approved by bob")
    #expect(statuses[1][kind == .gitlab ? "name" : "context"] == "purser/approvals")
    #expect(statuses[1]["sha"]?.string == FakeForge.head)
  }
}
