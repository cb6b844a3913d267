import ActualState
import Approvals
import Operations
import Reconciling
import TestSupport
import Testing

/// What waits for people while the repository, or the branch in it, cannot be seen.
@Suite struct UnseenRepositoryTests {
  let scratch: ScratchFolder
  let daily: Daily

  /// A plan to publish 34 units more waits, and Olga approved 30: with 4 fewer it may go through. What is counted away is
  /// taken from the shared pool at once, so that giving it out again is a larger step than publishing it.
  init() throws {
    scratch = try ScratchFolder()
    daily = Daily(try OpsRepository(scratch))
    try daily.begin(OpsRepository.heldFiles("limits: {per_plan: {published_units: 10}}"))
    try daily.count(80)
    try daily.look()
    var measures = try #require(daily.waiting.first).measures
    measures["granted_units"] = 40
    try daily.say("olga", measures: measures)
    try daily.count(84)
    try daily.look()
    #expect(daily.missing == ["approval.review_needed", "approval.void"])
    try daily.count(80)
  }

  @Test func whatIsTakenBackCountsThoughTheBranchIsGone() throws {
    try daily.say("olga", .reject)
    daily.sight = .noBranch
    for _ in 0..<2 { try daily.look() }
    #expect(try daily.published == 50)
    #expect(daily.missing == ["approval.rejected", "approval.review_needed"])
  }

  @Test func whatIsSaidCountsThoughTheBranchIsGone() throws {
    daily.sight = .noBranch
    try daily.look()
    #expect(try daily.published == 80)
  }

  @Test(arguments: [false, true])
  func nothingGoesThroughWhileNobodyIsHeard(hasRestarted: Bool) throws {
    daily.sight = .nothing
    if hasRestarted { daily.restart() }
    for _ in 0..<2 { try daily.look() }
    #expect(try daily.published == 50)
    #expect(daily.missing == ["approval.review_needed"])
    daily.sight = .all
    try daily.look()
    #expect(try daily.published == 80)
    #expect(try daily.problems == [])
  }
}
