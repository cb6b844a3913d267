import ArgumentParser
import Glibc
import Simulation

/// Runs seeded simulations of the daemon, many of them, and stops at the first that breaks a promise.
@main
struct Simulate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate", abstract: "Run seeded simulations of the daemon and check what must always hold.")

  @Option(help: "Run this seed only, as a failure prints it.")
  var seed: UInt64?

  @Option(help: "How many seeds to run.")
  var seeds: UInt64 = 1000

  @Option(help: "The first seed.")
  var from: UInt64 = 0

  @Option(help: "Steps of each run.")
  var steps = 300

  @Option(help: "Try so many random changes of policy instead, and check that each preview is what applying it does.")
  var previews: Int?

  func run() throws {
    if let previews { return try tryPreviews(previews) }
    var tally = Tally()
    let range = seed.map { $0..<($0 + 1) } ?? from..<(from + seeds)
    for seed in range {
      let simulation = Simulation(seed: seed)
      do throws(SimulationFailure) {
        try simulation.run(steps: steps)
      } catch {
        print(error)
        throw ExitCode.failure
      }
      tally += simulation.tally
      let done = seed - range.lowerBound + 1
      if done % 100 == 0 { report("\(done) of \(range.count) seeds") }
    }
    print("\(range.count) seeds: \(tally)")
  }

  /// Some changes on each world.
  private func tryPreviews(_ count: Int) throws {
    var tally = PreviewTrial.Tally()
    var next = seed ?? from
    while tally.changes < count {
      var trial = PreviewTrial(seed: next)
      do {
        try trial.run(changes: seed == nil ? min(10, count - tally.changes) : count)
      } catch {
        print(error)
        throw ExitCode.failure
      }
      tally += trial.tally
      next += 1
      if next % 100 == 0 { report("\(tally.changes) of \(count) changes") }
    }
    print("\(next - (seed ?? from)) worlds: \(tally)")
  }

  /// Progress goes to standard error, the result to standard output.
  private func report(_ text: String) {
    let line = Array((text + "\n").utf8)
    _ = write(STDERR_FILENO, line, line.count)
  }
}
