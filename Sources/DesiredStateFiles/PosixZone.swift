import Operations

/// The rule at the end of a time zone file, such as `CET-1CEST,M3.5.0,M10.5.0/3`: what holds after its last explicit
/// transition (POSIX `TZ`, with the wider hours of RFC 9636 §3.3.2).
struct PosixZone {
  /// Seconds ahead of UTC.
  private let standard: Int64
  private let summer: (offset: Int64, starts: RuleDay, ends: RuleDay)?

  /// A day of every year, and the seconds after its midnight.
  private struct RuleDay {
    enum Day {
      /// The `week`-th such weekday of a month; the 5th is the last one.
      case weekday(month: Int64, week: Int64, weekday: Int64)
      /// From 1, never counting 29 February.
      case julian(Int64)
      /// From 0, counting 29 February.
      case zeroBased(Int64)
    }

    var day: Day
    var seconds: Int64
  }

  /// Nil for what is no such rule.
  init?(_ bytes: [UInt8]) {
    var reader = Reader(rest: bytes[...])
    guard reader.name(), let offset = reader.seconds(hours: 0...24) else { return nil }
    standard = -offset
    guard !reader.rest.isEmpty else {
      summer = nil
      return
    }
    guard reader.name() else { return nil }
    var summerOffset = standard + 3600
    if reader.rest.first != UInt8(ascii: ",") {
      guard let offset = reader.seconds(hours: 0...24) else { return nil }
      summerOffset = -offset
    }
    guard let starts = reader.day(), let ends = reader.day(), reader.rest.isEmpty,
      ZoneRules.offsets.contains(standard), ZoneRules.offsets.contains(summerOffset)
    else { return nil }
    summer = (summerOffset, starts, ends)
  }

  /// When clocks change in a year, in seconds since 1970, and to which offset.
  func changes(in year: Int64) -> [(at: Int64, offset: Int64)] {
    guard let summer else { return [] }
    return [
      (Self.seconds(summer.starts, year) - standard, summer.offset),
      (Self.seconds(summer.ends, year) - summer.offset, standard),
    ]
  }

  /// Local time as seconds since 1970-01-01 00:00.
  private static func seconds(_ rule: RuleDay, _ year: Int64) -> Int64 {
    func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
      LocalDate(year: year, month: month, day: day)?.days ?? 0
    }
    let found: Int64
    switch rule.day {
    case .zeroBased(let day): found = days(year, 1, 1) + day
    case .julian(let day):
      let isLeapYear = LocalDate(year: year, month: 2, day: 29) != nil
      found = days(year, 1, 1) + day - 1 + (isLeapYear && day >= 60 ? 1 : 0)
    case .weekday(let month, let week, let weekday):
      let first = days(year, month, 1)
      let next = month == 12 ? days(year + 1, 1, 1) : days(year, month + 1, 1)
      // Sunday is 0 here.
      let firstWeekday = Int64((LocalDate(days: first).weekday.rawValue + 1) % 7)
      let day = first + (weekday - firstWeekday + 7) % 7 + (week - 1) * 7
      found = day < next ? day : day - 7
    }
    return found * 86_400 + rule.seconds
  }

  private struct Reader {
    var rest: ArraySlice<UInt8>

    private mutating func skip(_ character: Character) -> Bool {
      guard let byte = character.asciiValue, rest.first == byte else { return false }
      rest.removeFirst()
      return true
    }

    private mutating func number(_ range: ClosedRange<Int64>) -> Int64? {
      let digits = rest.prefix { (0x30...0x39).contains($0) }
      guard (1...3).contains(digits.count) else { return nil }
      let value = digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
      guard range.contains(value) else { return nil }
      rest = rest.dropFirst(digits.count)
      return value
    }

    /// Skips a name: three letters or more, or anything between `<` and `>`.
    mutating func name() -> Bool {
      if skip("<") {
        guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return false }
        rest = rest[(end + 1)...]
        return true
      }
      let letters = rest.prefix { (0x41...0x5A).contains($0 & 0xDF) }
      rest = rest.dropFirst(letters.count)
      return letters.count >= 3
    }

    /// `3`, `-3:30` or `167:00:00`.
    mutating func seconds(hours: ClosedRange<Int64>) -> Int64? {
      let isNegative = skip("-")
      if !isNegative { _ = skip("+") }
      guard let hour = number(hours) else { return nil }
      var seconds = hour * 3600
      for unit: Int64 in [60, 1] where rest.first == UInt8(ascii: ":") {
        rest.removeFirst()
        guard let part = number(0...59) else { return nil }
        seconds += part * unit
      }
      return isNegative ? -seconds : seconds
    }

    /// `,M3.5.0/2`, `,J60` or `,59`; at 02:00 if no time stands.
    mutating func day() -> RuleDay? {
      guard skip(","), let day = dayOfYear() else { return nil }
      guard skip("/") else { return RuleDay(day: day, seconds: 7200) }
      return seconds(hours: 0...167).map { RuleDay(day: day, seconds: $0) }
    }

    private mutating func dayOfYear() -> RuleDay.Day? {
      if skip("M") {
        guard let month = number(1...12), skip("."), let week = number(1...5), skip("."), let weekday = number(0...6)
        else { return nil }
        return .weekday(month: month, week: week, weekday: weekday)
      }
      if skip("J") { return number(1...365).map { .julian($0) } }
      return number(0...365).map { .zeroBased($0) }
    }
  }
}
