/// A path and its floor, measured in turns in one run, so that a noisy machine is noisy for both.
struct Comparison {
  var name: String
  var baseline: String
  /// The ratio of times that is aimed at; below 1 where the path should beat its baseline.
  var aim: Double
  var baselineSeconds: [Double] = []
  var seconds: [Double] = []
  /// What was measured, in words: rows, bytes.
  var note = ""

  init(_ name: String, baseline: String, aim: Double, note: String = "") {
    self.name = name
    self.baseline = baseline
    self.aim = aim
    self.note = note
  }

  mutating func measure(rounds: Int, baseline: () throws -> Void, path: () throws -> Void) rethrows {
    for _ in 0..<rounds {
      baselineSeconds.append(try Self.time(baseline))
      seconds.append(try Self.time(path))
    }
  }

  static func time(_ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    let duration = try clock.measure(body)
    return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
  }

  var medianBaseline: Double { Self.median(baselineSeconds) }
  var median: Double { Self.median(seconds) }
  var ratio: Double { median / medianBaseline }

  private static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? .nan : sorted[sorted.count / 2]
  }
}
