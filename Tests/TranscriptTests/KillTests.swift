import ActualState
import Glibc
import SQLiteStore
import TestSupport
import Testing

/// `kill -9` at a random moment, again and again: what a normal run finds afterwards is what it would have made alone.
@Suite struct KillTests {
  private static let seed: UInt64 = 20_261_124
  private static let items = 150

  @Test func anImportThatIsKilledIsFinishedByTheNext() throws {
    let start = try CompanyFolder()
    let events = CompanyFolder.stock(Self.items) + CompanyFolder.orders(1...600, items: Self.items)
    try start.scratch.write(events.joined(separator: "\n") + "\n", to: "company/all.jsonl")
    let command = ["import", "--repo", "ops", "--store", "ops.db", "all.jsonl"]
    let calm = try start.copy("calm")
    let whole = try microseconds { try calm.run(command) }
    let expected = try calm.holdings()
    var random = SplitMix64(seed: Self.seed)
    for round in 1...12 {
      let company = try start.copy("round-\(round)")
      for _ in 1...2 { try killed(company.start(command), within: whole, &random) }
      let last = try company.run(command)
      #expect(last.status == 0, "\(last.errors)")
      #expect(try company.holdings() == expected, "seed \(Self.seed), round \(round)")
      try check(company)
    }
  }

  @Test func aRunThatIsKilledIsFinishedByTheNext() throws {
    let start = try CompanyFolder(items: Self.items)
    _ = try start.cycle()
    try start.commitCap(12)
    try start.commitCap(90, signed: false)
    try start.importEvents(CompanyFolder.orders(1...300, items: Self.items), as: "orders")
    let calm = try start.copy("calm")
    let whole = try microseconds { try calm.cycle() }
    let expected = try (calm.holdings(), calm.shell("git -C ops rev-parse audit"))
    var random = SplitMix64(seed: Self.seed)
    for round in 1...25 {
      let company = try start.copy("round-\(round)")
      try killed(company.start(CompanyFolder.cycle()), within: whole, &random)
      let last = try company.cycle()
      #expect(last.status == 1 && last.errors.contains("is not signed"), "\(last.errors)")
      #expect(try company.holdings() == expected.0, "seed \(Self.seed), round \(round)")
      #expect(try company.shell("git -C ops rev-parse audit") == expected.1, "seed \(Self.seed), round \(round)")
      try company.shell("git -C ops fsck --strict --no-dangling && git -C ops verify-commit audit audit~1")
      try check(company)
    }
  }

  /// Kills a child at a random moment of the time that it takes when it is left alone.
  private func killed(_ child: ChildProcess, within whole: UInt64, _ random: inout SplitMix64) throws {
    usleep(UInt32(UInt64.random(in: 0...whole, using: &random)))
    child.signal(SIGKILL)
    _ = child.wait()
  }

  private func check(_ company: CompanyFolder) throws {
    let problems = try Auditor(SQLiteStore(path: company.store, mode: .readOnly)).problems
    #expect(problems.isEmpty)
    try company.shell("rm -rf '\(company.path)'")
  }

  private func microseconds(_ work: () throws -> ChildProcess.Result) rethrows -> UInt64 {
    UInt64(try ContinuousClock().measure { _ = try work() } / .microseconds(1))
  }
}
