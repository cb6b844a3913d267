import FoundationEssentials

let rounds = 7
var comparisons: [Comparison] = []
let positions = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 1_000_000
comparisons += PlanBenchmark.run(positions: positions, rounds: rounds)
for comparison in comparisons {
  print(
    "\(comparison.name): \(comparison.median * 1000) ms, \(comparison.baseline): \(comparison.medianBaseline * 1000) ms, "
      + "ratio \(comparison.ratio) (aim \(comparison.aim)), \(comparison.note)")
}
