/// A point in time: milliseconds since 1970-01-01T00:00:00Z, between the years 0001 and 9999.
public struct Instant: Hashable, Sendable, Comparable {
  public let milliseconds: Int64

  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  public static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }

  public static func + (left: Self, right: TimeSpan) -> Instant {
    Instant(milliseconds: left.milliseconds + right.milliseconds)
  }

  public static func - (left: Self, right: TimeSpan) -> Instant {
    Instant(milliseconds: left.milliseconds - right.milliseconds)
  }

  public static func - (left: Self, right: Self) -> TimeSpan {
    TimeSpan(milliseconds: left.milliseconds - right.milliseconds)
  }

  /// Whole seconds since the epoch, rounded down: what git stores.
  public var seconds: Int64 { floorDivide(milliseconds, 1000) }

  /// Whole UTC hours since the epoch, rounded down: the grain of sliding windows.
  public var hour: Int32 { Int32(clamping: floorDivide(milliseconds, TimeSpan.hour.milliseconds)) }

  /// Whole UTC days since the epoch, rounded down.
  public var day: Int64 { floorDivide(milliseconds, TimeSpan.day.milliseconds) }

  /// The moment at which a UTC day begins.
  public init(day: Int64) { self.init(milliseconds: day * TimeSpan.day.milliseconds) }

  public init(hour: Int32) { self.init(milliseconds: Int64(hour) * TimeSpan.hour.milliseconds) }

  /// The first full hour that is not before it: itself, where it is one.
  public var nextFullHour: Instant { Instant(hour: (self + .hour - TimeSpan(milliseconds: 1)).hour) }

  public static let distantPast = Instant(milliseconds: -62_135_596_800_000)
  public static let distantFuture = Instant(milliseconds: 253_402_300_799_999)
}

extension Instant: CustomStringConvertible {
  /// RFC 3339 in UTC, with milliseconds only when there are some: `2026-11-20T00:00:00Z`.
  public var description: String {
    let days = floorDivide(milliseconds, 86_400_000)
    let rest = milliseconds - days * 86_400_000
    let (year, month, day) = civilDate(days: days)
    let time = rest / 1000
    var text = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T"
    text += "\(padded(time / 3600, 2)):\(padded(time / 60 % 60, 2)):\(padded(time % 60, 2))"
    if rest % 1000 != 0 { text += ".\(padded(rest % 1000, 3))" }
    return text + "Z"
  }

  /// Parses RFC 3339 (`2026-11-20T00:00:00Z`, an offset, a space for the T); fractions beyond milliseconds are cut. What
  /// an offset moves out of the years 0001 to 9999 is none, since it could not be written again.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    func number(_ range: Range<Int>) -> Int64? {
      guard range.upperBound <= bytes.count, bytes[range].allSatisfy(isDigit) else { return nil }
      return bytes[range].reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }
    func isByte(_ index: Int, _ allowed: String) -> Bool {
      index < bytes.count && allowed.utf8.contains(bytes[index])
    }
    guard let year = number(0..<4), isByte(4, "-"), let month = number(5..<7), isByte(7, "-"),
      let day = number(8..<10), isByte(10, "Tt "), let hour = number(11..<13), isByte(13, ":"),
      let minute = number(14..<16), isByte(16, ":"), let second = number(17..<19),
      year >= 1, (1...12).contains(month), (1...daysIn(month: month, year: year)).contains(day),
      hour < 24, minute < 60, second <= 60
    else { return nil }
    var index = 19
    var fraction: Int64 = 0
    if isByte(index, ".") {
      let digits = bytes[(index + 1)...].prefix(while: isDigit)
      guard !digits.isEmpty, digits.count <= 18 else { return nil }
      fraction = (Array(digits) + [0x30, 0x30]).prefix(3).reduce(0) { $0 * 10 + Int64($1 - 0x30) }
      index += 1 + digits.count
    }
    var offset: Int64 = 0
    if isByte(index, "Zz") {
      index += 1
    } else if isByte(index, "+-"), let hours = number((index + 1)..<(index + 3)), isByte(index + 3, ":"),
      let minutes = number((index + 4)..<(index + 6)), hours < 24, minutes < 60
    {
      offset = (hours * 60 + minutes) * (bytes[index] == UInt8(ascii: "-") ? -1 : 1)
      index += 6
    } else {
      return nil
    }
    guard index == bytes.count else { return nil }
    let days = epochDays(year: year, month: month, day: day)
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + min(second, 59) - offset * 60
    let instant = Instant(milliseconds: seconds * 1000 + fraction)
    guard instant >= .distantPast, instant <= .distantFuture else { return nil }
    self = instant
  }
}

