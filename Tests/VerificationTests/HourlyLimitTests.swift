import ActualState
import Operations
import Planning
import Reconciling
import TestSupport
import Testing

/// What the plans of an hour may change, whatever the clock does.
@Suite struct HourlyLimitTests {
  let scratch: ScratchFolder
  let daily: Daily

  init() throws {
    scratch = try ScratchFolder()
    daily = Daily(try OpsRepository(scratch))
  }

  @Test func theLimitOfAnHourHoldsAcrossRestartsAndSmallSteps() throws {
    try daily.begin(OpsRepository.heldFiles("limits: {per_hour: {published_units: 25}}"))
    for stock in [60, 70] as [Int64] {
      try daily.count(stock)
      try daily.cycle()
      daily.restart()
    }
    // Ten at a time, and still no more than 25 in the hour.
    try daily.count(80)
    for _ in 0..<2 {
      try daily.look()
      daily.restart()
    }
    #expect(try daily.published == 70)
    try daily.look()
    #expect(daily.waiting.first?.measures["per_hour published_units"] == 30)
    // Another five: the hour has more in it than olga saw.
    try daily.say("olga", measures: daily.waiting.first?.measures.filter { !$0.key.hasPrefix("per_hour") })
    try daily.look()
    #expect(daily.words.contains("per_hour published_units is 30, and olga approved 0"))
    #expect(try daily.published == 70)
    // What was changed in the last hour counts no more in the next.
    daily.now = Instant(hour: daily.now.hour + 1)
    try daily.cycle()
    #expect(try daily.published == 80)
    #expect(try daily.problems == [])
  }

  /// A clock that goes back over the edge of an hour, or ahead and back, begins no new count.
  @Test func aClockThatGoesBackRenewsNoHour() throws {
    try daily.begin(OpsRepository.heldFiles("limits: {per_hour: {published_units: 25}}"))
    let hour = daily.now.hour
    // Whoever counts has a clock that goes right.
    var minute: Int64 = 0
    func count(_ units: Int64) throws {
      minute += 1
      try daily.count(units, at: Instant(hour: hour) + TimeSpan(milliseconds: minute * 60_000))
    }
    try count(70)
    try daily.cycle()
    for (at, stock) in [(hour - 1, 80), (hour, 85), (hour - 2, 81)] as [(Int32, Int64)] {
      daily.now = Instant(hour: at)
      try count(stock)
      try daily.look()
      daily.restart()
      #expect(try daily.published == 70, "at hour \(at - hour)")
    }
    // Five more are within the hour, whichever the clock says it is.
    try count(75)
    try daily.cycle()
    #expect(try daily.published == 75)
    // Ahead and back.
    daily.now = Instant(hour: hour + 3)
    try count(95)
    try daily.cycle()
    daily.now = Instant(hour: hour + 1)
    try count(60)
    try daily.look()
    #expect(try daily.published == 95)
    // Whoever lets a plan through sets the hour right again.
    try daily.say("olga")
    try daily.cycle()
    #expect(try daily.published == 60)
    daily.now = Instant(hour: hour + 2)
    try count(80)
    try daily.cycle()
    #expect(try daily.published == 80)
    #expect(try daily.problems == [])
  }
}
