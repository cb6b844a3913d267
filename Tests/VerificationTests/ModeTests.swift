import ActualState
import DesiredState
import DesiredStateFiles
import Diagnostics
import Operations
import Reconciling
import TestSupport
import Testing
import Verification

/// Every combination of modes is refused where it is written, or does what it says.
@Suite struct ModeTests {
  static let modes = Mode.allCases.map(\.rawValue)
  static let combinations = modes.flatMap { one in modes.flatMap { two in modes.map { [one, two, $0] } } }

  /// By allocation and publishing; what replenishment is does not matter for them.
  static let allowed: [String: Set<String>] = [
    "observe": ["observe"], "propose": ["observe", "propose"], "enforce": ["observe", "propose", "enforce"],
  ]

  @Test(arguments: combinations) func modesDoWhatTheySay(modes: [String]) throws {
    let (allocation, publishing, replenishment) = (modes[0], modes[1], modes[2])
    let scratch = try ScratchFolder()
    let ops = try OpsRepository(scratch)
    let daily = Daily(ops)
    let files = OpsRepository.heldFiles(
      "mode: {allocation: \(allocation), publishing: \(publishing), replenishment: \(replenishment)}")
    let root = try ops.commit(files.mapValues { $0 }, message: "Begin")
    let problems = try PolicyHistory(repository: ops.repository).load(root).diagnostics.filter { $0.severity == .error }
    guard Self.allowed[allocation]?.contains(publishing) == true else {
      #expect(problems.map(\.id) == ["state.mode_order"])
      let words = "publishing is \(publishing) but allocation is \(allocation)"
      #expect(problems.first?.message.contains(words) == true && problems.first?.location != nil)
      return
    }
    #expect(problems.isEmpty)
    try daily.count(50)
    // What waits, and what is only observed, is never done by looking again.
    for stock in [50, 40] as [Int64] {
      try daily.count(stock)
      try daily.look()
      #expect(try (daily.store.grant("MUG", "web")?.grant != nil) == (allocation == "enforce"))
      #expect(try daily.published == (publishing == "enforce" ? stock : nil))
      let proposed = [(allocation, Hold.Cause.allocation), (publishing, .publishing)].filter { $0.0 == "propose" }
      #expect(daily.waiting.map(\.hold.cause) == proposed.map(\.1))
    }
    #expect(try daily.problems == [])
  }
}
