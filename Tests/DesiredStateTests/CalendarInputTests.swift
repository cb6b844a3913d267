import DesiredState
import DesiredStateFiles
import Diagnostics
import Operations
import Testing

/// Calendars and nodes as people write them: what is wrong is reported where it stands, and what is right is laid together.
@Suite struct CalendarInputTests {
  private static let calendar = "kind: Calendar\nname: c\n"
  private static let node = "kind: Node\nname: dc\ntype: dc\nregion: north\n"
  private static let base = "kind: Repository\nname: shop\nschema_version: 1\ncurrency: EUR\n---\n"

  private static func loaded(_ text: String) -> LoadedState {
    LoadedState(text: base + text)
  }

  /// One file, the problem, and its place.
  @Test(arguments: [
    (calendar + "closed: [2026-02-29]\n", "state.wrong_type", 3, 10),
    (calendar + "closed: [25.12.2026]\n", "state.wrong_type", 3, 10),
    (calendar + "closed: 2026-12-25\n", "state.wrong_type", 3, 9),
    (calendar + "open: mon-fri\n", "state.wrong_type", 3, 7),
    (calendar + "open: {mo-fri: \"08:00-18:00\"}\n", "state.unknown_day", 3, 8),
    (calendar + "open: {monday: \"08:00-18:00\"}\n", "state.unknown_day", 3, 8),
    (calendar + "open: {2026-13-01: \"08:00-18:00\"}\n", "state.unknown_day", 3, 8),
    (calendar + "open: {mon: \"8-18\"}\n", "state.wrong_type", 3, 13),
    (calendar + "open: {mon: [a]}\n", "state.wrong_type", 3, 13),
    (calendar + "open: {mon: {a: b}}\n", "state.wrong_type", 3, 13),
    (calendar + "open: {mon: \"18:00-08:00\"}\n", "state.hours_end_before_start", 3, 13),
    (calendar + "open: {mon: \"08:00-08:00\"}\n", "state.hours_end_before_start", 3, 13),
    (calendar + "time_zone: Europe/Berln\n", "state.unknown_time_zone", 3, 12),
    (calendar + "time_zone: ../../../etc/localtime\n", "state.unknown_time_zone", 3, 12),
    (calendar + "time_zone: 1\n", "state.unknown_time_zone", 3, 12),
    (node + "cut_off: 14\n", "state.wrong_type", 5, 10),
    (node + "cut_off: \"24:01\"\n", "state.wrong_type", 5, 10),
    (node + "processing_time: soon\n", "state.wrong_type", 5, 18),
    (node + "labour_capacity: -1\n", "state.out_of_range", 5, 18),
    (node + "handling_cost: -0.35\n", "state.wrong_type", 5, 16),
    (node + "handling_cost: 0.355\n", "state.wrong_type", 5, 16),
    (node + "handling_cost: 0,35\n", "state.wrong_type", 5, 16),
    (node + "handling_cost: \"0.35\"\n", "state.wrong_type", 5, 16),
    (node + "handling_cost: 0.35 EUR\n", "state.wrong_type", 5, 16),
    (node + "handling_cost: 10000000000001\n", "state.wrong_type", 5, 16),
    (node + "rank: 0\n", "state.out_of_range", 5, 7),
  ])
  func isReportedWhereItStands(text: String, id: String, line: Int, column: Int) {
    let decoded = DecodedFile(text: text)
    #expect(decoded.diagnostics.map(\.id) == [id])
    #expect(decoded.diagnostics.first?.location == SourceLocation(file: "f.yaml", line: line, column: column))
  }

  @Test func aCapacityOfNothingIsAllowedWithAWarning() {
    let loaded = Self.loaded(Self.node + "labour_capacity: 0\n")
    #expect(loaded.isUsable && loaded.diagnostics.map(\.id) == ["state.no_capacity"])
    #expect(loaded.diagnostics.first?.location?.line == 10)
  }

  private static let chain = (0...17).map { "kind: Calendar\nname: c\($0)\nextends: c\($0 + 1)\n---\n" }.joined()

