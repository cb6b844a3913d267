import ActualState
import Approvals
import Git
import Operations
import Reconciling
import TestSupport
import Testing

/// Programs among those who could let a plan through.
@Suite struct HeldProgramTests {
  /// Whatever roles a program has, it neither lets anything through nor stands in the way.
  @Test func programsDoNotCount() throws {
    let scratch = try ScratchFolder()
    let people = "state/governance/people.yaml"
    var files = OpsRepository.heldFiles("limits: {per_plan: {published_units: 10}}")
    files[people] = files[people]?.replacing("name: olga\n", with: "name: olga\nautomation: true\n")
    let daily = Daily(try OpsRepository(scratch))
    try daily.begin(files)
    try daily.count(80)
    try daily.look()
    try daily.say("olga")
    try daily.look()
    #expect(daily.missing == ["approval.review_needed", "approval.void"])
    #expect(daily.words.contains("olga approved it but is a program") && !daily.words.contains("lead: olga"))
    #expect(try daily.published == 50)
    try daily.say("olga", .reject, at: daily.now + TimeSpan(milliseconds: 1))
    try daily.say("otto")
    try daily.cycle()
    #expect(try daily.published == 80)
    #expect(try daily.problems == [])
  }
}
