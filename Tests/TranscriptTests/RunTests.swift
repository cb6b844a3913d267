import Glibc
import TestSupport
import Testing

/// `purser run` as a service: what wakes it, what ends it, and who else may use its store.
@Suite struct RunTests {
  @Test func aCommitIsSeenByTheTimer() throws {
    let company = try CompanyFolder(items: 1)
    let daemon = try RunningDaemon(company, interval: "1s")
    #expect(daemon.waits(for: "applied"))
    try company.commitCap(9)
    #expect(daemon.waits(for: "accepted"), "\(daemon.process.errorsUntilNow)")
    #expect(daemon.end().status == 0)
  }

  @Test func aCommitIsSeenAtOnceBySignalsAndByWake() throws {
    let company = try CompanyFolder(items: 1)
    let daemon = try RunningDaemon(company)
    #expect(daemon.waits(for: "applied"))
    for (percent, wake) in [(9, SIGHUP), (8, SIGUSR1)] {
      try company.commitCap(percent)
      daemon.process.signal(wake)
      #expect(daemon.waits(for: "accepted"), "\(daemon.process.errorsUntilNow)")
    }
    try company.commitCap(7)
    try company.succeed("wake", "--store", "ops.db")
    #expect(daemon.waits(for: "accepted"), "\(daemon.process.errorsUntilNow)")
    let end = daemon.end()
    #expect(end.status == 0 && end.errors.hasSuffix("purser: stopped\n"))
    #expect(try company.shell("ls -a").split(separator: "\n").contains("ops.db.sock") == false)
    let late = try company("wake", "--store", "ops.db")
    #expect(late.status == 1 && late.errors.contains("no daemon is running"))
  }

  @Test func aPushIsSeenAtOnceThroughTheHook() throws {
    let company = try CompanyFolder(items: 1)
    try company.shell(
      """
      git clone -q --bare ops shared.git && cp ops/hooks/post-receive shared.git/hooks/ && \
      git -C shared.git config purser.store "$PWD/ops.db"
      """)
    let daemon = try RunningDaemon(company, repository: "file://\(company.path)/shared.git")
    #expect(daemon.waits(for: "applied"))
    try company.commitCap(9)
    try company.shell("git -C ops push -q ../shared.git main")
    #expect(daemon.waits(for: "accepted"), "\(daemon.process.errorsUntilNow)")
    #expect(daemon.end().status == 0)
    #expect(try company.shell("git -C shared.git log --format=%s audit").split(separator: "\n").count == 2)
    // Nobody listens any more: the push succeeds, and says so.
    try company.commitCap(8)
    let push = try company.purser.shell("git -C ops push -q ../shared.git main", in: company.name)
    #expect(push.status == 0 && push.errors.contains("no daemon is running for"), "\(push.errors)")
  }

  @Test func theStoreIsFreeAfterEachEnd() throws {
    let company = try CompanyFolder(items: 1)
    for (signal, code) in [(SIGTERM, Int32(0)), (SIGINT, 130), (SIGKILL, 137)] {
      let daemon = try RunningDaemon(company)
      #expect(daemon.waits(for: signal == SIGTERM ? "applied" : "watching") || signal != SIGTERM)
      #expect(daemon.end(signal).status == code)
    }
    let next = try RunningDaemon(company)
    #expect(next.end().status == 0)
    #expect(try company.cycle().status == 0)
  }

  @Test func aSecondDaemonIsRefusedAndTheFirstGoesOn() throws {
    let company = try CompanyFolder(items: 1)
    let daemon = try RunningDaemon(company)
    #expect(daemon.waits(for: "applied"))
    // A store has one daemon, whatever it is called.
    try company.shell("ln -s ops.db link.db; mkdir in; ln -s ../link.db in/link.db")
    for more in [["ops.db", "--once"], ["ops.db"], ["link.db"], ["in/link.db"]] {
      let second = try company.run(["run", "--repo", "ops", "--store"] + more)
      #expect(second.status == 1)
      #expect(second.errors.contains("another daemon is running on this store (process \(daemon.process.id))"))
    }
    try company.commitCap(9)
    try company.succeed("wake", "--store", "link.db")
    #expect(daemon.waits(for: "accepted"))
    try company.importEvents(CompanyFolder.orders(1...3, items: 1), as: "orders")
    #expect(daemon.end().status == 0)
  }

  @Test func aReaderThatGoesDoesNotEndTheDaemon() throws {
    let company = try CompanyFolder(items: 1)
    try company.commitCap(9)
    // `head` reads one line and goes; what the daemon says later has no reader.
    try company.shell(
      """
      { purser run --repo ops --store ops.db --interval 60s 2>&1 & echo $! > pid; wait $!; echo $? > code; } | head -1 &
      while ! [ -S ops.db.sock ]; do sleep 0.05; done
      for cap in 8 7; do
        sed -i "s/percent_of_available: [0-9]*%, window: 7d}/percent_of_available: $cap%, window: 7d}/" ops/state/channels/channels.yaml
        git -C ops commit -qam "Cap $cap"; purser wake --store ops.db
        until git -C ops log -1 --format=%s audit 2>/dev/null | grep -q "$(git -C ops rev-parse --short=10 main)"; do sleep 0.05; done
      done
      kill $(cat pid); while ! [ -s code ]; do sleep 0.05; done
      """)
    #expect(try company.shell("cat code") == "0")
  }

  /// Twenty looks at a branch with nothing new, and the time of a processor that they took.
  @Test func restingCostsNothing() throws {
    let company = try CompanyFolder(items: 50)
    let daemon = try RunningDaemon(company, interval: "1s")
    #expect(daemon.waits(for: "applied"))
    let before = try ticks(daemon.process)
    for _ in 0..<20 { try company.succeed("wake", "--store", "ops.db") }
    let after = try ticks(daemon.process)
    // 100 ticks are a second; a build for release takes a tenth of this one.
    #expect(after - before <= 60, "\(after - before) ticks")
    #expect(daemon.end().status == 0)
  }

  private func ticks(_ process: ChildProcess) throws -> Int {
    let fields = try ChildProcess.run("/bin/cat", ["/proc/\(process.id)/stat"]).output.split(separator: " ")
    return try #require(Int(fields[13])) + #require(Int(fields[14]))
  }
}
