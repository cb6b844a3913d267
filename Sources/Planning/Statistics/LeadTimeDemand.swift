import Operations

/// Demand from placing an order, or from a review, until what it brings can be sold.
///
/// σ_LTD = √(L·σ_d² + d²·σ_L²), with L the days that stock must last: the lead time, and the review period where stock
/// is reviewed now and then.
/// - Source: domain.md §2.5.
struct LeadTimeDemand {
  let model: DemandModel
  let distribution: any DemandDistribution

  /// - Parameters:
  ///   - perDay: mean units a day, from 0.
  ///   - deviationPerDay: σ_d, from 0.
  ///   - days: L, from 0.
  ///   - isIntermittent: so many days without demand that it does not come from a normal distribution.
  init(perDay: Millionths, deviationPerDay: Millionths, days: TimeSpan, deviation: TimeSpan, isIntermittent: Bool) {
    let mean = days.days * perDay.value
    let daily = deviationPerDay.value
    let spread = perDay.value * deviation.days
    let variance = days.days * daily * daily + spread * spread
    (model, distribution) = Self.spread(mean: mean, variance: variance, isIntermittent: isIntermittent)
  }

  /// The largest mean, variance and ratio of the two whose probabilities are added up unit by unit. Beyond it a unit is
  /// less than a hundredth of the deviation or of a burst, and a continuous distribution takes over.
  private static let largestCount = 10_000.0

  private static func spread(mean: Double, variance: Double, isIntermittent: Bool) -> (
    DemandModel, any DemandDistribution
  ) {
    let normal = NormalDemand(mean: mean, deviation: variance.squareRoot())
    guard isIntermittent, mean > 0, variance > 0 else { return (.normal, normal) }
    guard max(mean, variance, variance / mean) > largestCount else {
      // With a variance next to the mean both are the same to a unit, and the Poisson distribution is the exact one.
      guard variance > mean * 1.0001 else { return (.poisson, PoissonDemand(mean: mean)) }
      return (.negativeBinomial, NegativeBinomialDemand(mean: mean, variance: variance))
    }
    // A mean of more than a hundred deviations leaves no burst to model, and less than a thousandth of one no mean.
    guard variance * 1e4 > mean * mean, variance < mean * mean * 1e6 else { return (.normal, normal) }
    return (.gamma, GammaDemand(mean: mean, variance: variance))
  }

  /// The level that gives the service, and what of it is safety stock.
  ///
  /// - Parameters:
  ///   - quantity: the units of an order, above 0, for a fill rate.
  ///   - keepsMean: raise the level to the mean where the service asks for less.
  /// - Returns: nil when it is more units than any quantity.
  func cover(_ service: ServiceLevel, quantity: Quantity, keepsMean: Bool) -> StockCover? {
    let level =
      switch service {
      case .cycle(let rate): distribution.quantile(rate.share)
      case .fill(let rate): distribution.reorderPoint(fillRate: rate.share, quantity: Double(quantity))
      }
    let kept = keepsMean ? max(level, distribution.mean) : level
    let safety = kept - distribution.mean
    guard let mean = Millionths(distribution.mean), let deviation = Millionths(distribution.deviation),
      let level = Millionths(kept), let safetyStock = Millionths(safety)
    else { return nil }
    let isNormal = model == .normal && distribution.deviation > 0
    // Whole units of demand meet whole units of stock: the level is rounded up before it is used.
    let used = model == .poisson || model == .negativeBinomial ? kept.rounded(.up) : kept
    let fillRate = distribution.fillRate(reorderPoint: used, quantity: Double(quantity))
    return StockCover(
      model: model, mean: mean, deviation: deviation, level: level, safetyStock: safetyStock,
      serviceFactor: isNormal ? Millionths(safety / distribution.deviation) : nil, fillRate: Rate(rounding: fillRate))
  }
}

/// How demand is taken to be spread.
public enum DemandModel: String, Hashable, Sendable {
  case normal
  case poisson
  case negativeBinomial = "negative_binomial"
  case gamma
}

/// Stock that covers the demand of a lead time, in whole numbers.
struct StockCover {
  var model: DemandModel
  var mean: Millionths
  var deviation: Millionths
  /// Mean and safety stock together.
  var level: Millionths
  var safetyStock: Millionths
  /// z; nil where demand is not normal or never varies.
  var serviceFactor: Millionths?
  var fillRate: Rate
}
