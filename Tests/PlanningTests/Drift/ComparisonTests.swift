import DesiredState
import Operations
import TestSupport
import Testing

@testable import Planning

/// What a difference between what a channel was told and what it shows is taken for.
@Suite struct ComparisonTests {
  private static let noon = PlannedShop.noon

  private static func after(_ minutes: Int64) -> Instant { noon + TimeSpan(milliseconds: minutes * 60_000) }

  /// A listing that was told 10 at noon.
  struct Seen: CustomStringConvertible {
    var field = ListingField.units
    var observed: Int64
    /// Minutes after noon.
    var at: Int64 = 90
    var sold: Quantity = 0
    var now: Int64 = 95
    var answer = DriftAnswer.report
    var note: Int64?
    var noted: Int64?
    var repairs: [Int64] = []
    var isFoughtOver = false
    var isToldNow = false
    var kind: Drift.Kind?

    var description: String {
      "\(observed) at \(at), \(sold) sold, now \(now), \(answer), note \(note ?? -1) since \(noted ?? -1), told again \(repairs)"
    }

    var comparison: ListingComparison {
      var state = ListingState(
        ListingKey("market", field), Observation(value: observed, asOf: after(at), eventKey: "e", source: "/feed"))
      state.note = note.map { DriftNote(observed: $0, reference: 10, since: after(noted ?? at)) }
      var rule = DriftPolicy.Rule()
      rule.answer = answer
      state.repairs = repairs.map { Repair(at: after($0), observed: 12, writer: "tool") }
      return ListingComparison(
        listing: Listing(state, published: 10, publishedAt: noon, sold: sold), reference: 10, isToldNow: isToldNow,
        rule: rule, isFoughtOver: isFoughtOver, now: after(now))
    }
  }

  @Test(
    arguments: [
      Seen(observed: 10),
      // Before the channel could show what it was told, nothing that it shows means anything.
      Seen(observed: 12, at: 59), Seen(observed: 3, at: -600), Seen(observed: 12, isToldNow: true),
      Seen(observed: 12, at: 60, kind: .otherWriter), Seen(observed: 11, sold: 5, kind: .otherWriter),
      Seen(observed: 7, sold: 3, kind: .sales), Seen(observed: 9, sold: 3, kind: .sales),
      Seen(observed: 6, sold: 3, kind: .unsettled), Seen(observed: 0, kind: .unsettled),
      // At half past one an order may be an hour late; at three it would have come, and at half past two it is half past.
      Seen(observed: 6, sold: 3, now: 179, kind: .unsettled), Seen(observed: 6, sold: 3, now: 180, kind: .otherWriter),
      Seen(observed: 6, sold: 4, now: 600, kind: .sales),
      // Looking again does not begin the wait anew; another value does.
      Seen(observed: 6, at: 600, now: 601, note: 6, noted: 90, kind: .otherWriter),
      Seen(observed: 5, at: 600, now: 601, note: 6, noted: 90, kind: .unsettled),
      // Settings are sold by nobody.
      Seen(field: .maxPublish, observed: 7, sold: 3, kind: .unsettled),
      Seen(field: .maxPublish, observed: 12, kind: .unsettled),
      Seen(field: .maxPublish, observed: 12, now: 180, kind: .otherWriter),
      Seen(field: .maxPublish, observed: 12, at: 90, now: 600, repairs: [60]),
      // Three times told again within a day, and still another value.
      Seen(observed: 12, at: 600, now: 601, answer: .heal, repairs: [100, 200], kind: .otherWriter),
      Seen(observed: 12, at: 600, now: 601, answer: .heal, repairs: [100, 200, 300], kind: .fight),
      Seen(observed: 12, at: 600, now: 601, answer: .accept, repairs: [100, 200, 300], kind: .otherWriter),
      Seen(observed: 12, at: 1600, now: 1601, answer: .heal, repairs: [100, 200, 300], kind: .otherWriter),
      Seen(observed: 12, at: 9000, now: 9001, answer: .heal, isFoughtOver: true, kind: .fight),
      Seen(observed: 10, at: 9000, now: 9001, answer: .heal, isFoughtOver: true),
      Seen(observed: 8, at: 9000, sold: 2, now: 9001, answer: .heal, isFoughtOver: true, kind: .sales),
      Seen(observed: 12, at: 9000, now: 9001, answer: .heal, isFoughtOver: true, isToldNow: true, kind: .fight),
    ]) func isTakenForWhatItIs(_ seen: Seen)
  {
    let comparison = seen.comparison
    #expect(comparison.kind == seen.kind)
    #expect(comparison.isHealed == (seen.kind == .otherWriter && seen.answer == .heal))
  }

  @Test(arguments: 1...400) func whatSalesExplainIsNeverHealed(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    func number(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &random) }
    let sold = number(0...12)
    var seen = Seen(observed: number(0...14), at: number(-30...300), sold: sold, now: number(300...3000), answer: .heal)
    seen.isFoughtOver = number(0...1) == 0
    seen.repairs = (0..<number(0...5)).map { $0 * 40 }
    let isExplained = seen.observed <= 10 && seen.observed >= 10 - sold
    #expect(!(isExplained && seen.comparison.isHealed), "seed \(seed): \(seen)")
    #expect(!(isExplained && seen.comparison.kind == .fight), "seed \(seed): \(seen)")
  }
}
