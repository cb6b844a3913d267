import ActualState
import Operations
import TestSupport
import Testing

@testable import Planning

/// Less supply, a later date, lower confidence or more demand never makes a promise earlier, and never covers more.
@Suite struct BackorderLawTests {
  struct World {
    struct Bought {
      var units: Quantity
      var days: Int64
      var isDoubted: Bool
    }

    struct Wanted {
      var id: Int
      var channel: ChannelID
      var units: Quantity
    }

    var onHand: Quantity
    /// Of the supplier that is doubted.
    var confidence: Int64
    var bought: [Bought]
    var wanted: [Wanted]
    let limits: String
    let kept: Int64

    init(_ random: inout SplitMix64) {
      onHand = Quantity.random(in: 0...6, using: &random)
      confidence = Int64.random(in: 70...100, using: &random)
      bought = (0..<Int.random(in: 1...4, using: &random)).map { _ in
        Bought(
          units: Quantity.random(in: 1...12, using: &random), days: Int64.random(in: 1...14, using: &random),
          isDoubted: Bool.random(using: &random))
      }
      wanted = (0..<Int.random(in: 1...6, using: &random)).map { id in
        Wanted(
          id: id, channel: ["market", "web"].randomElement(using: &random) ?? "web",
          units: Quantity.random(in: 1...7, using: &random))
      }
      limits =
        ["", "max_units: 6", "horizon: 8d", "min_supplier_confidence: 85%", "max_units: 9, horizon: 10d"]
        .randomElement(using: &random) ?? ""
      kept = [0, 0, 40].randomElement(using: &random) ?? 0
    }

    /// The world after one piece of bad news.
    func worse(_ random: inout SplitMix64) -> World {
      var world = self
      let line = Int.random(in: 0..<bought.count, using: &random)
      switch Int.random(in: 0...4, using: &random) {
      case 0: world.bought[line].units -= min(bought[line].units, Quantity.random(in: 1...6, using: &random))
      case 1: world.bought[line].days += Int64.random(in: 1...6, using: &random)
      case 2: world.confidence -= Int64.random(in: 1...70, using: &random)
      case 3: world.onHand -= min(onHand, 2)
      default:
        world.wanted.insert(
          Wanted(id: 99, channel: "web", units: Quantity.random(in: 1...9, using: &random)), at: 0)
      }
      return world
    }

    /// For each order, the day for which it is promised, or none, and units that it has.
    func outcome() throws -> [Int: (day: Int64?, units: Quantity)] {
      let protection =
        kept > 0
        ? "---\nkind: Protection\nname: kept\nchannel: market\npercent_of_inbound: \(kept)%\n"
          + "effective: {from: 2026-11-24T00:00:00Z, until: 2027-11-24T00:00:00Z}\n" : ""
      let shop = try PlannedShop(
        PlannedShop.backordering(web: limits, protection).replacing("80%", with: "\(max(0, confidence))%"))
      try shop.stock("A", onHand)
      for (index, one) in bought.enumerated() where one.units > 0 {
        try shop.buy("p\(index)", one.units, in: one.days, from: one.isDoubted ? "forge" : "mill")
      }
      try shop.plan()
      for one in wanted {
        shop.now = shop.now + TimeSpan(milliseconds: 1)
        try shop.place(OrderID("o\(one.id)"), one.channel, [("A", one.units)])
      }
      try shop.plan()
      var outcome: [Int: (day: Int64?, units: Quantity)] = [:]
      for one in wanted {
        let line = try #require(try shop.store.line(OrderID("o\(one.id)"), "1"))
        outcome[one.id] = (line.promisedAt.map(\.day), line.claimed)
      }
      return outcome
    }
  }

  @Test(arguments: 0..<150 as Range<UInt64>) func badNewsNeverMakesAPromiseEarlier(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let world = World(&random)
    let worse = world.worse(&random)
    let (before, after) = (try world.outcome(), try worse.outcome())
    for one in world.wanted {
      guard let was = before[one.id], let now = after[one.id] else { continue }
      // What is wholly in stock needs no date.
      guard was.units == one.units, was.day == nil || now.units == one.units else {
        #expect(now.units <= was.units || was.units == one.units, "seed \(seed): order \(one.id)")
        continue
      }
      guard let day = was.day, now.units == one.units else { continue }
      #expect(now.day.map { $0 >= day } ?? false, "seed \(seed): order \(one.id), \(world) became \(worse)")
    }
    let mine = Set(world.wanted.map(\.id))
    let total = after.filter { mine.contains($0.key) }.values.reduce(0) { $0 + $1.units }
    #expect(total <= before.values.reduce(0) { $0 + $1.units }, "seed \(seed)")
  }
}
