public import Operations

/// When a place works, as a value: its hours on the days of the week, and the days that differ.
public struct WorkCalendar: Hashable, Sendable {
  /// How many days ahead an open day is looked for. What is closed longer is closed for good, until its calendar changes.
  public static let horizon: Int64 = 366

  /// Whose clocks the hours are.
  public let zone: ZoneRules
  /// By `Weekday.rawValue`; nil is closed.
  let week: [OpenHours?]
  /// The dates on which other hours hold.
  let special: [LocalDate: OpenHours]
  /// The dates on which it is closed whatever the day of the week; a date that is in `special` too is open.
  let closed: Set<LocalDate>

  /// A day of the week that is not named is closed.
  public init(
    zone: ZoneRules, week: [Weekday: OpenHours], special: [LocalDate: OpenHours] = [:], closed: Set<LocalDate> = []
  ) {
    self.zone = zone
    self.week = Weekday.allCases.map { week[$0] }
    self.special = special
    self.closed = closed
  }

  /// Around the clock, in days of UTC: what holds for a place without a calendar.
  public static let alwaysOpen = WorkCalendar(
    zone: .utc, week: Dictionary(uniqueKeysWithValues: Weekday.allCases.map { ($0, .wholeDay) }))

  /// All the hours that some day has.
  var allHours: Set<OpenHours> { Set(week.compactMap { $0 }).union(special.values) }

  /// Whether there is any moment at which it is open. What clocks skip on the only date of its hours is none; in a week
  /// hours come again on days on which clocks skip nothing.
  var opensAtAll: Bool { week.contains { $0 != nil } || special.keys.contains { day($0) != nil } }

  public func hours(on date: LocalDate) -> OpenHours? {
    if let hours = special[date] { return hours }
    return closed.contains(date) ? nil : week[date.weekday.rawValue]
  }

  /// A day on which a place works, and the moments from which and until which it does.
  struct OpenDay: Hashable {
    var date: LocalDate
    var opens: Instant
    var closes: Instant
  }

  /// Nil if it is closed on a date, or open only at times that clocks skip that day.
  func day(_ date: LocalDate) -> OpenDay? {
    guard let hours = hours(on: date) else { return nil }
    let opens = zone.instant(of: date, at: hours.opens)
    let closes = zone.instant(of: date, at: hours.closes)
    return opens < closes ? OpenDay(date: date, opens: opens, closes: closes) : nil
  }

  /// The first open day at or after a date; nil if there is none within the horizon.
  func firstDay(from date: LocalDate) -> OpenDay? {
    for ahead in 0...Self.horizon {
      if let day = day(date + ahead) { return day }
    }
    return nil
  }

  public func isOpen(at instant: Instant) -> Bool {
    guard let day = day(zone.local(at: instant).date) else { return false }
    return day.opens <= instant && instant < day.closes
  }

  /// The first moment at or after another at which it is open; nil if there is none within the horizon.
  public func nextOpening(from instant: Instant) -> Instant? { begin(instant, cutOff: nil)?.moment }
}
