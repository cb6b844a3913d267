/// A day of the calendar on the wall of some place, without its time zone.
public struct LocalDate: Hashable, Sendable, Comparable {
  /// Whole days since 1970-01-01, below 0 before it.
  public let days: Int64

  public init(days: Int64) { self.days = days }

  /// Nil for what is no date, such as 30 February.
  public init?(year: Int64, month: Int64, day: Int64) {
    guard (1...9999).contains(year), (1...12).contains(month), (1...daysIn(month: month, year: year)).contains(day)
    else { return nil }
    days = epochDays(year: year, month: month, day: day)
  }

  public var year: Int64 { civilDate(days: days).year }

  public var weekday: Weekday {
    // 1970-01-01 was a Thursday.
    let index = days + 3 - floorDivide(days + 3, 7) * 7
    return Weekday.allCases[Int(index)]
  }

  public static func < (left: Self, right: Self) -> Bool { left.days < right.days }

  public static func + (date: Self, days: Int64) -> LocalDate { LocalDate(days: date.days + days) }
}

extension LocalDate: CustomStringConvertible {
  /// ISO 8601: `2026-12-25`.
  public var description: String {
    let (year, month, day) = civilDate(days: days)
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }

  /// Parses `2026-12-25`, from the year 0001 to 9999.
  public init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.utf8.count) == [4, 2, 2], parts.allSatisfy({ $0.utf8.allSatisfy(isDigit) }),
      let year = Int64(parts[0]), let month = Int64(parts[1]), let day = Int64(parts[2])
    else { return nil }
    self.init(year: year, month: month, day: day)
  }
}

/// The days of the week, Monday first (ISO 8601).
public enum Weekday: Int, Sendable, CaseIterable {
  case monday, tuesday, wednesday, thursday, friday, saturday, sunday

  /// How people write them, Monday first.
  public static let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

  public init?(_ name: String) {
    guard let index = Self.names.firstIndex(of: name) else { return nil }
    self.init(rawValue: index)
  }
}

/// What a clock on the wall shows, from 00:00 to 24:00, the end of the day.
public struct TimeOfDay: Hashable, Sendable, Comparable {
  /// Milliseconds since 00:00 as the clock counts them: on a day on which clocks change, more or fewer have passed.
  public let milliseconds: Int64

  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  public static let startOfDay = TimeOfDay(milliseconds: 0)
  public static let endOfDay = TimeOfDay(milliseconds: TimeSpan.day.milliseconds)

  public static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }
}

extension TimeOfDay: CustomStringConvertible {
  /// Hours and minutes: `08:30`.
  public var description: String {
    let minutes = milliseconds / 60_000
    return "\(padded(minutes / 60, 2)):\(padded(minutes % 60, 2))"
  }

  /// Parses `08:30`, from `00:00` to `24:00`.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.map(\.utf8.count) == [2, 2], parts.allSatisfy({ $0.utf8.allSatisfy(isDigit) }),
      let hours = Int64(parts[0]), let minutes = Int64(parts[1]), minutes < 60, hours * 60 + minutes <= 24 * 60
    else { return nil }
    milliseconds = (hours * 60 + minutes) * 60_000
  }
}

/// A stretch of one day in which a place works: from the moment it opens until just before it closes.
public struct OpenHours: Hashable, Sendable {
  public let opens: TimeOfDay
  public let closes: TimeOfDay

  /// Nil if it would close before it opens: a night shift is written as two days.
  public init?(opens: TimeOfDay, closes: TimeOfDay) {
    guard opens < closes else { return nil }
    self.opens = opens
    self.closes = closes
  }

  private init(unchecked opens: TimeOfDay, _ closes: TimeOfDay) {
    self.opens = opens
    self.closes = closes
  }

  public static let wholeDay = OpenHours(unchecked: .startOfDay, .endOfDay)
}

extension OpenHours: CustomStringConvertible {
  /// `08:00-18:00`.
  public var description: String { "\(opens)-\(closes)" }

  /// The two times of `08:00-18:00`, in whatever order; nil if these are no two times.
  public static func times(_ text: String) -> (opens: TimeOfDay, closes: TimeOfDay)? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let opens = TimeOfDay(String(parts[0])), let closes = TimeOfDay(String(parts[1])) else {
      return nil
    }
    return (opens, closes)
  }
}