  /// What only several fields or resources show: the document, the problem and its place below `base` (5 lines).
  @Test(arguments: [
    (calendar + "open: {}\n", "state.never_open", 8, 7),
    (calendar + "open: {mon-fri: \"08:00-18:00\", wed: \"08:00-12:00\"}\n", "state.day_twice", 8, 37),
    (calendar + "open: {2026-12-24: \"08:00-12:00\"}\nclosed: [2026-12-24]\n", "state.open_and_closed", 9, 10),
    (
      calendar
        + "extends: d\nclosed: [2026-12-24]\n---\nkind: Calendar\nname: d\nopen: {2026-12-24: \"08:00-12:00\"}\n",
      "state.never_open", 6, 1
    ),
    (calendar + "extends: c\n", "state.calendar_circle", 8, 10),
    (calendar + "extends: d\n---\nkind: Calendar\nname: d\nextends: c\n", "state.calendar_circle", 12, 10),
    (chain + "kind: Calendar\nname: c18\n", "state.extends_too_long", 6, 1),
    (calendar + "extends: nowhere\n", "state.missing_reference", 8, 10),
    (node + "calendar: c\n", "state.missing_reference", 10, 11),
    (node + "labour_time: 16h\n", "state.required", 10, 14),
    (node + "handling_time: 90s\n", "state.required", 10, 16),
    (node + "labour_time: 16h\nhandling_time: 90s\nlabour_capacity: 3\n", "state.one_of", 10, 14),
    (
      node + "calendar: c\ncut_off: \"20:00\"\n---\n" + calendar + "open: {mon-fri: \"08:00-18:00\"}\n",
      "state.cut_off_outside", 11, 10
    ),
    (
      node + "calendar: c\ncut_off: \"07:59\"\n---\n" + calendar + "open: {mon-fri: \"08:00-18:00\"}\n",
      "state.cut_off_outside", 11, 10
    ),
    // Only for a time: the calendar closes earlier in January.
    (
      node + "calendar: c\ncut_off: \"17:00\"\n---\n" + calendar + "open: {mon-fri: \"08:00-18:00\"}\n---\n" + calendar
        + "open: {mon-fri: \"08:00-16:00\"}\neffective: {from: 2027-01-01T00:00:00Z, until: 2027-02-01T00:00:00Z}\n",
      "state.cut_off_outside", 11, 10
    ),
  ])
  func isReportedBetweenResources(text: String, id: String, line: Int, column: Int) {
    let diagnostics = Self.loaded(text).diagnostics
    #expect(Set(diagnostics.map(\.id)) == [id])
    let places = diagnostics.map(\.location)
    #expect(places.contains(SourceLocation(file: "f.yaml", line: line, column: column)), "\(places)")
  }

  private static let berlin = calendar + "time_zone: Europe/Berlin\n"

  /// On 28 March 2027 clocks in Berlin show 03:00 after 01:59; on 31 October they show 02:00 to 02:59 twice.
  @Test(arguments: [
    (berlin + "open: {2027-03-28: \"02:00-03:00\"}\n", "state.never_open", 9, 7),
    (berlin + "open: {2027-03-28: \"02:15-02:45\", 2027-03-27: \"02:00-03:00\"}\n", "state.never_open", 9, 20),
    (berlin + "open: {mon-fri: \"08:00-18:00\", 2027-03-28: \"02:00-03:00\"}\n", "state.never_open", 9, 44),
    // The zone is that of the calendar that is extended.
    (
      calendar + "extends: d\nopen: {2027-03-28: \"02:00-03:00\"}\n---\nkind: Calendar\nname: d\n"
        + "time_zone: Europe/Berlin\nopen: {mon: \"08:00-18:00\"}\n", "state.never_open", 9, 20
    ),
    // A whole day was skipped on Samoa.
    (calendar + "time_zone: Pacific/Apia\nopen: {2011-12-30: \"00:00-24:00\"}\n", "state.never_open", 9, 7),
    // Clocks are put forward at midnight.
    (calendar + "time_zone: Africa/Cairo\nopen: {2027-04-30: \"00:00-01:00\"}\n", "state.never_open", 9, 7),
  ])
  func hoursThatClocksSkipAreNoHours(text: String, id: String, line: Int, column: Int) {
    let diagnostics = Self.loaded(text).diagnostics
    #expect(diagnostics.map(\.id) == [id])
    #expect(diagnostics.map(\.location) == [SourceLocation(file: "f.yaml", line: line, column: column)])
  }

