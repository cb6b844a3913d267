import FoundationEssentials

/// `Benchmarks [NAME…]`: runs the benchmarks whose name contains one of the words, or all.
let benchmarks: [(name: String, run: (_ scratch: String) throws -> [Ratio])] = [
  ("rows", { _ in [LoadBenchmark.rows()] }),
  ("changed", { [try LoadBenchmark.oneChangedFile(in: $0 + "/repository.git")] }),
  ("plan", { _ in PlanBenchmark.run() }),
]

let words = CommandLine.arguments.dropFirst()
let scratch = FileManager.default.temporaryDirectory.path + "/purser-bench-\(ProcessInfo.processInfo.processIdentifier)"
try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
defer { try? FileManager.default.removeItem(atPath: scratch) }
for benchmark in benchmarks where words.isEmpty || words.contains(where: benchmark.name.contains) {
  for ratio in try benchmark.run(scratch) { print(ratio.description) }
}
