import ActualState
import Operations
import TestSupport
import Testing

@testable import Planning

/// What holds for shortages of every shape.
@Suite struct ReallocationLawTests {
  private static let names = ["a", "b", "c"]

  private struct World {
    var ranks: [Int]
    var isShared: Bool
    var verbs: [String]
    var fields: [String]
    var protections: [String] = []

    init(_ random: inout SplitMix64) {
      func pick<Element>(_ all: [Element], _ random: inout SplitMix64) -> Element {
        all[Int.random(in: 0..<all.count, using: &random)]
      }
      let isShared = Bool.random(using: &random)
      self.isShared = isShared
      ranks = names.map { _ in Int.random(in: 1...2, using: &random) }
      verbs = names.map { _ in pick(["win", "gain", "redistribute", "redistribute", "fill", "lose", "lose"], &random) }
      fields = names.map { _ in
        (isShared
          ? "share: {weight: \(Int.random(in: 1...3, using: &random)), min_units: \(pick([0, 0, 4], &random))}\n" : "")
          + pick(["", "", "cap: {units: 12, window: 1d}\n", "may_use_shared: false\n"], &random)
      }
      for name in names where Int.random(in: 0..<3, using: &random) == 0 {
        let units = Int.random(in: 1...9, using: &random)
        protections.append("kind: Protection\nname: p-\(name)\nchannel: \(name)\nunits: \(units)\n")
      }
    }

    func trade(reallocating: Bool) throws -> Trade {
      let channels = names.indices.map { index in
        Trade.channel(
          names[index], rank: ranks[index], reallocating ? verbs[index] : nil, rule: isShared ? "fair_share" : "strict",
          fields[index])
      }
      return try Trade(channels + protections)
    }
  }

  /// The same orders, counts and news for any policy.
  private func live(_ trade: Trade, _ random: inout SplitMix64) throws {
    try trade.count(Int64.random(in: 12...30, using: &random))
    for number in 0..<Int.random(in: 5...12, using: &random) {
      if Bool.random(using: &random) { try trade.cycle() }
      let channel = Self.names[Int.random(in: 0..<3, using: &random)]
      try trade.order(
        "o\(number)", channel, Int64.random(in: 1...9, using: &random),
        priority: Int64.random(in: 0...1, using: &random))
      if Int.random(in: 0..<5, using: &random) == 0 {
        try trade.receive("order.released", ["order": .string("o\(number)")])
      }
      if Int.random(in: 0..<8, using: &random) == 0 { try trade.count(Int64.random(in: 0...30, using: &random)) }
    }
  }

  /// Each cycle of a trade is followed by a plan that must be empty; and the order of rows changes no byte of a plan.
  @Test(arguments: 0..<150 as Range<UInt64>) func aPlanDoesNotDependOnTheOrderOfRows(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let trade = try World(&random).trade(reallocating: true)
    try live(trade, &random)
    let snapshot = try trade.store.snapshot(.all)
    let digest = trade.plan(of: snapshot).digest
    for _ in 0..<3 {
      var mixed = snapshot
      for item in mixed.openLines.keys { mixed.openLines[item]?.shuffle(using: &random) }
      for item in mixed.claims.keys { mixed.claims[item]?.shuffle(using: &random) }
      #expect(trade.plan(of: mixed).digest == digest, "seed \(seed)")
    }
    try trade.cycle()
  }

  /// What changes hands leaves everyone's protection as it was, and as many units are claimed as before. Only a channel
  /// that takes what its own protection lacks has less of it left to take.
  @Test(arguments: 0..<200 as Range<UInt64>) func handsChangeAndNoProtectionMoves(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let world = World(&random)
    let calm = try world.trade(reallocating: false)
    try live(calm, &random)
    try calm.cycle()
    // The other policy over the same orders, which were served by the first.
    let before = try calm.store.snapshot(.all)
    let plan = try world.trade(reallocating: true).plan(of: before, at: calm.now)
    guard before.items.claimed[0] <= before.positions.sellable.reduce(0, +) else { return }
    var change: Quantity = 0
    var takers = Set<ChannelID>()
    for action in plan.actions.map(\.action) {
      switch action {
      case .claim(_, let claim):
        change += claim.quantity
        if claim.pool.isProtected { takers.insert(claim.channel) }
      case .releaseClaim(_, let release): change -= release.quantity
      default: break
      }
    }
    #expect(change == 0, "seed \(seed)")
    for case .setGrant(_, let channel, let grant, let was?, _) in plan.actions.map(\.action) {
      #expect(grant.protected >= was.protected || takers.contains(channel), "seed \(seed): \(channel)")
    }
  }

  /// More stock gives no channel less: in a strict tier by no unit, in one that shares by no more than one of rounding.
  @Test(arguments: 0..<200 as Range<UInt64>) func moreStockIsNoLoss(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let rows = ExposureLawTests.rows(&random)
    let demand = rows.map { _ in Quantity.random(in: 0...30, using: &random) }
    var last = rows.map { _ in Quantity(0) }
    for available in 0...120 as ClosedRange<Quantity> {
      let given = FairTierTests.allocated(rows, demand: demand, available: available)
      for index in rows.indices {
        let slack: Quantity = rows[index].share == nil ? 0 : 1
        #expect(given[index] >= last[index] - slack, "seed \(seed): \(available) gives \(given), one less \(last)")
      }
      last = given
    }
  }
}
