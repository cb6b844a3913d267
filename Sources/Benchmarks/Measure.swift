import ArgumentParser
import Glibc
import Operations

/// Measures the paths of the design whose speed matters, each against the floor of the same run.
struct Measure: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure", abstract: "Measure what must be fast, each against its floor in the same run.",
    discussion: """
      Each row is the median of its rounds, in which the step and its floor take turns. A ratio over its aim is a MISS \
      and no failure: read the notes, and the disk's sync time, before believing either. Sources/Commands/\
      Documentation.docc/Benchmarks.md says what each row means.
      """)

  @Argument(help: "Run those whose name contains one of these: \(Benchmark.all.map(\.name).joined(separator: ", ")).")
  var names: [String] = []
  @Flag(help: "Smaller worlds, within seconds: what a build server can run. Aims that depend on the size follow it.")
  var small = false
  @Option(name: .shortAndLong, help: "text or json.") var output = OutputFormat.text
  @Option(help: "The folder of online_retail.csv.gz; else PURSER_DATA.") var data: String?

  func validate() throws {
    for name in names where !Benchmark.all.contains(where: { $0.name.contains(name) }) {
      throw ValidationError("no benchmark is named like '\(name)'")
    }
  }

  func run() async throws {
    let data = data ?? getenv("PURSER_DATA").map { String(cString: $0) }
    let workshop = try Workshop(isSmall: small, data: data)
    var comparisons: [Comparison] = []
    for benchmark in Benchmark.all where names.isEmpty || names.contains(where: benchmark.name.contains) {
      say("\(benchmark.name) …")
      comparisons += try await benchmark.run(workshop)
    }
    let report = BenchmarkReport(comparisons: comparisons)
    print(output == .json ? report.json.pretty() : "\(header(workshop))\n\n\(report.text)")
  }

  private func header(_ workshop: Workshop) -> String {
    "median of \(workshop.rounds) rounds\(small ? ", small worlds" : ""); \(sysconf(Int32(_SC_NPROCESSORS_ONLN))) cores"
  }
}

struct Benchmark {
  let name: String
  let run: (Workshop) async throws -> [Comparison]

  /// In the order in which a change travels: policy, world, plan, trade, audit.
  static var all: [Benchmark] {
    [
      Benchmark(name: "load", run: LoadBenchmark.rows),
      Benchmark(name: "poll", run: PollBenchmark.run),
      Benchmark(name: "pre-commit", run: PreCommitBenchmark.run),
      Benchmark(name: "changed", run: LoadBenchmark.oneChangedFile),
      Benchmark(name: "snapshot", run: StoreBenchmark.snapshot),
      Benchmark(name: "plan", run: PlanBenchmark.run),
      Benchmark(name: "regions", run: RegionBenchmark.run),
      Benchmark(name: "short", run: ShortLinesBenchmark.run),
      Benchmark(name: "comment", run: ChangeBenchmark.run),
      Benchmark(name: "event", run: StoreBenchmark.oneEvent),
      Benchmark(name: "routing", run: RoutingBenchmark.run),
      Benchmark(name: "intake", run: IntakeBenchmark.run),
      Benchmark(name: "audit", run: AuditBenchmark.run),
      Benchmark(name: "verify", run: VerifyBenchmark.run),
      Benchmark(name: "import", run: ImportBenchmark.run),
    ]
  }
}
