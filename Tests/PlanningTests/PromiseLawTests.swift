import Operations
import TestSupport
import Testing

@testable import Planning

/// Less supply, a later date, lower confidence or more demand never raises what can be promised, at any moment.
@Suite struct PromiseLawTests {
  struct World {
    var onHand: Quantity
    var lines: [InboundLine]
    var confidence: Int64
    var demand: [(at: Instant, units: Quantity)]

    init(_ random: inout SplitMix64) {
      onHand = Quantity.random(in: -10...40, using: &random)
      confidence = Int64.random(in: 0...100, using: &random)
      lines = (0..<Int.random(in: 0...5, using: &random)).map { number in
        let eta = FormulaTests.at(Int64.random(in: -3...12, using: &random))
        return InboundLine(
          purchaseOrder: "po", line: "\(number)", supplier: "s", node: "n",
          open: Quantity.random(in: 0...50, using: &random), eta: eta, originalETA: eta)
      }
      demand = (0..<Int.random(in: 0...5, using: &random)).map { _ in
        (FormulaTests.at(Int64.random(in: -1...14, using: &random)), Quantity.random(in: 0...40, using: &random))
      }
    }

    /// A day after the other.
    var promises: [Quantity] {
      let supplier = SupplierPolicy(
        confidence: .percent(confidence), receivingTime: .day, pastDueAfter: TimeSpan("2d"))
      let now = FormulaTests.at(0)
      let atp = LookAheadATP(
        start: now, onHand: onHand, supply: lines.map { supplier.expected($0, now: now) }, demand: demand)
      return (0...20).map { atp.units(at: FormulaTests.at($0)) }
    }

    /// The world after one piece of bad news.
    func worse(_ random: inout SplitMix64) -> World {
      var world = self
      let units = Quantity.random(in: 0...20, using: &random)
      switch Int.random(in: 0...4, using: &random) {
      case 0: world.onHand -= units
      case 1: world.confidence = max(0, confidence - units)
      case 2: world.demand.append((FormulaTests.at(Int64.random(in: -1...14, using: &random)), units))
      default:
        guard let index = lines.indices.randomElement(using: &random) else { return world }
        if units % 2 == 0 {
          world.lines[index].open = max(0, lines[index].open - units)
        } else {
          world.lines[index].eta = lines[index].eta + TimeSpan(milliseconds: units * TimeSpan.day.milliseconds)
        }
      }
      return world
    }
  }

  @Test(arguments: 0..<300 as Range<UInt64>) func badNewsNeverRaisesAPromise(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var world = World(&random)
    for _ in 0..<8 {
      let worse = world.worse(&random)
      #expect(zip(worse.promises, world.promises).allSatisfy { $0 <= $1 }, "seed \(seed)")
      #expect(zip(world.promises, world.promises.dropFirst()).allSatisfy { $0 <= $1 }, "seed \(seed): falls with time")
      world = worse
    }
  }
}