  /// A cut-off that clocks skip is the first moment after; weekly hours that they skip once come again.
  @Test(arguments: [
    "open: {2027-03-28: \"01:59-02:30\"}", "open: {2027-03-28: \"02:30-03:01\"}", "open: {sun: \"02:00-03:00\"}",
    "open: {2027-10-31: \"02:00-03:00\"}", "open: {2027-03-28: \"00:00-24:00\"}", "open: {mon: \"23:59-24:00\"}",
  ]) func hoursOfWhichSomethingIsLeftAreHours(open: String) {
    let cutOff = open.contains("02:") ? "02:30" : "24:00"
    let text = Self.node + "calendar: c\ncut_off: \"\(cutOff)\"\n---\n" + Self.berlin + open + "\n"
    #expect(Self.loaded(text).diagnostics.isEmpty, "\(Self.loaded(text).diagnostics)")
  }

  @Test(arguments: [
    ("weekly: {fri: \"16:00-24:00\", mon-fri: \"18:00-19:00\"}\n", "state.day_twice"),
    ("time_zone: Europe/Berlin\nweekly: {2027-03-28: \"02:00-03:00\"}\n", "state.never_holds"),
  ]) func freezesAreHeldToTheSame(fields: String, id: String) {
    let text = "kind: FreezeWindow\nname: f\nkinds: [Channel]\n" + fields
    #expect(Self.loaded(text).diagnostics.map(\.id) == [id])
  }

  @Test func aCircleIsNamedInFullAndOnce() {
    let text = ["c d", "d e", "e c", "lead c"].map { pair in
      let names = pair.split(separator: " ")
      return "kind: Calendar\nname: \(names[0])\nextends: \(names[1])\n"
    }.joined(separator: "---\n")
    let loaded = Self.loaded(text)
    #expect(loaded.diagnostics.map(\.message) == ["Calendar/c extends itself: c → d → e → c"])
    // And whoever asks all the same gets an answer.
    #expect(loaded.state.calendar("lead", at: .distantPast) != nil)
  }

  private static let shop = """
    kind: Calendar
    name: holidays
    time_zone: Europe/Berlin
    closed: [2026-12-25, 2026-12-26, 2027-05-01]
    ---
    kind: Calendar
    name: week
    extends: holidays
    open: {mon-fri: "08:00-18:00", 2026-12-24: "08:00-12:00", 2026-12-20: "13:00-18:00"}
    ---
    kind: Calendar
    name: late
    extends: week
    open: {sat-sun: "10:00-16:00", 2026-12-26: "10:00-14:00"}
    closed: [2026-12-24]
    ---
    kind: Calendar
    name: dates
    extends: week
    open: {2026-12-25: "10:00-11:00"}

    """

  /// The nearest wins: for the hours of the week as a whole, and for each date.
  @Test(arguments: [
    ("holidays", "2026-12-23", "00:00-24:00"), ("holidays", "2026-12-25", nil),
    ("week", "2026-12-23", "08:00-18:00"), ("week", "2026-12-19", nil), ("week", "2026-12-24", "08:00-12:00"),
    ("week", "2026-12-20", "13:00-18:00"), ("week", "2026-12-25", nil), ("week", "2027-05-01", nil),
    ("late", "2026-12-23", nil), ("late", "2026-12-19", "10:00-16:00"), ("late", "2026-12-24", nil),
    ("late", "2026-12-20", "13:00-18:00"), ("late", "2026-12-26", "10:00-14:00"), ("late", "2027-05-01", nil),
    // Only dates: the week is taken over.
    ("dates", "2026-12-23", "08:00-18:00"), ("dates", "2026-12-25", "10:00-11:00"), ("dates", "2026-12-19", nil),
  ])
  func calendarsExtendEachOther(name: String, date: String, hours: String?) throws {
    let loaded = Self.loaded(Self.shop)
    try #require(loaded.diagnostics.isEmpty, "\(loaded.diagnostics)")
    let calendar = try #require(loaded.state.calendar(name, at: .distantPast))
    #expect(calendar.zone.name == "Europe/Berlin")
    #expect(calendar.hours(on: try #require(LocalDate(date)))?.description == hours)
  }

  @Test func aCalendarOfNothingButDatesIsOpenOnThemOnly() throws {
    let loaded = Self.loaded(Self.calendar + "open: {2026-12-24: \"08:00-12:00\"}\n")
    try #require(loaded.diagnostics.isEmpty, "\(loaded.diagnostics)")
    let calendar = try #require(loaded.state.calendar("c", at: .distantPast))
    #expect(calendar.zone == .utc && loaded.state.calendar("d", at: .distantPast) == nil)
    let days = ["2026-12-23", "2026-12-24"].compactMap { LocalDate($0) }
    #expect(days.map { calendar.hours(on: $0)?.description } == [nil, "08:00-12:00"])
  }
}
