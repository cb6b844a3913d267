#if canImport(Glibc)
  import Glibc
#endif

/// Demand in bursts that are so large that single units do not matter: what a negative binomial becomes.
public struct GammaDemand: DemandDistribution {
  private let shape: Double
  private let scale: Double

  /// - Parameters: both above 0.
  public init(shape: Double, scale: Double) {
    self.shape = shape
    self.scale = scale
  }

  public init(mean: Double, variance: Double) { self.init(shape: mean * mean / variance, scale: variance / mean) }

  public var mean: Double { shape * scale }
  public var deviation: Double { shape.squareRoot() * scale }

  public func cumulative(_ units: Double) -> Double { 1 - exceeding(units / scale) }

  /// n(x) = b((a − x/b)·P(demand > x) + (x/b)^a·e^(−x/b)/Γ(a)).
  public func loss(_ units: Double) -> Double {
    guard units > 0 else { return mean - units }
    let ratio = units / scale
    return max(0, scale * ((shape - ratio) * exceeding(ratio) + peak(ratio)))
  }

  public func quantile(_ probability: Double) -> Double {
    guard probability > 0 else { return 0 }
    guard probability < 1 else { return .infinity }
    var high = shape + 1
    while 1 - exceeding(high) < probability, high < 1e18 { high *= 2 }
    return scale * increasingRoot(in: 0...high) { (1 - exceeding($0) - probability, peak($0) / $0) }
  }

  /// x^a·e^(−x)/Γ(a).
  private func peak(_ ratio: Double) -> Double { exp(shape * log(ratio) - ratio - lgamma(shape)) }

  /// The regularised upper incomplete gamma function of the shape.
  ///
  /// By its series where that converges fast, else by its continued fraction with Lentz's method.
  /// - Source: Press et al., Numerical Recipes, 6.2.
  private func exceeding(_ ratio: Double) -> Double {
    guard ratio > 0 else { return 1 }
    guard ratio >= shape + 1 else {
      var (term, sum, divisor) = (1 / shape, 1 / shape, shape)
      while term > sum * 1e-17 {
        divisor += 1
        term *= ratio / divisor
        sum += term
      }
      return 1 - sum * peak(ratio)
    }
    var divisor = ratio + 1 - shape
    var numerator = 1e300
    var denominator = 1 / divisor
    var fraction = denominator
    var index = 1.0
    while true {
      let factor = -index * (index - shape)
      divisor += 2
      denominator = 1 / (factor * denominator + divisor)
      numerator = divisor + factor / numerator
      let change = denominator * numerator
      fraction *= change
      guard abs(change - 1) > 1e-15, index < 100_000 else { break }
      index += 1
    }
    return peak(ratio) * fraction
  }
}
