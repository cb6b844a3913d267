import Operations
import Planning
import TestSupport
import Testing

@testable import Simulation

/// What `purser revert` declares beforehand is what happens.
@Suite struct RestorationTests {
  private static let topics = [
    Topic.cap, .protection, .safetyStock, .tier, .channelSettings, .channelList, .shipping, .region,
  ]

  /// A change is applied, the world trades, and the change is taken back: each unit that the change took comes back or is
  /// declared missing beforehand, and what was declared to come back is there.
  @Test(arguments: [0, 25]) func exactlyTheDeclaredResidueIsMissing(trade: Int) throws {
    var (taken, returned, reverts, byRegion) = (0 as Quantity, 0 as Quantity, 0, 0 as Quantity)
    for seed in 0..<120 as Range<UInt64> {
      do {
        let declared = try check(seed: seed, trade: trade)
        taken += declared?.taken ?? 0
        returned += declared?.returned ?? 0
        reverts += declared.map(\.taken) ?? 0 > 0 ? 1 : 0
        byRegion += (declared?.rows ?? []).reduce(0) { sum, row in
          if case .channel(_, in: let region) = row.holding.holder, !region.isEverywhere {
            sum + row.returned
          } else {
            sum
          }
        }
      } catch { Issue.record("seed \(seed): \(error)") }
    }
    #expect(reverts > 20 && returned > 0 && returned <= taken, "\(reverts) reverts, \(returned) of \(taken)")
    #expect(byRegion > 0, "nothing came back in a region")
  }

  /// - Returns: what was declared; nil for a change that cannot be taken back alone.
  private func check(seed: UInt64, trade: Int) throws -> Restoration? {
    let simulation = Simulation(seed: seed)
    try simulation.trade(events: 40)
    guard let head = simulation.git.head else { return nil }
    let company = simulation.git.commits[head].company
    let topic = simulation.random.pick(Self.topics)
    let other = company.changed(topic, at: simulation.now, &simulation.random)
    guard other.isValid, other.isEnforced, company.isEnforced else { return nil }
    let change = simulation.git.commit(other, by: .ada, on: head)
    simulation.git.head = change
    try simulation.settle()
    if trade > 0 {
      for _ in 0..<trade {
        try simulation.receive(
          simulation.events.next(simulation.swarm.events, at: simulation.now, &simulation.random))
      }
      try simulation.settle()
    }
    let revert = simulation.git.commit(company, by: .ada, on: change, reverting: [change])
    guard let declared = try simulation.restoration(of: change, by: revert), !declared.isPartial else { return nil }
    let before = try declared.rows.map { try simulation.units(of: $0.holding) }
    simulation.git.head = revert
    try simulation.settle()
    for (row, units) in zip(declared.rows, before) {
      let gained = try simulation.units(of: row.holding) - units
      #expect(row.returned == min(row.taken, max(0, gained)), "seed \(seed), \(topic): \(row), and \(gained) came")
      #expect((row.residue == 0) == (row.hindrance == nil), "seed \(seed)")
    }
    for kept in declared.kept where trade == 0 {
      #expect(try simulation.units(of: kept.holding) >= kept.units, "seed \(seed): \(kept)")
    }
    return declared
  }
}
