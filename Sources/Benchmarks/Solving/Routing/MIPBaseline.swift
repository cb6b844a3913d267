import FoundationEssentials
import Operations
import TestSupport

/// What a MIP solver from the Python Package Index (highspy, or scipy's milp) makes of a routing instance.
struct MIPAnswer {
  let cost: Int64
  /// No answer is cheaper.
  let bound: Int64
  let isProved: Bool
  /// Of the solver alone, without starting Python and building the model.
  let seconds: Double
  let solver: String
}

/// Runs `mip.py`, which stands beside this file.
struct MIPBaseline {
  let python: String
  let secondsLimit: Int

  private static var script: String {
    "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/") + "/mip.py"
  }

  /// - Returns: nil where no solver is installed for this Python.
  /// - Throws: when Python cannot be started, or when the script fails.
  func solve(_ instance: RoutingInstance) throws -> MIPAnswer? {
    let scratch = try ScratchFolder()
    try scratch.write(instance.source.canonical, to: "instance.json")
    let environment = ProcessInfo.processInfo.environment.filter { ["PATH", "HOME", "PYTHONPATH"].contains($0.key) }
    let process = try ChildProcess(
      python, [Self.script, scratch.path("instance.json"), String(secondsLimit)], environment: environment)
    let result = process.wait()
    if result.status == Self.notInstalled { return nil }
    // What a solver says of itself stands before.
    let last = result.output.split(separator: "\n").last.map(String.init) ?? ""
    guard result.status == 0, let json = try? JSONValue.parse(last), let cost = json["cost"]?.integer,
      let bound = json["bound"]?.integer, let isProved = json["proved"]?.bool,
      let seconds = json["seconds"]?.string.flatMap({ Double($0) }), let solver = json["solver"]?.string
    else {
      throw RoutingInstanceError(
        description: "\(instance.name): mip.py ended with \(result.status): \(result.output)\(result.errors)")
    }
    return MIPAnswer(cost: cost, bound: bound, isProved: isProved, seconds: seconds, solver: solver)
  }

  private static let notInstalled: Int32 = 3
}
