import Planning
import Simulation
import Testing

/// What a preview says of a change is what applying it does; `simulate --previews 10000` tries many more.
@Suite struct PreviewTests {
  @Test(arguments: 0..<4 as Range<UInt64>) func whatIsSaidIsWhatIsDone(group: UInt64) throws {
    var tally = PreviewTrial.Tally()
    for seed in (group * 15)..<(group * 15 + 15) {
      var trial = PreviewTrial(seed: seed)
      try trial.run(changes: 6)
      tally += trial.tally
    }
    #expect(tally.regional > 10, "\(tally)")
    #expect(tally.changes > 60 && tally.withImpact > 20 && tally.measures.ordersLosing > 0, "\(tally)")
  }
}
