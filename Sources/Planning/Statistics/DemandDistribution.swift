/// How demand over a stretch of time is spread around its mean.
public protocol DemandDistribution: Sendable {
  var mean: Double { get }
  var deviation: Double { get }

  /// P(demand ≤ units).
  func cumulative(_ units: Double) -> Double

  /// E[max(0, demand − units)]: the units that are missing on average when this many are there.
  func loss(_ units: Double) -> Double

  /// The least level that demand does not exceed with this probability.
  func quantile(_ probability: Double) -> Double

  /// The share of demand that is shipped from stock when orders of `quantity` are placed at `reorderPoint`.
  ///
  /// β = 1 − (n(s) − n(s + Q))/Q, where n is the loss. What was missing in an earlier cycle is not counted again, so it
  /// holds for small orders too.
  /// - Source: domain.md §2.5; Hadley and Whitin, Analysis of Inventory Systems (1963).
  func fillRate(reorderPoint: Double, quantity: Double) -> Double

  /// The least reorder point whose fill rate, with orders of `quantity`, is at least `fillRate` (between 0 and 1).
  func reorderPoint(fillRate: Double, quantity: Double) -> Double
}

extension DemandDistribution {
  public func fillRate(reorderPoint: Double, quantity: Double) -> Double {
    1 - (loss(reorderPoint) - loss(reorderPoint + quantity)) / quantity
  }

  public func reorderPoint(fillRate: Double, quantity: Double) -> Double {
    let low = mean - quantity - 10 * deviation
    return increasingRoot(in: low...highest(fillRate: fillRate, quantity: quantity)) { level in
      let slope = (cumulative(level + quantity) - cumulative(level)) / quantity
      return (self.fillRate(reorderPoint: level, quantity: quantity) - fillRate, slope)
    }
  }

  /// A reorder point that is high enough for the fill rate.
  func highest(fillRate: Double, quantity: Double) -> Double {
    var above = max(1, deviation)
    while self.fillRate(reorderPoint: mean + above, quantity: quantity) < fillRate, above < 1e18 { above *= 2 }
    return mean + above
  }
}

/// Where a function that never falls crosses 0: Newton's step where it stays inside what is left, else halving.
func increasingRoot(in bounds: ClosedRange<Double>, of function: (Double) -> (value: Double, slope: Double)) -> Double {
  var (low, high) = (bounds.lowerBound, bounds.upperBound)
  var root = (low + high) / 2
  // Halving alone reaches the last bit of a Double well before this.
  for _ in 0..<200 {
    let (value, slope) = function(root)
    if value < 0 { low = root } else { high = root }
    let newton = root - value / slope
    let next = newton > low && newton < high ? newton : (low + high) / 2
    guard abs(next - root) > 1e-13 * max(1, abs(root)) else { return next }
    root = next
  }
  return root
}
