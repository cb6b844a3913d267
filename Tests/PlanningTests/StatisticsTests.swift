import TestSupport
import Testing

@testable import Planning

/// Whether two numbers agree to `digits` of their digits, or are both next to nothing.
private func agree(_ left: Double, _ right: Double, within tolerance: Double = 1e-11) -> Bool {
  abs(left - right) <= tolerance * max(abs(left), abs(right), 1e-300)
}

/// Values of scipy 1.17.1 and of stockpyl 1.0.2 unless said otherwise.
@Suite struct StatisticsTests {
  @Test(
    arguments: [
      (1e-300, -37.0470962993612), (1e-12, -7.034483825301131), (1e-6, -4.753424308822899),
      (0.001, -3.090232306167813), (0.025, -1.9599639845400545), (0.3, -0.5244005127080409), (0.5, 0),
      (0.7, 0.5244005127080407), (0.8, 0.8416212335729143), (0.95, 1.6448536269514722), (0.975, 1.959963984540054),
      (0.999999, 4.753424308817087),
    ] as [(Double, Double)])
  func normalQuantiles(probability: Double, expected: Double) {
    #expect(agree(StandardNormal.quantile(probability), expected, within: 1e-14), "\(probability)")
  }

  @Test func normalQuantilesHaveEdges() {
    #expect(StandardNormal.quantile(0) == -.infinity)
    #expect(StandardNormal.quantile(1) == .infinity)
    #expect(StandardNormal.quantile(.nan).isNaN)
    #expect(StandardNormal.quantile(1.1).isNaN && StandardNormal.quantile(-0.1).isNaN)
  }

  /// G(1.3) and its neighbour stand in Snyder and Shen; the others follow from the formula.
  @Test(
    arguments: [
      (-3, 3.0003821543170477, 4.999898282459756), (-1.3, 1.3455279620865142, 1.3261929330634292),
      (0, 0.3989422804014327, 0.25), (1.3, 0.04552796208651397, 0.01880706693657111),
      (4, 7.145258432e-06, 1.5451040e-06),
    ] as [(Double, Double, Double)])
  func normalLosses(z: Double, first: Double, second: Double) {
    #expect(agree(StandardNormal.loss(z), first, within: 1e-9))
    #expect(agree(StandardNormal.secondLoss(z), second, within: 1e-7))
  }

  struct Count: Sendable {
    var mean: Double
    var variance: Double
    var units: Double
    var probability: Double
    var cumulative: Double
    var loss: Double
    var quantile95: Double

    var distribution: any CountDemand {
      variance > mean
        ? NegativeBinomialDemand(mean: mean, variance: variance) as any CountDemand : PoissonDemand(mean: mean)
    }
  }

  private static let counts = [
    Count(
      mean: 0.3, variance: 0.3, units: 0, probability: 0.7408182206817179, cumulative: 0.740818220681718,
      loss: 0.3, quantile95: 1),
    Count(
      mean: 6, variance: 6, units: 8, probability: 0.1032577335308442, cumulative: 0.8472374939845612,
      loss: 0.31402138915418754, quantile95: 10),
    Count(
      mean: 6, variance: 6, units: 5, probability: 0.16062314104797995, cumulative: 0.44567964136461097,
      loss: 1.5180592049232688, quantile95: 10),
    Count(
      mean: 1000, variance: 1000, units: 1050, probability: 0.0035994904048021626, cumulative: 0.9439711616363267,
      loss: 0.7980484866184958, quantile95: 1052),
    Count(
      mean: 1000, variance: 1000, units: 900, probability: 7.516954352125941e-05, cumulative: 0.0006977673277963054,
      loss: 100.00539281074163, quantile95: 1052),
    Count(
      mean: 3, variance: 9, units: 5, probability: 0.06860489309815002, cumulative: 0.8321684435541826,
      loss: 0.5562004973843158, quantile95: 9),
    Count(
      mean: 3, variance: 3.3, units: 5, probability: 0.09901490091567157, cumulative: 0.9065875723782627,
      loss: 0.15972729796137566, quantile95: 6),
    Count(
      mean: 40, variance: 900, units: 60, probability: 0.007215497306314977, cumulative: 0.7974362481741375,
      loss: 5.545336380881688, quantile95: 98),
    Count(
      mean: 40, variance: 900, units: 10, probability: 0.015974227529700794, cumulative: 0.12033527955631425,
      loss: 30.463369633384314, quantile95: 98),
    Count(
      mean: 0.5, variance: 4, units: 2, probability: 0.025253109997470043, cumulative: 0.9410992325723839,
      loss: 0.27781894382189154, quantile95: 3),
  ]

  @Test(arguments: counts) func countedDemand(row: Count) {
    let demand = row.distribution
    #expect(agree(demand.probability(row.units), row.probability))
    #expect(agree(demand.cumulative(row.units), row.cumulative))
    #expect(agree(demand.loss(row.units), row.loss, within: 1e-10))
    #expect(demand.quantile(0.95) == row.quantile95)
    #expect(demand.cumulative(-1) == 0 && demand.loss(-2) == row.mean + 2)
  }

  /// The far tail is added up and not taken from 1, so its digits are right.
  @Test func aFarTailKeepsItsDigits() {
    #expect(agree(PoissonDemand(mean: 6).loss(30), 6.028829839340e-13, within: 1e-11))
  }

  /// Where probabilities are too small for a Double there is nothing to add up, and no end to adding it.
  @Test func beyondTheSmallestNumberNothingIsMissing() {
    for demand in [NegativeBinomialDemand(mean: 260, variance: 1465), PoissonDemand(mean: 3)] as [any CountDemand] {
      for units in stride(from: 100.0, to: 6_000, by: 7) {
        #expect(demand.loss(units) >= 0 && demand.cumulative(units) <= 1, "\(units)")
      }
      #expect(demand.loss(6_000) == 0 && demand.cumulative(6_000) == 1)
      #expect(demand.quantile(1 - 1e-16) < 6_000)
    }
  }

