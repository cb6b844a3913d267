import FoundationEssentials
import TestSupport

/// The `purser` program that stands beside the tests, run with a home of its own.
struct Program {
  let scratch: ScratchFolder
  /// The folder of the program, for a `PATH` that hooks can find it by.
  let folder: String

  init(_ scratch: ScratchFolder) throws {
    self.scratch = scratch
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    folder = String(tests[..<(tests.lastIndex(of: "/") ?? tests.startIndex)])
  }

  var environment: [String: String] {
    ["PATH": "\(folder):/usr/local/bin:/usr/bin:/bin", "HOME": scratch.path, "LC_ALL": "C", "GIT_CONFIG_NOSYSTEM": "1"]
  }

  func callAsFunction(_ arguments: String...) throws -> ChildProcess.Result {
    try ChildProcess.run(folder + "/purser", arguments, in: scratch.path, environment: environment)
  }

  /// A shell command in a folder of the scratch folder.
  func shell(_ command: String, in name: String) throws -> ChildProcess.Result {
    try ChildProcess.run("sh", ["-c", command], in: scratch.path(name), environment: environment)
  }
}
