import Operations

/// How an export writes moments: `yyyy-MM-dd HH:mm:ss`, `M/d/yyyy h:mm a`.
///
/// `yyyy` year · `MM` `dd` `HH` `hh` `mm` `ss` two digits · `M` `d` `H` `h` one or two · `SSS` milliseconds · `a` AM or
/// PM · `Z` an offset such as `+01:00`, `+0100` or `Z` · anything else stands for itself. Without `Z` the mapping's
/// `utc_offset` holds; zones that change with the season need an export in UTC.
struct DatePattern: Sendable {
  private enum Part: Equatable {
    case year, month, day, hour, hourOfHalf, minute, second, millisecond, half, offset
    case literal(UInt8)
  }

  let text: String
  private let parts: [(part: Part, digits: ClosedRange<Int>)]
  private let offset: String

  /// - Parameter offset: from UTC, such as `+01:00` or `Z`.
  /// Nil when the pattern has an unknown letter or no full date, when it counts hours to twelve without saying which half
  /// of the day or to twenty-four beside it, or when the offset is none.
  init?(_ text: String, offset: String = "Z") {
    let known: [String: (Part, ClosedRange<Int>)] = [
      "yyyy": (.year, 4...4), "MM": (.month, 2...2), "M": (.month, 1...2), "dd": (.day, 2...2), "d": (.day, 1...2),
      "HH": (.hour, 2...2), "H": (.hour, 1...2), "hh": (.hourOfHalf, 2...2), "h": (.hourOfHalf, 1...2),
      "mm": (.minute, 2...2), "ss": (.second, 2...2), "SSS": (.millisecond, 3...3), "a": (.half, 2...2),
      "Z": (.offset, 1...6),
    ]
    var parts: [(part: Part, digits: ClosedRange<Int>)] = []
    var rest = Array(text.utf8)[...]
    while let first = rest.first {
      let run = rest.prefix { $0 == first }
      let isLetter = (0x41...0x5A).contains(first) || (0x61...0x7A).contains(first)
      if let part = known[String(decoding: run, as: UTF8.self)] {
        parts.append(part)
      } else if !isLetter || first == UInt8(ascii: "T") {
        for byte in run { parts.append((.literal(byte), 1...1)) }
      } else {
        return nil
      }
      rest = rest.dropFirst(run.count)
    }
    let hasDate = ["yyyy", "M", "d"].allSatisfy { text.contains($0) }
    func has(_ wanted: Part) -> Bool { parts.contains { $0.part == wanted } }
    guard hasDate, has(.hourOfHalf) == has(.half), !has(.half) || !has(.hour),
      Instant("2000-01-01T00:00:00\(offset)") != nil
    else { return nil }
    self.text = text
    self.parts = parts
    self.offset = offset
  }

  func instant(_ text: String) -> Instant? {
    var rest = Array(text.utf8)[...]
    var (year, month, day, hour, minute, second, millisecond) = (0, 1, 1, 0, 0, 0, 0)
    var isAfternoon: Bool?
    var offset = self.offset
    for (part, digits) in parts {
      switch part {
      case .literal(let byte):
        guard rest.popFirst() == byte else { return nil }
      case .half:
        let word = String(decoding: rest.prefix(2), as: UTF8.self).uppercased()
        guard word == "AM" || word == "PM" else { return nil }
        isAfternoon = word == "PM"
        rest = rest.dropFirst(2)
      case .offset:
        var written = Array(rest.prefix { "+-:Zz0123456789".utf8.contains($0) }.prefix(6))
        rest = rest.dropFirst(written.count)
        if written.count == 5 { written.insert(UInt8(ascii: ":"), at: 3) }
        offset = String(decoding: written, as: UTF8.self)
      default:
        let run = rest.prefix { (0x30...0x39).contains($0) }.prefix(digits.upperBound)
        guard run.count >= digits.lowerBound, let value = Int(String(decoding: run, as: UTF8.self)) else { return nil }
        rest = rest.dropFirst(run.count)
        switch part {
        case .year: year = value
        case .month: month = value
        case .day: day = value
        case .hour: hour = value
        case .hourOfHalf:
          guard (1...12).contains(value) else { return nil }
          hour = value % 12
        case .minute: minute = value
        case .second: second = value
        default: millisecond = value
        }
      }
    }
    guard rest.isEmpty else { return nil }
    if isAfternoon == true { hour += 12 }
    // RFC 3339 has one parser, which knows the calendar.
    let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    let time = "\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2)).\(padded(millisecond, 3))"
    return Instant("\(date)T\(time)\(offset)")
  }
}

private func padded(_ value: Int, _ width: Int) -> String {
  let text = String(value)
  return String(repeating: "0", count: max(0, width - text.count)) + text
}
