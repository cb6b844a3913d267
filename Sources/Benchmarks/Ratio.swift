/// A measured step over the floor that the same run measured: the ratio is what counts, not the machine.
struct Ratio {
  let name: String
  let baselineName: String
  /// The ratio that the design asks for.
  let aim: Double
  let measured: Double
  let baseline: Double

  /// Runs both in turns, so that a busy moment hits both, and keeps the best time of each.
  init(
    _ name: String, _ baselineName: String, aim: Double, rounds: Int = 7, measured: () throws -> Void,
    baseline: () throws -> Void
  ) rethrows {
    self.name = name
    self.baselineName = baselineName
    self.aim = aim
    var best = (measured: Duration.seconds(3600), baseline: Duration.seconds(3600))
    let clock = ContinuousClock()
    for _ in 0..<rounds {
      best.baseline = min(best.baseline, try clock.measure(baseline))
      best.measured = min(best.measured, try clock.measure(measured))
    }
    self.measured = best.measured / .milliseconds(1)
    self.baseline = best.baseline / .milliseconds(1)
  }

  var description: String {
    let ratio = measured / baseline
    return "\(ratio <= aim ? "ok  " : "MISS") \(name): \(rounded(ratio))x of \(baselineName) (aim \(aim)x); "
      + "\(rounded(measured)) ms over \(rounded(baseline)) ms"
  }

  private func rounded(_ value: Double) -> String {
    let thousandths = Int((value * 1000).rounded())
    let fraction = String(1000 + thousandths % 1000).dropFirst()
    return "\(thousandths / 1000).\(fraction)"
  }
}
