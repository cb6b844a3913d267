public import Operations

/// What a key under a calendar's `open` names: a day of the week, several in a row, or a single date.
public enum OpenDays: Hashable, Sendable {
  case weekdays([Weekday])
  case date(LocalDate)

  /// Parses `mon`, `mon-fri`, `sat-mon` or `2026-12-24`.
  public init?(_ text: String) {
    if let date = LocalDate(text) {
      self = .date(date)
      return
    }
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Weekday(String($0)) }
    guard (1...2).contains(ends.count), let first = ends.first ?? nil, let last = ends.last ?? nil else { return nil }
    let count = (last.rawValue - first.rawValue + 7) % 7 + 1
    self = .weekdays((0..<count).map { Weekday.allCases[(first.rawValue + $0) % 7] })
  }
}
