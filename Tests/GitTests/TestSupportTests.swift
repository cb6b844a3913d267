import Glibc
import TestSupport
import Testing

@Suite struct TestSupportTests {
  /// The first three outputs of the reference implementation for seed 1234567.
  @Test func splitMix64() {
    var generator = SplitMix64(seed: 1_234_567)
    #expect(
      (0..<3).map { _ in generator.next() }
        == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
  }

  @Test func equalCommandsMakeEqualCommits() throws {
    let ids = try (0..<2).map { _ in
      let scratch = try ScratchFolder()
      let git = try GitCommand.initialise(scratch)
      try scratch.write("a\n", to: "repo/folder/file")
      return try git.commitAll("First")
    }
    #expect(ids[0] == ids[1] && ids[0].count == 40)
  }

  @Test func aFailedCommandTellsWhatGitSaid() throws {
    let scratch = try ScratchFolder()
    let git = try GitCommand.initialise(scratch)
    let failure = #expect(throws: GitCommandFailed.self) { try git("rev-parse", "--verify", "nothing") }
    #expect(failure?.description.contains("Needed a single revision") == true)
  }

  @Test func aServerIsStoppedByItsID() throws {
    let process = try ChildProcess("sleep", ["60"], environment: ["PATH": "/usr/bin:/bin"])
    #expect(process.isRunning)
    process.stop()
    #expect(!process.isRunning && process.wait().status == 128 + 15)
  }

  /// A child that outlives its test, or holds what the test had open, would hold up every later run.
  @Test func childrenEndWithTheServerAndInheritNothing() throws {
    let scratch = try ScratchFolder()
    let lock = try #require(fopen(try scratch.write("", to: "lock"), "r"))
    defer { fclose(lock) }
    let script =
      "ls -l /proc/self/fd > \(scratch.path)/open; sleep 60 & echo $! > \(scratch.path)/id.new;"
      + " mv \(scratch.path)/id.new \(scratch.path)/id; wait"
    let server = try ChildProcess("sh", ["-c", script], environment: ["PATH": "/usr/bin:/bin"])
    while server.isRunning, access(scratch.path("id"), F_OK) != 0 { sched_yield() }
    let child = try #require(pid_t(try scratch.read("id").filter(\.isNumber)))
    #expect(try !scratch.read("open").contains(scratch.path("lock")))
    #expect(kill(child, 0) == 0)
    server.stop()
    // A killed orphan stays visible until init has collected it: it must not be running.
    let state = try ChildProcess.run("ps", ["-o", "stat=", "-p", "\(child)"], environment: ["PATH": "/usr/bin:/bin"])
    #expect(state.output.isEmpty || state.output.hasPrefix("Z"))
  }
}
