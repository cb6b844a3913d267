#if canImport(Glibc)
  import Glibc
#endif

/// The normal distribution with mean 0 and deviation 1.
///
/// With its neighbours in this folder the only floating-point numbers of a plan: what leaves the folder for a plan is
/// rounded once to whole numbers.
public enum StandardNormal {
  /// φ(z).
  public static func density(_ z: Double) -> Double { exp(-z * z / 2) / (2 * Double.pi).squareRoot() }

  /// Φ(z), as exact in the far lower tail as in the middle.
  public static func cumulative(_ z: Double) -> Double { erfc(-z * 0.5.squareRoot()) / 2 }

  /// The z with Φ(z) = `probability`; infinite for 0 and 1.
  ///
  /// Starts within 4.5e-4 and takes two steps of Halley's method, which triples the digits each time. The upper half
  /// mirrors the lower one, where erfc loses nothing.
  /// - Source: Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 26.2.23.
  public static func quantile(_ probability: Double) -> Double {
    guard probability <= 0.5 else { return probability > 0.5 ? -quantile(1 - probability) : .nan }
    guard probability > 0 else { return probability == 0 ? -.infinity : .nan }
    guard probability < 0.5 else { return 0 }
    let t = (-2 * log(probability)).squareRoot()
    let above = 2.515517 + t * (0.802853 + t * 0.010328)
    let below = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308))
    var z = above / below - t
    for _ in 0..<2 {
      let step = (cumulative(z) - probability) / density(z)
      z -= step / (1 + z * step / 2)
    }
    return z
  }

  /// G(z) = φ(z) − z(1 − Φ(z)): what demand exceeds z by, on average.
  /// - Source: Snyder and Shen, Fundamentals of Supply Chain Theory, C.22.
  public static func loss(_ z: Double) -> Double {
    // For z below 0, G(z) = G(−z) − z has no difference of nearly equal numbers.
    guard z >= 0 else { return z < 0 ? loss(-z) - z : .nan }
    return max(0, density(z) - z * cumulative(-z))
  }

  /// Half the mean square of what demand exceeds z by: the integral of G from z.
  /// - Source: Snyder and Shen, C.25.
  public static func secondLoss(_ z: Double) -> Double {
    guard z >= 0 else { return z < 0 ? (z * z + 1) / 2 - secondLoss(-z) : .nan }
    return max(0, ((z * z + 1) * cumulative(-z) - z * density(z)) / 2)
  }
}

/// Demand that is the sum of many small, independent demands.
public struct NormalDemand: DemandDistribution {
  public let mean: Double
  /// At 0 all demand is the mean.
  public let deviation: Double

  public init(mean: Double, deviation: Double) {
    self.mean = mean
    self.deviation = deviation
  }

  public func cumulative(_ units: Double) -> Double {
    guard deviation > 0 else { return units < mean ? 0 : 1 }
    return StandardNormal.cumulative((units - mean) / deviation)
  }

  public func loss(_ units: Double) -> Double {
    guard deviation > 0 else { return max(0, mean - units) }
    return deviation * StandardNormal.loss((units - mean) / deviation)
  }

  public func fillRate(reorderPoint: Double, quantity: Double) -> Double {
    // The two losses of an order next to nothing are the same to the last digits; the chance between them is not.
    guard quantity > 1e-5 * deviation else { return cumulative(reorderPoint + quantity / 2) }
    return 1 - (loss(reorderPoint) - loss(reorderPoint + quantity)) / quantity
  }

  public func quantile(_ probability: Double) -> Double {
    guard deviation > 0 else { return mean }
    return mean + deviation * StandardNormal.quantile(probability)
  }
}
