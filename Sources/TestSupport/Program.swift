import FoundationEssentials

/// The `purser` program that was built beside the tests, run with a home of its own.
public struct Program: Sendable {
  public let scratch: ScratchFolder
  /// The folder of the program, for a `PATH` that hooks can find it by.
  public let folder: String

  public init(_ scratch: ScratchFolder) throws {
    self.scratch = scratch
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    folder = String(tests[..<(tests.lastIndex(of: "/") ?? tests.startIndex)])
  }

  public var environment: [String: String] {
    ["PATH": "\(folder):/usr/local/bin:/usr/bin:/bin", "HOME": scratch.path, "LC_ALL": "C", "GIT_CONFIG_NOSYSTEM": "1"]
  }

  public func callAsFunction(_ arguments: String...) throws -> ChildProcess.Result {
    try start(arguments).wait()
  }

  /// Starts the program in a folder of the scratch folder, and does not wait for its end.
  public func start(_ arguments: [String], in name: String = ".") throws -> ChildProcess {
    try ChildProcess(folder + "/purser", arguments, in: scratch.path(name), environment: environment)
  }

  /// A shell command in a folder of the scratch folder.
  public func shell(_ command: String, in name: String) throws -> ChildProcess.Result {
    try ChildProcess.run("sh", ["-c", command], in: scratch.path(name), environment: environment)
  }
}
