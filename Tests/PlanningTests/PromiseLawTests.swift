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
    var announced: Int64
    var deviation: Int64
    var margin = DelayMargin(high: 0, medium: 500, low: 700, untrusted: 1500)
    var receivingTime = TimeSpan.day
    var pastDueAfter = TimeSpan("2d")
    var demand: [(at: Instant, units: Quantity)]

    init(_ random: inout SplitMix64) {
      onHand = Quantity.random(in: -10...40, using: &random)
      confidence = Int64.random(in: 0...100, using: &random)
      announced = Int64.random(in: 0...100, using: &random)
      deviation = Int64.random(in: 0...4, using: &random)
      lines = (0..<Int.random(in: 0...5, using: &random)).map { number in
        let eta = FormulaTests.at(Int64.random(in: -3...12, using: &random))
        let notices = (0..<Int.random(in: 0...3, using: &random)).map { notice in
          ShipNotice(
            id: "\(notice)", quantity: Quantity.random(in: 0...20, using: &random),
            received: Quantity.random(in: 0...5, using: &random),
            eta: FormulaTests.at(Int64.random(in: -3...12, using: &random)))
        }
        return InboundLine(
          purchaseOrder: "po", line: "\(number)", supplier: "s", node: "n",
          open: Quantity.random(in: -5...50, using: &random), eta: eta, originalETA: eta, shipNotices: notices)
      }
      demand = (0..<Int.random(in: 0...5, using: &random)).map { _ in
        (FormulaTests.at(Int64.random(in: -1...14, using: &random)), Quantity.random(in: 0...40, using: &random))
      }
    }

    func expected(_ line: InboundLine) -> [ExpectedSupply] {
      SupplierPolicy(
        confidence: .percent(confidence), announcedConfidence: .percent(announced),
        leadTimeDeviation: TimeSpan(milliseconds: deviation * TimeSpan.day.milliseconds), delayMargin: margin,
        receivingTime: receivingTime, pastDueAfter: pastDueAfter
      ).expected(line, now: FormulaTests.at(0))
    }

    /// A day after the other.
    var promises: [Quantity] { promises(lines.flatMap(expected).map { ($0.at, $0.units) }) }

    func promises(_ supply: [(at: Instant, units: Quantity)]) -> [Quantity] {
      let atp = LookAheadATP(start: FormulaTests.at(0), onHand: onHand, supply: supply, demand: demand)
      return (0...25).map { atp.units(at: FormulaTests.at($0)) }
    }

    /// The world after one piece of bad news.
    func worse(_ random: inout SplitMix64) -> World {
      var world = self
      let units = Quantity.random(in: 0...20, using: &random)
      let delay = TimeSpan(milliseconds: units * TimeSpan.day.milliseconds)
      switch Int.random(in: 0...7, using: &random) {
      case 0: world.onHand -= units
      case 1: world.confidence = max(0, confidence - units)
      case 2: world.demand.append((FormulaTests.at(Int64.random(in: -1...14, using: &random)), units))
      case 3: world.announced = max(0, announced - units)
      case 4: world.deviation += units / 5
      default:
        guard let index = lines.indices.randomElement(using: &random) else { return world }
        switch units % 3 {
        case 0: world.lines[index].open -= units
        case 1: world.lines[index].eta = lines[index].eta + delay
        default:
          guard let notice = lines[index].shipNotices.indices.randomElement(using: &random) else { return world }
          world.lines[index].shipNotices[notice].eta = lines[index].shipNotices[notice].eta + delay
        }
      }
      return world
    }
  }

  @Test(arguments: 0..<600 as Range<UInt64>) func badNewsNeverRaisesAPromise(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var world = World(&random)
    for _ in 0..<8 {
      let worse = world.worse(&random)
      #expect(zip(worse.promises, world.promises).allSatisfy { $0 <= $1 }, "seed \(seed)")
      #expect(zip(world.promises, world.promises.dropFirst()).allSatisfy { $0 <= $1 }, "seed \(seed): falls with time")
      world = worse
    }
  }

  /// ρ = 1, k = 0, no receiving time and no date in the past: what is open counts when it is due, as if it were certain.
  @Test(arguments: 0..<300 as Range<UInt64>) func fullConfidenceIsPlainATP(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var world = World(&random)
    world.confidence = 100
    world.margin = DelayMargin()
    world.receivingTime = TimeSpan(milliseconds: 0)
    for index in world.lines.indices {
      world.lines[index].eta = max(FormulaTests.at(0), world.lines[index].eta)
      world.lines[index].originalETA = world.lines[index].eta
      world.lines[index].shipNotices = []
    }
    #expect(world.promises == world.promises(world.lines.map { ($0.eta, max(0, $0.open)) }), "seed \(seed)")
  }

  /// A ship notice for the promised day or sooner lowers nothing at any moment; one for later moves units and loses none.
  @Test(arguments: 0..<300 as Range<UInt64>) func aShipNoticeNeverLowersWhatIsExpected(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let world = World(&random)
    for line in world.lines {
      var plain = line
      plain.shipNotices = []
      let (before, after) = (world.expected(plain), world.expected(line))
      let (promised, announced) = (before.reduce(0) { $0 + $1.units }, after.reduce(0) { $0 + $1.units })
      #expect(promised <= announced && announced <= max(0, line.open), "seed \(seed)")
      guard line.shipNotices.allSatisfy({ $0.eta <= line.eta }) else { continue }
      let promises = [before, after].map { supply in world.promises(supply.map { ($0.at, $0.units) }) }
      #expect(zip(promises[0], promises[1]).allSatisfy { $0 <= $1 }, "seed \(seed)")
    }
  }
}
