import Operations

/// Writes TZif files (RFC 9636), right or wrong, without a time zone database.
struct ZoneBytes {
  var version: Character = "2"
  /// Seconds since 1970, and the index into `offsets`.
  var transitions: [(at: Int64, offset: Int)] = []
  var offsets: [Int64] = [0]
  var leapSeconds: [(at: Int64, count: Int64)] = []
  var footer = ""

  var bytes: [UInt8] {
    let isNew = version != "1"
    let first = block(timeSize: 4, isEmpty: isNew)
    return isNew ? first + block(timeSize: 8, isEmpty: false) + Array("\n\(footer)\n".utf8) : first
  }

  private func block(timeSize: Int, isEmpty: Bool) -> [UInt8] {
    let transitions = isEmpty ? [] : transitions
    let offsets = isEmpty ? [0] : offsets
    let leapSeconds = isEmpty ? [] : leapSeconds
    let name = Array("LMT\0".utf8)
    var bytes = Array("TZif".utf8) + [version == "1" ? 0 : version.asciiValue ?? 0]
    bytes += [UInt8](repeating: 0, count: 15)
    for count in [0, 0, leapSeconds.count, transitions.count, offsets.count, name.count] {
      bytes += Self.bigEndian(Int64(count), 4)
    }
    for transition in transitions { bytes += Self.bigEndian(transition.at, timeSize) }
    for transition in transitions { bytes.append(UInt8(truncatingIfNeeded: transition.offset)) }
    for offset in offsets { bytes += Self.bigEndian(offset, 4) + [0, 0] }
    bytes += name
    for leap in leapSeconds { bytes += Self.bigEndian(leap.at, timeSize) + Self.bigEndian(leap.count, 4) }
    return bytes
  }

  private static func bigEndian(_ value: Int64, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - $0))) }
  }

  /// Berlin from 1996 as its rule says, spelled out for some years: the last Sundays of March and October at 01:00 UTC.
  static func berlin(until year: Int64, footer: String) -> ZoneBytes {
    var bytes = ZoneBytes(offsets: [3600, 7200], footer: footer)
    for year in 1996...year {
      for (month, offset) in [(Int64(3), 1), (10, 0)] {
        var day: Int64 = 31
        while LocalDate(year: year, month: month, day: day)?.weekday != .sunday { day -= 1 }
        let days = LocalDate(year: year, month: month, day: day)?.days ?? 0
        bytes.transitions.append((days * 86_400 + 3600, offset))
      }
    }
    return bytes
  }
}
