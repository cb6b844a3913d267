import ActualState
import Daemon
import DesiredState
import Operations
import Planning
import Reconciling
import SQLiteStore
import TestSupport
import Testing

/// Plans that change more than the repository allows wait, and trade goes on.
@Suite struct LimitTests {
  private func limit(_ company: CompanyFolder, _ limits: String) throws {
    try company.shell(
      "cd ops && { grep -v '^limits:' state/purser.yaml; echo 'limits: \(limits)'; } > new && mv new state/purser.yaml"
        + " && git commit -qam 'Change limits'")
  }

  private func cycle(_ daemon: Daemon) async -> (report: Reconciler.Report, status: Reconciler.Status) {
    await daemon.cycle()
  }

  private func pin(_ company: CompanyFolder) throws -> PolicyPin? {
    try SQLiteStore(path: company.store, mode: .readOnly).pin()
  }

  @Test func aPolicyThatChangesTooMuchWaitsAndTradeGoesOn() async throws {
    let company = try CompanyFolder(items: 6)
    let clock = try ManualClock()
    let daemon = try Daemon(company.configuration(), clock: clock.read)
    try limit(company, "{per_plan: {sold_out: 3}}")
    #expect(await cycle(daemon).status.trouble == nil)
    let before = try company.holdings()
    let inForce = try pin(company)
    // A slip of the pen: nothing is shown any more.
    try company.shell(
      "cd ops && sed -i 's/^tier: own/tier: own\\nmax_publish: 0/' state/channels/channels.yaml"
        + " && git commit -qam 'Show nothing'")
    let held = await cycle(daemon)
    let excess = try #require(held.report.held).excess
    #expect(excess.map(\.measure) == ["sold_out"])
    #expect(held.status.trouble?.kind == .needsPerson)
    #expect(held.status.trouble?.message.contains("per_plan allows 3") == true)
    #expect(try company.holdings() == before)
    #expect(try pin(company) == inForce)
    // It is recorded once, however often it is looked at.
    let records = try SQLiteStore(path: company.store, mode: .readOnly).auditHead().sequence
    _ = await cycle(daemon)
    #expect(try SQLiteStore(path: company.store, mode: .readOnly).auditHead().sequence == records)
    // Trade goes on under the policy in force.
    try company.importEvents(CompanyFolder.stock(7), as: "more")
    let traded = await cycle(daemon)
    #expect(traded.report.held != nil)
    #expect(try company.holdings() != before)
    #expect(try pin(company) == inForce)
    // A person takes it back.
    try company.shell("cd ops && git revert --no-edit HEAD")
    let after = await cycle(daemon)
    #expect(after.report.held == nil)
    #expect(after.status.trouble == nil)
    #expect(try pin(company) != inForce)
    #expect(try company("audit", "verify", "ops", "--store", "ops.db").status == 0)
  }

  @Test func aHigherLimitLetsThePlanPass() async throws {
    let company = try CompanyFolder(items: 2)
    let clock = try ManualClock()
    let daemon = try Daemon(company.configuration(), clock: clock.read)
    try limit(company, "{per_hour: {items: 3}}")
    #expect(await cycle(daemon).status.trouble == nil)
    try company.importEvents(CompanyFolder.stock(8), as: "more")
    let held = await cycle(daemon)
    #expect(held.report.held?.excess.map(\.period) == ["per_hour"])
    #expect(held.report.outcome == nil)
    try limit(company, "{per_hour: {items: 100}}")
    let passed = await cycle(daemon)
    #expect(passed.report.held == nil)
    #expect(passed.status.trouble == nil)
    #expect(try SQLiteStore(path: company.store, mode: .readOnly).spent()?.radius.items == 6)
  }

  @Test func aDomainThatIsObservedIsReportedAndNotDone() async throws {
    let company = try CompanyFolder(items: 2)
    let clock = try ManualClock()
    try company.shell(
      "cd ops && sed -i 's/^mode:.*/mode: {publishing: observe}/' state/purser.yaml && git commit -qam 'Show nothing yet'"
    )
    let daemon = try Daemon(company.configuration(), clock: clock.read)
    let first = await cycle(daemon)
    #expect(first.status.trouble == nil)
    #expect(first.report.plan?.actions.contains { if case .publish = $0.action { true } else { false } } == true)
    try company.shell("cd ops && sed -i 's/^mode:.*/mode: enforce/' state/purser.yaml && git commit -qam 'Show it'")
    let second = await cycle(daemon)
    #expect(second.report.plan?.actions.contains { if case .publish = $0.action { true } else { false } } == true)
    #expect(try company.succeed("audit", "verify", "ops", "--store", "ops.db").status == 0)
    #expect(await cycle(daemon).report.plan?.isEmpty ?? true)
  }
}
