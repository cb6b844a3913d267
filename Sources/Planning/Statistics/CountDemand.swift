#if canImport(Glibc)
  import Glibc
#endif

/// Demand in whole units with one peak, known by its probabilities.
public protocol CountDemand: DemandDistribution {
  /// ln P(demand = units), for a whole number from 0.
  func logProbability(_ units: Double) -> Double

  /// P(units + 1) / P(units).
  func ratio(after units: Double) -> Double
}

/// Smaller numbers lose their digits, and a fraction of the smallest is the smallest again: a sum over them never ends.
private let leastProbability = Double.leastNormalMagnitude

extension CountDemand {
  /// P(demand = units), for a whole number.
  public func probability(_ units: Double) -> Double { units < 0 ? 0 : exp(logProbability(units)) }

  public func cumulative(_ units: Double) -> Double {
    let last = units.rounded(.down)
    guard last >= 0 else { return 0 }
    return isSummedFromBelow(last) ? below(from: last) { _ in 1 } : 1 - above(from: last + 1) { _ in 1 }
  }

  public func loss(_ units: Double) -> Double {
    guard units >= 0 else { return mean - units }
    let last = units.rounded(.down)
    guard isSummedFromBelow(last) else { return above(from: last + 1) { $0 - units } }
    return mean - units + below(from: last) { units - $0 }
  }

  /// Below the mean, and a little above it where the upper tail is the longer one. Further out the difference to the whole
  /// would lose its digits.
  private func isSummedFromBelow(_ units: Double) -> Bool {
    guard units >= mean else { return true }
    return units < mean + 4 * deviation && units < 9 * deviation + 40 * deviation * deviation / mean
  }

  public func quantile(_ probability: Double) -> Double {
    guard probability > 0 else { return 0 }
    guard probability < 1 else { return .infinity }
    // From where a normal distribution would be, unit by unit.
    var units = max(0, (mean + deviation * StandardNormal.quantile(probability)).rounded(.down))
    var reached = cumulative(units)
    var term = self.probability(units)
    while units > 0, reached - term >= probability {
      reached -= term
      units -= 1
      term /= ratio(after: units)
    }
    while reached < probability, term > leastProbability {
      term *= ratio(after: units)
      units += 1
      reached += term
    }
    return units
  }

  public func reorderPoint(fillRate: Double, quantity: Double) -> Double {
    let size = quantity.rounded(.up)
    let normal = NormalDemand(mean: mean, deviation: deviation)
    var level = max(-size, normal.reorderPoint(fillRate: fillRate, quantity: size).rounded())
    var missing = (loss(level) - loss(level + size)) / size
    var (low, high) = (Step(self, at: level), Step(self, at: level + size))
    // Unit by unit from where normal demand would have it: one more leaves P(level < demand ≤ level + size) less.
    while missing > 1 - fillRate {
      missing -= (high.cumulative - low.cumulative) / size
      level += 1
      low.up(self)
      high.up(self)
    }
    while level > -size {
      low.down(self)
      high.down(self)
      missing += (high.cumulative - low.cumulative) / size
      guard missing <= 1 - fillRate else { break }
      level -= 1
    }
    return level
  }

  /// Σ weight(j)·P(j) over j = start, start − 1, …, 0.
  private func below(from start: Double, _ weight: (Double) -> Double) -> Double {
    var (units, term, sum) = (start, probability(start), 0.0)
    while term > leastProbability {
      let added = weight(units) * term
      sum += added
      guard units > 0, added >= sum * 1e-17 else { break }
      units -= 1
      term /= ratio(after: units)
    }
    return sum
  }

  /// Σ weight(j)·P(j) over j = start, start + 1, …, for a start above the mean.
  private func above(from start: Double, _ weight: (Double) -> Double) -> Double {
    var (units, term, sum) = (start, probability(start), 0.0)
    while term > leastProbability {
      let added = weight(units) * term
      sum += added
      guard added >= sum * 1e-17 else { break }
      term *= ratio(after: units)
      units += 1
    }
    return sum
  }
}

/// P(demand ≤ units) at a place that moves by single units.
private struct Step {
  private var units: Double
  private var probability: Double
  var cumulative: Double

  init(_ demand: some CountDemand, at units: Double) {
    self.units = units
    probability = demand.probability(units)
    cumulative = demand.cumulative(units)
  }

  mutating func up(_ demand: some CountDemand) {
    probability = units < 0 ? demand.probability(units + 1) : probability * demand.ratio(after: units)
    units += 1
    cumulative += probability
  }

  mutating func down(_ demand: some CountDemand) {
    cumulative -= probability
    units -= 1
    probability = units < 0 ? 0 : probability / demand.ratio(after: units)
  }
}

/// Single units bought independently of each other: the variance is the mean.
public struct PoissonDemand: CountDemand {
  /// At least 0.
  public let mean: Double

  public init(mean: Double) { self.mean = mean }

  public var deviation: Double { mean.squareRoot() }

  public func logProbability(_ units: Double) -> Double {
    (units > 0 ? units * log(mean) : 0) - mean - lgamma(units + 1)
  }

  public func ratio(after units: Double) -> Double { mean / (units + 1) }
}

/// Demand that comes in bursts: the variance is above the mean.
public struct NegativeBinomialDemand: CountDemand {
  public let mean: Double
  public let deviation: Double
  /// r: how little it comes in bursts; p: mean / variance.
  private let successes: Double
  private let chance: Double

  /// - Parameters:
  ///   - mean: above 0.
  ///   - variance: above the mean.
  public init(mean: Double, variance: Double) {
    self.mean = mean
    deviation = variance.squareRoot()
    successes = mean * mean / (variance - mean)
    chance = mean / variance
  }

  public func logProbability(_ units: Double) -> Double {
    let combinations = lgamma(units + successes) - lgamma(successes) - lgamma(units + 1)
    return combinations + successes * log(chance) + (units > 0 ? units * log1p(-chance) : 0)
  }

  public func ratio(after units: Double) -> Double { (units + successes) / (units + 1) * (1 - chance) }
}
