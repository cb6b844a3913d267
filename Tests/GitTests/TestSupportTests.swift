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
}
