import Approvals
import Digest
import Forges
import Operations
import Testing

/// What the daemon remembers of its plan comments.
@Suite struct ShownPlanTests {
  private static let place = ForgeLocation(kind: .gitea, url: "https://git.example.com", repository: "ops/state")
  private static let start = Instant(milliseconds: 1_764_000_000_000)

  private static func plan(
    _ pull: Int64 = 7, head: String = "h", minute: Int64, units: Int64? = 1, at place: ForgeLocation = place
  ) -> ShownPlan {
    let comment = ForgeComment(
      id: 3, author: 77, text: "text \(minute)", changedAt: start + TimeSpan(milliseconds: minute * 60_000))
    return ShownPlan(
      location: place, pullRequest: pull, head: head, base: "b", impact: units.map { ["units_losing": $0] },
      comment: comment, substance: SHA256Digest(of: "s"), demands: SHA256Digest(of: "d"), writtenAt: start)
  }

  private static func told(_ plans: ShownPlans, _ minute: Int64, head: String = "h", of pull: Int64 = 7) -> Int64? {
    let time = start + TimeSpan(milliseconds: minute * 60_000)
    return plans.impact(told: time, of: pull, head: head, at: place)?["units_losing"]
  }

  @Test func anApprovalCoversWhatTheCommentSaidLastBeforeIt() throws {
    var plans = ShownPlans()
    plans.add(Self.plan(minute: 10, units: 1))
    plans.add(Self.plan(minute: 20, units: 2))
    plans.add(Self.plan(minute: 30, units: nil))
    plans.add(Self.plan(8, minute: 12, units: 9))
    var elsewhere = Self.place
    elsewhere.repository = "ops/other"
    plans.add(Self.plan(minute: 13, units: 9, at: elsewhere))
    for plans in [plans, ShownPlans(json: try JSONValue.parse(plans.json.canonicalBytes))] {
      #expect(Self.told(plans, 9) == nil && Self.told(plans, 10) == nil, "in that very moment nobody had read it")
      #expect(Self.told(plans, 11) == 1 && Self.told(plans, 20) == 1 && Self.told(plans, 21) == 2)
      #expect(Self.told(plans, 31) == nil, "a comment without figures covers none")
      #expect(Self.told(plans, 11, head: "other") == nil && Self.told(plans, 15, of: 8) == 9)
    }
    plans.forgetLast(of: 7, at: Self.place)
    #expect(Self.told(plans, 31) == 2)
    plans.add(Self.plan(head: "next", minute: 40))
    #expect(Self.told(plans, 41) == nil, "the comment was about another head by then")
  }

  @Test func anEditShows() {
    let plan = Self.plan(minute: 10)
    let comment = ForgeComment(id: 3, author: 77, text: "text 10\r\n\n", changedAt: plan.since)
    #expect(plan.isShown(by: comment), "forges turn line ends over")
    for edit in [
      { $0.text = "text 11" }, { $0.id = 4 }, { $0.changedAt = Self.start },
    ] as [(inout ForgeComment) -> Void] {
      var edited = comment
      edit(&edited)
      #expect(!plan.isShown(by: edited))
    }
  }

  /// A hundred thousand comments are not kept, and what cannot be read covers nothing.
  @Test func itStaysSmall() {
    var plans = ShownPlans()
    for minute: Int64 in 0..<100 { plans.add(Self.plan(minute: minute)) }
    #expect(plans.all.count == 40 && plans.last(of: 7, at: Self.place)?.since == Self.plan(minute: 99).since)
    for pull: Int64 in 100..<2000 { plans.add(Self.plan(pull, minute: 1)) }
    #expect(plans.all.count == 400)
    #expect(ShownPlans(json: [["head": "h"], 7, .null]).all.isEmpty && ShownPlans(json: .null).all.isEmpty)
  }
}
