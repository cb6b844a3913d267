import Simulation
import Testing

/// A short run of the simulator; `simulate` does thousands.
@Suite struct SimulationTests {
  @Test(arguments: 0..<10 as Range<UInt64>) func manySeedsKeepEveryPromise(group: UInt64) throws {
    for seed in (group * 15)..<(group * 15 + 15) { try Simulation(seed: seed).run(steps: 120) }
  }

  /// The branches that only a stubborn world reaches are reached: a channel that somebody keeps writing back.
  @Test func aFightIsReachedAndEnds() throws {
    var tally = Tally()
    for seed in 0..<60 as Range<UInt64> {
      let simulation = Simulation(seed: seed)
      try simulation.run(steps: 40)
      tally += simulation.tally
    }
    #expect(tally.duels > 2 && tally.fights >= tally.duels && tally.heals >= 3 * tally.duels, "\(tally)")
  }

  @Test func aSeedReplaysExactly() throws {
    let (first, second) = (Simulation(seed: 4711), Simulation(seed: 4711))
    try first.run(steps: 150)
    try second.run(steps: 150)
    #expect(try contents(of: first.store) == contents(of: second.store))
    #expect(first.tally.description == second.tally.description)
    #expect(first.tally.plans > 0 && first.tally.eventsApplied > 0)
  }
}
