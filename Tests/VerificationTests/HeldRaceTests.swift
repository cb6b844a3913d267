import ActualState
import Approvals
import Operations
import TestSupport
import Testing
import Verification

/// Words about a hold that come while a cycle is under way.
@Suite struct HeldRaceTests {
  let scratch: ScratchFolder
  let daily: Daily

  init() throws {
    scratch = try ScratchFolder()
    daily = Daily(try OpsRepository(scratch))
  }

  /// What was said when a cycle looked decides, as with changes: a word that comes while the plan is being applied is late.
  @Test(arguments: [false, true]) func aRejectionCountsAsSoonAsItIsFetched(isLate: Bool) throws {
    try daily.begin(OpsRepository.heldFiles("limits: {per_plan: {published_units: 10}}"))
    try daily.count(80)
    try daily.look()
    try daily.say("olga")
    if isLate {
      daily.beforeApply = { [daily] in try daily.say("otto", .reject) }
      try daily.cycle()
    } else {
      try daily.say("otto", .reject)
      try daily.look()
      #expect(daily.missing == ["approval.rejected"])
    }
    #expect(try daily.published == (isLate ? 80 : 50))
    #expect(try daily.problems == [])
    // The hold is used up, so that the late word speaks of nothing that waits later.
    daily.beforeApply = nil
    try daily.count(20)
    try daily.look()
    #expect(try daily.store.holds().open.map(\.number) == [isLate ? 2 : 1])
    #expect(daily.missing == [isLate ? "approval.review_needed" : "approval.rejected"])
  }
}
