import ArgumentParser
import Glibc

/// Measures what must be fast, and solves published instances with the functions that the daemon plans with.
@main
struct Benchmarks: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "Benchmarks", abstract: "Measure what must be fast, and solve instances whose answers are known.",
    subcommands: [
      Measure.self, AllocationInstances.self, ATPInstances.self, RoutingCommand.self, ConfidenceHistory.self,
      ReplenishmentInstances.self,
    ], defaultSubcommand: Measure.self)
}

enum OutputFormat: String, ExpressibleByArgument, CaseIterable { case text, json }

/// Progress goes to standard error, the result to standard output.
func say(_ text: String) {
  let line = Array((text + "\n").utf8)
  _ = write(STDERR_FILENO, line, line.count)
}
