import DesiredState
import DesiredStateFiles
import Diagnostics
import Operations
import Testing

/// When changes wait, and until when.
@Suite struct FreezeWindowTests {
  private static func resource(_ fields: String) throws -> Resource {
    let text = "kind: FreezeWindow\nname: w\nkinds: [\"*\"]\n" + fields
    let decoded = DecodedFile(decoding: SourceFile(path: "w.yaml", bytes: Array(text.utf8)))
    #expect(decoded.diagnostics.isEmpty, "\(decoded.diagnostics)")
    return try #require(decoded.resources.first)
  }

  private static func moment(_ text: String) throws -> Instant { try #require(Instant(text)) }

  /// The window, a moment, and when changes wait no longer; nil where they do not wait at that moment.
  @Test(arguments: [
    ("from: 2026-11-20T00:00:00Z\nuntil: 2026-12-01T00:00:00Z\n", "2026-11-19T23:59:59Z", nil),
    ("from: 2026-11-20T00:00:00Z\nuntil: 2026-12-01T00:00:00Z\n", "2026-11-20T00:00:00Z", "2026-12-01T00:00:00Z"),
    ("from: 2026-11-20T00:00:00Z\nuntil: 2026-12-01T00:00:00Z\n", "2026-12-01T00:00:00Z", nil),
    // Friday 16:00 in Berlin is 15:00 UTC in winter and 14:00 in summer.
    ("time_zone: Europe/Berlin\nweekly: {fri: \"16:00-24:00\"}\n", "2026-11-27T14:59:59Z", nil),
    ("time_zone: Europe/Berlin\nweekly: {fri: \"16:00-24:00\"}\n", "2026-11-27T15:00:00Z", "2026-11-27T23:00:00Z"),
    ("time_zone: Europe/Berlin\nweekly: {fri: \"16:00-24:00\"}\n", "2026-07-03T14:00:00Z", "2026-07-03T22:00:00Z"),
    // Days without a gap are one freeze.
    ("weekly: {fri: \"16:00-24:00\", sat-sun: \"00:00-24:00\"}\n", "2026-11-27T16:00:00Z", "2026-11-30T00:00:00Z"),
    ("weekly: {fri: \"16:00-24:00\", sun: \"00:00-24:00\"}\n", "2026-11-27T16:00:00Z", "2026-11-28T00:00:00Z"),
    // Clocks go back in the night of 2026-10-25 in Berlin: the freeze until 03:00 is an hour longer, one from 02:00 begins
    // at the first of the two 02:00.
    ("time_zone: Europe/Berlin\nweekly: {sun: \"00:00-03:00\"}\n", "2026-10-24T22:00:00Z", "2026-10-25T02:00:00Z"),
    ("time_zone: Europe/Berlin\nweekly: {sun: \"02:00-04:00\"}\n", "2026-10-25T00:00:00Z", "2026-10-25T03:00:00Z"),
    // One that ends in the hour that comes twice ends the second time; one that ends before it does not come again.
    ("time_zone: Europe/Berlin\nweekly: {sun: \"01:30-02:30\"}\n", "2027-10-30T23:30:00Z", "2027-10-31T01:30:00Z"),
    ("time_zone: Europe/Berlin\nweekly: {sun: \"01:30-02:30\"}\n", "2027-10-31T01:15:00Z", "2027-10-31T01:30:00Z"),
    ("time_zone: Europe/Berlin\nweekly: {sun: \"01:30-02:30\"}\n", "2027-10-31T01:30:00Z", nil),
    ("time_zone: Europe/Berlin\nweekly: {sun: \"02:15-02:45\"}\n", "2027-10-31T00:15:00Z", "2027-10-31T01:45:00Z"),
    ("time_zone: Europe/Berlin\nweekly: {sun: \"01:00-02:00\"}\n", "2027-10-30T23:00:00Z", "2027-10-31T00:00:00Z"),
    ("time_zone: Europe/Berlin\nweekly: {sun: \"01:00-02:00\"}\n", "2027-10-31T00:30:00Z", nil),
    ("time_zone: Europe/Berlin\nweekly: {sun: \"03:00-04:00\"}\n", "2027-10-31T01:59:59Z", nil),
    // Where clocks go back at midnight, the last hour of the day before comes twice.
    ("time_zone: America/Asuncion\nweekly: {sat: \"22:00-24:00\"}\n", "2023-03-26T01:00:00Z", "2023-03-26T04:00:00Z"),
    // Clocks skip 02:00 to 03:00 in spring: what ends in that hour ends with it.
    ("time_zone: Europe/Berlin\nweekly: {sun: \"01:30-02:30\"}\n", "2027-03-28T00:30:00Z", "2027-03-28T01:00:00Z"),
    ("time_zone: Europe/Berlin\nweekly: {sun: \"02:30-03:30\"}\n", "2027-03-28T01:00:00Z", "2027-03-28T01:30:00Z"),
    // Clocks skip 02:00 to 03:00 on 2026-03-29.
    ("time_zone: Europe/Berlin\nweekly: {sun: \"02:00-04:00\"}\n", "2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z"),
    ("time_zone: Europe/Berlin\nweekly: {sun: \"02:00-03:00\"}\n", "2026-03-29T01:00:00Z", nil),
    // A single date.
    ("weekly: {2026-12-24: \"00:00-24:00\"}\n", "2026-12-24T12:00:00Z", "2026-12-25T00:00:00Z"),
  ])
  func changesWaitUntil(fields: String, at: String, end: String?) throws {
    let window = try #require(FreezeWindow(try Self.resource(fields)))
    let moment = try Self.moment(at)
    #expect(window.isFrozen(at: moment) == (end != nil))
    #expect(window.end(from: moment) == (try end.map(Self.moment) ?? moment))
  }

  /// No moment is both frozen and the end of a freeze, and everything between is frozen.
  @Test func everyMomentUntilTheEndIsFrozen() throws {
    let window = try #require(
      FreezeWindow(
        try Self.resource(
          "time_zone: Europe/Berlin\nweekly: {fri: \"16:00-24:00\", sat-sun: \"00:00-24:00\", mon: \"00:00-06:00\"}\n"))
    )
    // From before to after the night in which clocks change.
    var moment = try Self.moment("2026-10-20T00:00:00Z")
    let last = try Self.moment("2026-11-10T00:00:00Z")
    while moment < last {
      let end = try #require(window.end(from: moment))
      #expect(!window.isFrozen(at: end), "\(moment)")
      #expect(window.isFrozen(at: moment) == (end > moment), "\(moment)")
      if end > moment { #expect(window.isFrozen(at: end - TimeSpan(milliseconds: 1)), "\(moment)") }
      moment = moment + TimeSpan(milliseconds: 1_800_000)
    }
  }

  /// Over a year of each clock, every moment whose local time lies in the hours is frozen.
  @Test(arguments: ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"])
  func everyLocalTimeInTheHoursIsFrozen(zone: String) throws {
    let hours = "01:30-02:30"
    let window = try #require(
      FreezeWindow(try Self.resource("time_zone: \(zone)\nweekly: {mon-sun: \"\(hours)\"}\n")))
    let rules = try ZoneDatabase.system.rules(named: zone, at: SourceLocation(file: "w.yaml", line: 1, column: 1))
    var moment = try Self.moment("2027-01-01T00:00:00Z")
    let end = try Self.moment("2028-01-01T00:00:00Z")
    while moment < end {
      let minute = rules.local(at: moment).time.milliseconds / 60_000
      if minute >= 90, minute < 150 { #expect(window.isFrozen(at: moment), "\(moment)") }
      moment = moment + TimeSpan(milliseconds: 900_000)
    }
  }

  private static let base = "kind: Repository\nname: shop\nschema_version: 1\ncurrency: EUR\n---\n"

  /// What nobody could mean, and where it is reported.
  @Test(arguments: [
    ("from: 2026-11-20T00:00:00Z\n", "state.required", 6),
    ("until: 2026-11-20T00:00:00Z\n", "state.required", 6),
    ("", "state.one_of", 6),
    ("from: 2026-11-20T00:00:00Z\nuntil: 2026-11-20T00:00:00Z\n", "state.window_ends_before_start", 10),
    ("from: 2026-11-20T00:00:00Z\nuntil: 2026-11-21T00:00:00Z\ntime_zone: Europe/Berlin\n", "state.one_of", 11),
    (
      "from: 2026-11-20T00:00:00Z\nuntil: 2026-11-21T00:00:00Z\nweekly: {fri: \"16:00-24:00\"}\n", "state.one_of", 11
    ),
    ("weekly: {}\n", "state.required", 9),
    ("weekly: {mon-sun: \"00:00-24:00\"}\n", "state.never_thaws", 9),
    ("weekly: {fri: \"16:00-24:00\"}\noverride: {role: nobody}\n", "state.missing_reference", 10),
  ])
  func isRefused(fields: String, id: String, line: Int) {
    let text = Self.base + "kind: FreezeWindow\nname: w\nkinds: [Channel]\n" + fields
    let loaded = LoadedState(text: text)
    #expect(loaded.diagnostics.map(\.id) == [id])
    #expect(loaded.diagnostics.first?.location?.line == line)
  }

  @Test(
    arguments: [
      ("enforce", [.enforce, .enforce, .enforce]), ("observe", [.observe, .observe, .observe]),
      ("{publishing: observe}", [.enforce, .observe, .enforce]),
      ("{allocation: observe, publishing: observe}", [.observe, .observe, .enforce]),
    ] as [(String, [Mode])])
  func everyDomainHasAMode(mode: String, modes: [Mode]) {
    let text = Self.base.replacing("---\n", with: "mode: \(mode)\n")
    let loaded = LoadedState(text: text)
    #expect(loaded.diagnostics.isEmpty)
    #expect(Domain.allCases.map { loaded.state.mode(of: $0) } == modes)
  }
}
