import ActualState
import Approvals
import Daemon
import Diagnostics
import Operations
import Planning
import Reconciling
import SQLiteStore
import TestSupport
import Testing

/// The repository goes away and comes back in every way that a repository can, while orders keep coming in.
@Suite struct RepositoryFaultTests {
  enum Place: CaseIterable { case folder, fileURL }

  let company: CompanyFolder
  let clock: ManualClock

  init() throws {
    company = try CompanyFolder(items: 3)
    clock = try ManualClock()
  }

  /// Runs `fault`, then looks that trade goes on under the last policy, then undoes the fault and looks for recovery.
  private func survive(
    _ place: Place, saying words: String, refused: Bool = false, fault: String, repair: String
  ) async throws {
    try company.shell("git clone -q --bare ops remote.git")
    let repository = company.path + "/remote.git"
    let daemon = try Daemon(
      company.configuration(repository: place == .folder ? repository : "file://" + repository), clock: clock.read)
    try #require(await daemon.cycle().status.trouble == nil)
    try company.commitCap(10)
    try company.shell("git -C ops push -q ../remote.git main")
    let before = await daemon.cycle()
    try #require(before.status.trouble == nil && before.report.accepted.count == 1)
    let published = try company.succeed("get", "availability", "--store", "ops.db", "-o", "json").output

    try company.shell("cp -a remote.git good.git && \(fault)")
    let broken = await daemon.cycle()
    let said = broken.status.trouble?.message ?? broken.report.refused?.reasons.map(\.message).joined() ?? ""
    #expect(said.contains(words), "\(said)")
    #expect((broken.report.refused != nil) == refused)
    #expect(broken.status.pin == before.status.pin)
    #expect(try company.succeed("get", "availability", "--store", "ops.db", "-o", "json").output == published)

    // Trade goes on: by the timer, while git rests.
    try company.importEvents(CompanyFolder.orders(1...6, items: 3), as: "orders")
    clock.advance(seconds: 5)
    let trading = await daemon.cycle(isTimer: true)
    #expect(trading.report.plan?.isEmpty == false, "\(place): orders are not planned")
    #expect(trading.report.outcome?.isApplied == true)
    #expect(trading.status.nextAt - clock.read() == TimeSpan(milliseconds: 5000))

    try company.shell(repair)
    try company.commitCap(11)
    try company.shell("git -C ops push -q ../remote.git main")
    let after = await daemon.cycle()
    #expect(after.status.trouble == nil, "\(after.status.trouble?.description ?? "")")
    #expect(after.report.accepted.count == 1 && after.report.refused == nil)
    #expect(try Auditor(SQLiteStore(path: company.store, mode: .readOnly)).problems.isEmpty)
    #expect(try company.shell("git -C remote.git log --format=%s audit").split(separator: "\n").count >= 3)
  }

  private let putBack = "rm -rf remote.git && mv good.git remote.git"
  /// Puts the policy branch back, and leaves the audit branch as the daemon left it.
  private let pushAgain = "git -C ops push -q --force ../remote.git main"

  @Test(arguments: Place.allCases) func aRepositoryThatIsGone(_ place: Place) async throws {
    try await survive(place, saying: "No such file", fault: "mv remote.git away.git", repair: "mv away.git remote.git")
  }

  @Test(arguments: Place.allCases) func aBranchThatIsDeleted(_ place: Place) async throws {
    try await survive(
      place, saying: "gone or empty", fault: "git -C remote.git update-ref -d refs/heads/main", repair: pushAgain)
  }

  @Test(arguments: Place.allCases) func anOlderHead(_ place: Place) async throws {
    try await survive(
      place, saying: "does not follow", refused: true, fault: "git -C remote.git update-ref refs/heads/main main~1",
      repair: pushAgain)
  }

  @Test(arguments: Place.allCases) func aRewrittenBranch(_ place: Place) async throws {
    try await survive(
      place, saying: "does not follow", refused: true,
      fault: """
        git clone -q remote.git work && cp ops/.git/config work/.git/config && cd work && \
        git checkout -q -b rewritten HEAD~1 && git commit -q --allow-empty -m Rewritten && \
        git push -q --force ../remote.git rewritten:main
        """, repair: pushAgain)
  }

  @Test(arguments: Place.allCases) func anUnrelatedHistory(_ place: Place) async throws {
    try await survive(
      place, saying: "does not follow", refused: true,
      fault: """
        purser init other 2>/dev/null && cd other && git commit -q --allow-empty -m Other && \
        git push -q --force ../remote.git main
        """, repair: pushAgain)
  }

  /// An empty repository has no audit branch either; it must be pushed back with the policy.
  @Test func aRemoteThatComesBackEmpty() async throws {
    try await survive(
      .fileURL, saying: "gone or empty", fault: "rm -rf remote.git && git init -q --bare -b main remote.git",
      repair: putBack)
  }
}