/// A length of time, written `7d`, `36h`, `15m` or `30s`.
public struct TimeSpan: Hashable, Sendable, Comparable {
  public let milliseconds: Int64

  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  public static let hour = TimeSpan(milliseconds: 3_600_000)
  public static let day = TimeSpan(milliseconds: 86_400_000)
  /// The longest that is accepted from outside: ten years.
  public static let longest = TimeSpan(milliseconds: 3660 * 86_400_000)

  public static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }

  private static let units: [(suffix: Character, milliseconds: Int64)] = [
    ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000),
  ]
}

extension TimeSpan: CustomStringConvertible {
  public var description: String {
    for unit in Self.units where milliseconds != 0 && milliseconds % unit.milliseconds == 0 {
      return "\(milliseconds / unit.milliseconds)\(unit.suffix)"
    }
    return milliseconds == 0 ? "0s" : "\(milliseconds)ms"
  }

  /// Parses a whole count and a unit, up to `longest`.
  public init?(_ text: String) {
    guard let unit = Self.units.first(where: { $0.suffix == text.last }), text.utf8.count <= 12,
      text.utf8.dropLast().allSatisfy(isDigit), let count = Int64(text.dropLast())
    else { return nil }
    let (milliseconds, overflow) = count.multipliedReportingOverflow(by: unit.milliseconds)
    guard !overflow, milliseconds <= Self.longest.milliseconds else { return nil }
    self.milliseconds = milliseconds
  }
}

/// A half-open stretch of time: from `from` until just before `until`; a missing end is open.
public struct Window: Hashable, Sendable {
  public var from: Instant?
  public var until: Instant?

  public init(from: Instant? = nil, until: Instant? = nil) {
    self.from = from
    self.until = until
  }

  public static let always = Window()

  public var isBounded: Bool { from != nil || until != nil }

  public func contains(_ instant: Instant) -> Bool {
    (from.map { $0 <= instant } ?? true) && (until.map { instant < $0 } ?? true)
  }

  /// Whether every moment of another window lies in this one.
  public func covers(_ other: Window) -> Bool {
    (from ?? .distantPast) <= (other.from ?? .distantPast)
      && (other.until ?? .distantFuture) <= (until ?? .distantFuture)
  }

  /// Whether the hour that begins at `hour` lies in the window; the hour in which it opens counts in full.
  public func contains(hourFrom hour: Int32) -> Bool {
    (from.map { $0.hour <= hour } ?? true) && (until.map { Instant(hour: hour) < $0 } ?? true)
  }

  public func overlaps(_ other: Window) -> Bool {
    (from ?? .distantPast) < (other.until ?? .distantFuture) && (other.from ?? .distantPast) < (until ?? .distantFuture)
  }
}

func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
  value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor)
}

func padded(_ value: Int64, _ width: Int) -> String {
  let text = String(value)
  return String(repeating: "0", count: max(0, width - text.count)) + text
}

/// Days since 1970-01-01 of a date in the proleptic Gregorian calendar, counting years from March so that the leap
/// day comes last.
func epochDays(year: Int64, month: Int64, day: Int64) -> Int64 {
  let shifted = month <= 2 ? year - 1 : year
  let era = floorDivide(shifted, 400)
  let yearOfEra = shifted - era * 400
  let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
  return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
}

func civilDate(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
  let shifted = days + 719_468
  let era = floorDivide(shifted, 146_097)
  let dayOfEra = shifted - era * 146_097
  let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
  let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  let marchMonth = (5 * dayOfYear + 2) / 153
  let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
  return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
}

func daysIn(month: Int64, year: Int64) -> Int64 {
  switch month {
  case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
  case 4, 6, 9, 11: 30
  default: 31
  }
}
