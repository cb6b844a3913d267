import Simulation
import Testing

/// A short run of the simulator; `simulate` does thousands.
@Suite struct SimulationTests {
  @Test(arguments: 0..<10 as Range<UInt64>) func manySeedsKeepEveryPromise(group: UInt64) throws {
    for seed in (group * 15)..<(group * 15 + 15) { try Simulation(seed: seed).run(steps: 120) }
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