  @Test(
    arguments: [
      (2, 3, 4, 0.38494001106330406, 2.635971381157268, 14.231593555171731),
      (0.5, 10, 1, 0.34527915398142317, 4.2332256427896695, 19.20729410347062),
      (0.5, 10, 40, 0.9953222650189527, 0.042949129204265774, 19.20729410347062),
      (100, 5, 600, 0.9721362601094793, 0.6157734129000936, 584.9856722308123),
      (9000, 1, 9100, 0.8539953571899366, 7.202977015178476, 9156.610956159538),
    ] as [(Double, Double, Double, Double, Double, Double)])
  func gammaDemand(
    shape: Double, scale: Double, units: Double, cumulative: Double, loss: Double, quantile95: Double
  ) {
    let demand = GammaDemand(shape: shape, scale: scale)
    #expect(agree(demand.cumulative(units), cumulative, within: 1e-10))
    #expect(agree(demand.loss(units), loss, within: 1e-8))
    #expect(agree(demand.quantile(0.95), quantile95, within: 1e-9))
  }

  /// Stockpyl's r_q_cost(126.8, 328.5, .225, 7.5, 8, 1300, 150, 1/12), integrated by the second loss.
  @Test func theCostOfAReorderPoint() {
    let (point, quantity, holding, stockout) = (126.8, 328.5, 0.225, 7.5)
    let demand = NormalDemand(mean: 1300.0 / 12, deviation: 150 / 12.0.squareRoot())
    func second(_ level: Double) -> Double {
      demand.deviation * demand.deviation * StandardNormal.secondLoss((level - demand.mean) / demand.deviation)
    }
    let held = holding * quantity * (point - demand.mean + quantity / 2)
    let missing = (holding + stockout) * (second(point) - second(point + quantity))
    #expect(agree((8 * 1300 + held + missing) / quantity, 78.071162509282942))
  }

  // MARK: Laws

  @Test func theInverseOfTheNormalIsItsInverse() {
    var random = SplitMix64(seed: 11)
    for _ in 0..<2_000 {
      let z = Double.random(in: -8...5, using: &random)
      // Above the middle a probability next to 1 has fewer digits left for z.
      #expect(abs(StandardNormal.quantile(StandardNormal.cumulative(z)) - z) < (z < 1 ? 1e-12 : 1e-9), "z = \(z)")
    }
  }

  @Test func lossFalls() {
    var last = Double.infinity
    for step in -4_000...3_700 {
      let loss = StandardNormal.loss(Double(step) / 100)
      #expect(loss > 0 && loss < last, "z = \(Double(step) / 100)")
      last = loss
    }
  }

  private static func anyDemand(_ random: inout SplitMix64) -> any DemandDistribution {
    let mean = Double.random(in: 0.01...300, using: &random)
    let variance = mean * Double.random(in: 1.001...40, using: &random)
    switch Int.random(in: 0..<4, using: &random) {
    case 0: return NormalDemand(mean: mean, deviation: variance.squareRoot())
    case 1: return PoissonDemand(mean: mean)
    case 2: return NegativeBinomialDemand(mean: mean, variance: variance)
    default: return GammaDemand(mean: mean, variance: variance)
    }
  }

  /// The quantile is the least level that is not exceeded with the probability.
  @Test(arguments: 0..<400 as Range<UInt64>) func quantilesInvert(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let demand = Self.anyDemand(&random)
    let probability = Double.random(in: 0.01...0.9999, using: &random)
    let level = demand.quantile(probability)
    if demand is any CountDemand {
      #expect(demand.cumulative(level) >= probability - 1e-12, "seed \(seed)")
      #expect(level == 0 || demand.cumulative(level - 1) < probability + 1e-12, "seed \(seed)")
    } else {
      #expect(agree(demand.cumulative(level), probability, within: 1e-9), "seed \(seed)")
    }
  }

  /// The reorder point of a fill rate gives that fill rate; for counted demand one unit less does not.
  @Test(arguments: 0..<400 as Range<UInt64>) func reorderPointsGiveTheirFillRate(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let demand = Self.anyDemand(&random)
    let quantity = Double.random(in: 1...500, using: &random).rounded()
    let wanted = Double.random(in: 0.02...0.9999, using: &random)
    let level = demand.reorderPoint(fillRate: wanted, quantity: quantity)
    let given = demand.fillRate(reorderPoint: level, quantity: quantity)
    if demand is any CountDemand {
      let before = demand.fillRate(reorderPoint: level - 1, quantity: quantity)
      #expect(given >= wanted && before < wanted, "seed \(seed)")
    } else {
      #expect(abs(given - wanted) < 1e-10, "seed \(seed): \(given) for \(wanted)")
    }
  }

  /// n(x) − n(x + 1) is the chance that demand exceeds x, whichever way each of the three is added up.
  @Test(arguments: 0..<200 as Range<UInt64>) func lossAddsUpTheTail(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let mean = Double.random(in: 0.01...300, using: &random)
    let burst = NegativeBinomialDemand(mean: mean, variance: mean * Double.random(in: 1.01...40, using: &random))
    let units = Double.random(in: 0...600, using: &random).rounded()
    for demand in [PoissonDemand(mean: mean), burst] as [any CountDemand] {
      let difference = demand.loss(units) - demand.loss(units + 1)
      #expect(abs(difference - (1 - demand.cumulative(units))) < 1e-9, "seed \(seed)")
    }
  }
}
