import DesiredStateFiles
import Diagnostics
import Operations
import TestSupport
import Testing

@testable import DesiredState

/// When what is ordered leaves: by hand-worked cases, and laws over random calendars.
@Suite struct WorkCalendarTests {
  /// Hours of the week and a cut-off that all cases of a zone share.
  static func calendar(
    _ zone: String, _ open: String, closed: [String] = [], special: [String: String] = [:]
  ) throws -> WorkCalendar {
    var week: [Weekday: OpenHours] = [:]
    for part in open.split(separator: " ") {
      let sides = part.split(separator: "=").map(String.init)
      guard case .weekdays(let days)? = OpenDays(sides[0]) else { continue }
      for day in days { week[day] = try hours(sides[1]) }
    }
    return WorkCalendar(
      zone: try ZoneDatabase.system.rules(named: zone, at: SourceLocation(file: "")), week: week,
      special: Dictionary(
        uniqueKeysWithValues: try special.map { (try #require(LocalDate($0.key)), try hours($0.value)) }),
      closed: Set(closed.compactMap { LocalDate($0) }))
  }

  private static func hours(_ text: String) throws -> OpenHours {
    let times = try #require(OpenHours.times(text))
    return try #require(OpenHours(opens: times.opens, closes: times.closes))
  }

  /// Berlin, Monday to Friday 08:00 to 18:00 and Saturday 09:00 to 13:00, cut-off 14:00; 2026-11-26 is a Thursday.
  @Test(arguments: [
    // Before, at and after the cut-off.
    ("0s", "2026-11-26T09:00:00Z", "2026-11-26T09:00:00Z"), ("0s", "2026-11-26T13:00:00Z", "2026-11-26T13:00:00Z"),
    ("0s", "2026-11-26T13:00:00.001Z", "2026-11-27T07:00:00Z"),
    // Before opening; on Friday evening; on Saturday before the cut-off but after closing; on Sunday.
    ("0s", "2026-11-26T01:00:00Z", "2026-11-26T07:00:00Z"), ("0s", "2026-11-27T20:00:00Z", "2026-11-28T08:00:00Z"),
    ("0s", "2026-11-28T12:30:00Z", "2026-11-30T07:00:00Z"), ("0s", "2026-11-29T10:00:00Z", "2026-11-30T07:00:00Z"),
    // Hours run while it is open: five from 13:30 are four and a half today and a half tomorrow.
    ("5h", "2026-11-26T12:30:00Z", "2026-11-27T07:30:00Z"), ("4h", "2026-11-26T12:30:00Z", "2026-11-26T16:30:00Z"),
    // Whole days are open days, at most until it closes: Friday 12:00 is Saturday 13:00, then Monday.
    ("1d", "2026-11-26T09:00:00Z", "2026-11-27T09:00:00Z"), ("1d", "2026-11-27T12:30:00Z", "2026-11-28T12:00:00Z"),
    ("2d", "2026-11-27T09:00:00Z", "2026-11-30T09:00:00Z"), ("1d", "2026-11-27T14:00:00Z", "2026-11-30T07:00:00Z"),
    // One and a half days are at most two.
    ("36h", "2026-11-26T09:00:00Z", "2026-11-28T10:00:00Z"), ("28h", "2026-11-26T09:00:00Z", "2026-11-27T13:00:00Z"),
    // Christmas on a Friday and a Saturday, the new year on a Friday; Christmas Eve only until noon.
    ("0s", "2026-12-24T11:30:00Z", "2026-12-28T07:00:00Z"), ("3h", "2026-12-24T10:00:00Z", "2026-12-28T09:00:00Z"),
    ("1d", "2026-12-31T10:00:00Z", "2027-01-02T11:00:00Z"), ("0s", "2026-12-31T23:30:00Z", "2027-01-02T08:00:00Z"),
  ])
  func anOrderLeaves(processing: String, ready: String, expected: String) throws {
    let calendar = try Self.calendar(
      "Europe/Berlin", "mon-fri=08:00-18:00 sat=09:00-13:00", closed: ["2026-12-25", "2026-12-26", "2027-01-01"],
      special: ["2026-12-24": "08:00-12:00"])
    let leaves = calendar.leaves(
      readyAt: try #require(Instant(ready)), cutOff: TimeOfDay("14:00"), processing: try #require(TimeSpan(processing)))
    #expect(leaves?.description == expected)
  }

  /// Clocks change on a Sunday, and these places work on Sundays. The cut-off is what the clock on the wall shows.
  @Test(arguments: [
    ("Europe/Berlin", "02:30", "2026-03-29T00:59:00Z", "2026-03-29T00:59:00Z"),
    // 02:30 is skipped: orders are taken until the clock jumps.
    ("Europe/Berlin", "02:30", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"),
    ("Europe/Berlin", "02:30", "2026-03-29T01:00:01Z", "2026-03-29T22:00:00Z"),
    ("Europe/Berlin", "14:00", "2026-03-29T12:00:00Z", "2026-03-29T12:00:00Z"),
    ("Europe/Berlin", "14:00", "2026-03-29T12:00:01Z", "2026-03-29T22:00:00Z"),
    // 02:30 is shown twice: the first of the two counts.
    ("Europe/Berlin", "02:30", "2026-10-25T00:30:00Z", "2026-10-25T00:30:00Z"),
    ("Europe/Berlin", "02:30", "2026-10-25T00:31:00Z", "2026-10-25T23:00:00Z"),
    ("Europe/Berlin", "14:00", "2026-10-25T13:00:01Z", "2026-10-25T23:00:00Z"),
    ("America/New_York", "14:00", "2026-03-08T18:00:00Z", "2026-03-08T18:00:00Z"),
    ("America/New_York", "14:00", "2026-03-08T18:00:01Z", "2026-03-09T04:00:00Z"),
    ("America/New_York", "14:00", "2026-11-01T19:00:00Z", "2026-11-01T19:00:00Z"),
    ("America/New_York", "14:00", "2026-11-01T19:00:01Z", "2026-11-02T05:00:00Z"),
    // Half an hour, and summer is in January.
    ("Australia/Lord_Howe", "14:00", "2026-04-05T03:30:00Z", "2026-04-05T03:30:00Z"),
    ("Australia/Lord_Howe", "14:00", "2026-04-05T03:30:01Z", "2026-04-05T13:30:00Z"),
    ("Australia/Lord_Howe", "14:00", "2026-10-04T03:00:01Z", "2026-10-04T13:00:00Z"),
  ])
  func theCutOffOfTheDayOnWhichClocksChange(zone: String, cutOff: String, ready: String, expected: String) throws {
    let calendar = try Self.calendar(zone, "mon-sun=00:00-24:00")
    let leaves = calendar.leaves(
      readyAt: try #require(Instant(ready)), cutOff: TimeOfDay(cutOff), processing: TimeSpan(milliseconds: 0))
    #expect(leaves?.description == expected)
  }

  @Test func aPlaceWithoutACalendarIsAlwaysOpen() throws {
    let now = try #require(Instant("2026-12-31T23:59:59.999Z"))
    let always = WorkCalendar.alwaysOpen
    #expect(always.isOpen(at: now) && always.nextOpening(from: now) == now)
    #expect(always.leaves(readyAt: now, cutOff: nil, processing: TimeSpan(milliseconds: 0)) == now)
    #expect(always.leaves(readyAt: now, cutOff: nil, processing: .day) == now + .day)
    #expect(always.leaves(readyAt: now, cutOff: nil, processing: .hour) == now + .hour)
    #expect(always.workDay(readyAt: now, cutOff: nil)?.description == "2026-12-31")
    #expect(always.workDay(readyAt: now, cutOff: TimeOfDay("14:00"))?.description == "2027-01-01")
  }

  /// Closed for good, and closed for just so long that the horizon does not reach the next open day.
  @Test func aPlaceThatIsClosedForAYearHasNoNextDay() throws {
    let now = try #require(Instant("2026-06-01T12:00:00Z"))
    let today = try #require(LocalDate("2026-06-01"))
    func calendar(_ ahead: Int64) -> WorkCalendar {
      WorkCalendar(zone: .utc, week: [:], special: [today + ahead: .wholeDay])
    }
    #expect(calendar(367).nextOpening(from: now)?.description == "2027-06-03T00:00:00Z")
    let closed = calendar(369)
    #expect(closed.nextOpening(from: now) == nil && closed.workDay(readyAt: now, cutOff: nil) == nil)
    #expect(closed.leaves(readyAt: now, cutOff: nil, processing: .day) == nil)
    // Open today, and never again: what takes longer than today never leaves.
    #expect(calendar(0).leaves(readyAt: now, cutOff: nil, processing: .hour) == now + .hour)
    #expect(calendar(0).leaves(readyAt: now, cutOff: nil, processing: .day) == nil)
    #expect(calendar(0).leaves(readyAt: now, cutOff: nil, processing: TimeSpan(milliseconds: 46_800_000)) == nil)
  }

  /// The clock jumps over the only open hour of the day, so that it is closed.
  @Test func hoursThatClocksSkipAreNoHours() throws {
    let calendar = try Self.calendar("Europe/Berlin", "sun=02:00-03:00")
    let saturday = try #require(Instant("2026-03-28T12:00:00Z"))
    #expect(calendar.nextOpening(from: saturday)?.description == "2026-04-05T00:00:00Z")
  }

  /// Nothing leaves before it is ready or while the place is closed, later orders never leave earlier, more processing
  /// never makes an order leave earlier, and the work day is open and not after the day of leaving.
  @Test(arguments: 0..<200 as Range<UInt64>)
  func laws(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let zone =
      ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"].randomElement(using: &random) ?? "UTC"
    var calendar = try Self.calendar(zone, "mon-fri=08:00-18:00 sat=22:00-24:00")
    if seed.isMultiple(of: 3) { calendar = try Self.calendar(zone, "wed=13:59-14:00 sat-sun=00:00-24:00") }
    if seed.isMultiple(of: 5) { calendar = try Self.calendar(zone, "mon-sun=00:00-24:00", closed: ["2026-03-30"]) }
    let cutOff = [nil, TimeOfDay("02:15"), TimeOfDay("14:00")].randomElement(using: &random) ?? nil
    // Around a change of clocks.
    let change = ["2026-03-29", "2026-03-08", "2026-04-05", "2026-10-25", "2026-11-01"].randomElement(using: &random)
    let start = try #require(Instant("\(change ?? "2026-03-29")T00:00:00Z")) - TimeSpan.day
    let processing = TimeSpan(milliseconds: Int64.random(in: 0...72, using: &random) * 3_600_000)
    let moments = (0..<60).map { _ in
      start + TimeSpan(milliseconds: Int64.random(in: 0..<172_800_000, using: &random))
    }.sorted()
    var before = Instant.distantPast
    for ready in moments {
      let leaves = try #require(calendar.leaves(readyAt: ready, cutOff: cutOff, processing: processing), "seed \(seed)")
      #expect(leaves >= max(ready, before), "seed \(seed), ready \(ready)")
      let isWorking = calendar.isOpen(at: leaves) || calendar.isOpen(at: leaves - TimeSpan(milliseconds: 1))
      #expect(isWorking, "seed \(seed), ready \(ready)")
      let longer = calendar.leaves(
        readyAt: ready, cutOff: cutOff, processing: TimeSpan(milliseconds: processing.milliseconds + 3_600_000))
      #expect(try #require(longer) >= leaves, "seed \(seed), ready \(ready)")
      let workDay = try #require(calendar.workDay(readyAt: ready, cutOff: cutOff))
      #expect(calendar.hours(on: workDay) != nil && workDay <= calendar.zone.local(at: leaves).date, "seed \(seed)")
      before = leaves
    }
  }
}
