import Daemon
import Operations
import Reconciling
import TestSupport
import Testing

/// Someone damages the audit branch. The policy still takes effect, the records wait in the store, nothing is forced,
/// and the trail goes on without a gap when a person has put the branch back.
@Suite struct AuditBranchFaultTests {
  @Test(
    arguments: [
      ("update-ref -d refs/heads/audit", "is missing"),
      ("update-ref refs/heads/audit audit~1", "rewound"),
      ("update-ref refs/heads/audit main", "replaced"),
      (
        "update-ref refs/heads/audit $(git -C ops commit-tree -p audit -m Foreign audit^{tree})",
        "written by something else"
      ),
    ], [false, true])
  func damageIsRefusedAndWaitsForAPerson(_ damage: (command: String, words: String), isURL: Bool) async throws {
    let company = try CompanyFolder(items: 2)
    let clock = try ManualClock()
    let daemon = try Daemon(
      company.configuration(repository: isURL ? "file://" + company.repository : nil), clock: clock.read)
    _ = await daemon.cycle()
    try company.commitCap(20)
    try #require(await daemon.cycle().status.trouble == nil)
    let good = try company.shell("git -C ops rev-parse audit")
    try company.shell("git -C ops \(damage.command)")
    let damaged = try company.shell("git -C ops rev-parse -q --verify audit || true")

    let noticed = await daemon.cycle()
    #expect(noticed.status.trouble?.kind == .needsPerson)
    #expect(
      noticed.status.trouble?.message.contains(damage.words) == true, "\(String(describing: noticed.status.trouble))")
    #expect(noticed.status.trouble?.hint.contains(good) == true)

    // The policy goes on, without waiting for the minute after which git is tried again.
    try company.commitCap(21)
    clock.advance(seconds: 5)
    let policy = await daemon.cycle(isTimer: true)
    #expect(policy.report.accepted.count == 1 && policy.status.trouble != nil)
    #expect(policy.status.nextAt == clock.read() + TimeSpan(milliseconds: 5000))
    #expect(try company.shell("git -C ops rev-parse -q --verify audit || true") == damaged, "nothing is forced")

    try company.shell("git -C ops update-ref refs/heads/audit \(good)")
    clock.advance(seconds: 60)
    let recovered = await daemon.cycle(isTimer: true)
    #expect(recovered.status.trouble == nil, "\(String(describing: recovered.status.trouble))")
    #expect(try company.shell("git -C ops rev-parse audit~1") == good)
    #expect(try company.end().records == 3)
  }

  /// A branch whose folder would be the audit branch: it is named, with the command that removes it, which works as it is.
  @Test(arguments: [false, true]) func aBranchInTheWayIsNamed(isURL: Bool) async throws {
    let company = try CompanyFolder(items: 2)
    try company.shell("git -C ops branch \"audit/it's\"")
    let clock = try ManualClock()
    let daemon = try Daemon(
      company.configuration(repository: isURL ? "file://" + company.repository : nil), clock: clock.read)
    let trouble = try #require(await daemon.cycle().status.trouble)
    #expect(trouble.kind == .needsPerson && trouble.message.contains("'audit/it's' is in the way"), "\(trouble)")
    let command = try #require(trouble.hint.firstRange(of: "git ").map { String(trouble.hint[$0.lowerBound...]) })
    try company.shell("cd ops && \(command)")
    clock.advance(seconds: 60)
    #expect(await daemon.cycle(isTimer: true).status.trouble == nil)
    #expect(try company.end().records == 1)
  }
}
