import Operations
import Testing

@Suite struct LocalTimeTests {
  @Test(arguments: [
    ("1970-01-01", 0, Weekday.thursday), ("1969-12-31", -1, .wednesday), ("2026-12-25", 20_812, .friday),
    ("2024-02-29", 19_782, .thursday), ("0001-01-01", -719_162, .monday), ("9999-12-31", 2_932_896, .friday),
  ])
  func datesRoundTrip(text: String, days: Int64, weekday: Weekday) throws {
    let date = try #require(LocalDate(text))
    #expect(date.days == days && date.weekday == weekday && date.description == text)
  }

  @Test(arguments: [
    "2026-02-29", "2026-13-01", "2026-00-01", "2026-1-1", "26-01-01", "2026-01-01T", "2026/01/01", "-026-01-01", "",
  ])
  func whatIsNoDateIsRefused(text: String) { #expect(LocalDate(text) == nil) }

  @Test func timesOfDayRunFromMidnightToMidnight() {
    for text in ["00:00", "08:30", "23:59", "24:00"] { #expect(TimeOfDay(text)?.description == text) }
    for text in ["24:01", "25:00", "8:30", "08:60", "0830", "08:30:00", "-1:30", "+1:30"] {
      #expect(TimeOfDay(text) == nil, "\(text)")
    }
  }

  @Test func hoursEndAfterTheyBegin() throws {
    let times = try #require(OpenHours.times("08:00-18:00"))
    #expect(OpenHours(opens: times.opens, closes: times.closes)?.description == "08:00-18:00")
    #expect(OpenHours(opens: times.closes, closes: times.opens) == nil)
    #expect(OpenHours(opens: times.opens, closes: times.opens) == nil)
    for text in ["08:00", "08:00-", "08:00-18:00-20:00", "8-18"] { #expect(OpenHours.times(text) == nil) }
  }

  @Test(arguments: [
    ("12", 1200), ("12.5", 1250), ("0.35", 35), ("0", 0), ("1.500", 150), ("10000000000000", 1_000_000_000_000_000),
  ])
  func amountsAreMinorUnits(text: String, minorUnits: Int64) { #expect(MoneyText.minorUnits(text) == minorUnits) }

  @Test(arguments: [
    "1.005", "-1", "+1", "1,50", "1.2.3", "1.", ".5", "", "1e3", "10000000000000.01", "99999999999999999999",
  ])
  func whatIsNoAmountIsRefused(text: String) { #expect(MoneyText.minorUnits(text) == nil) }
}
