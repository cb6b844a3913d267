import Operations

/// What is wrong with a time zone file, in words.
struct ZoneFileProblem: Error, Hashable { var reason: String }

/// Reads compiled time zones: TZif (RFC 9636), which every system keeps under `/usr/share/zoneinfo`.
///
/// The bytes may be anything: a count is believed only as far as there are bytes behind it.
enum ZoneFile {
  /// The largest file that is read, in bytes; the largest real one has 4,000.
  static let sizeLimit = 1 << 16
  /// The rule at the end of a file is written out until the end of this year; later its last offset holds.
  static let lastYear: Int64 = 2100

  static func rules(name: String, _ bytes: [UInt8]) throws(ZoneFileProblem) -> ZoneRules {
    var reader = ByteReader(bytes: bytes)
    var header = try Header(&reader)
    guard header.version >= UInt8(ascii: "2") else { return try block(header, timeSize: 4, &reader).rules(name) }
    // The first block repeats what fits into 32 bits, for readers of long ago.
    try reader.skip(header.size(timeSize: 4))
    header = try Header(&reader)
    var timeline = try block(header, timeSize: 8, &reader)
    if let rule = try footer(&reader) { timeline.append(rule, until: lastYear) }
    return try timeline.rules(name)
  }

  private struct Header {
    let version: UInt8
    let utcFlags, standardFlags, leapSeconds, times, types, characters: Int

    init(_ reader: inout ByteReader) throws(ZoneFileProblem) {
      guard try reader.take(4).elementsEqual("TZif".utf8) else {
        throw ZoneFileProblem(reason: "it is not a TZif file")
      }
      version = try reader.unsigned(1).byte
      try reader.skip(15)
      utcFlags = try reader.unsigned(4).count
      standardFlags = try reader.unsigned(4).count
      leapSeconds = try reader.unsigned(4).count
      times = try reader.unsigned(4).count
      types = try reader.unsigned(4).count
      characters = try reader.unsigned(4).count
    }

    func size(timeSize: Int) -> Int {
      times * (timeSize + 1) + types * 6 + characters + leapSeconds * (timeSize + 4) + standardFlags + utcFlags
    }
  }

  private static func block(
    _ header: Header, timeSize: Int, _ reader: inout ByteReader
  ) throws(ZoneFileProblem) -> ZoneTimeline {
    guard header.leapSeconds == 0 else { throw ZoneFileProblem(reason: "it counts leap seconds") }
    guard header.types > 0 else { throw ZoneFileProblem(reason: "it has no offset") }
    guard header.size(timeSize: timeSize) <= reader.remaining else { throw ByteReader.tooShort }
    var times: [Int64] = []
    for _ in 0..<header.times { times.append(try reader.signed(timeSize)) }
    let types = try reader.take(header.times)
    var offsets: [Int64] = []
    for _ in 0..<header.types {
      offsets.append(try reader.signed(4))
      try reader.skip(2)
    }
    try reader.skip(header.characters + header.standardFlags + header.utcFlags)
    guard offsets.allSatisfy(ZoneRules.offsets.contains), types.allSatisfy({ Int($0) < offsets.count }) else {
      throw ZoneFileProblem(reason: "it has an impossible offset")
    }
    var timeline = ZoneTimeline(firstOffset: offsets[0])
    for (time, type) in zip(times, types) { try timeline.append(at: time, offset: offsets[Int(type)]) }
    return timeline
  }

  private static func footer(_ reader: inout ByteReader) throws(ZoneFileProblem) -> PosixZone? {
    let rest = try reader.take(reader.remaining)
    let line = rest.dropFirst().prefix { $0 != 0x0A }
    guard rest.first == 0x0A, line.endIndex < rest.endIndex else { throw ByteReader.tooShort }
    if line.isEmpty { return nil }
    guard let rule = PosixZone(Array(line)) else { throw ZoneFileProblem(reason: "its last rule cannot be read") }
    return rule
  }
}

/// Takes bytes from the front of a buffer, and never more than there are.
private struct ByteReader {
  static let tooShort = ZoneFileProblem(reason: "it ends too early")

  private var bytes: ArraySlice<UInt8>

  init(bytes: [UInt8]) { self.bytes = bytes[...] }

  var remaining: Int { bytes.count }

  mutating func take(_ count: Int) throws(ZoneFileProblem) -> ArraySlice<UInt8> {
    guard count <= bytes.count else { throw Self.tooShort }
    defer { bytes = bytes.dropFirst(count) }
    return bytes.prefix(count)
  }

  mutating func skip(_ count: Int) throws(ZoneFileProblem) { _ = try take(count) }

  /// Big-endian.
  mutating func unsigned(_ count: Int) throws(ZoneFileProblem) -> UInt64 {
    try take(count).reduce(0) { $0 << 8 | UInt64($1) }
  }

  mutating func signed(_ count: Int) throws(ZoneFileProblem) -> Int64 {
    let value = try unsigned(count)
    return count == 4 ? Int64(Int32(truncatingIfNeeded: value)) : Int64(bitPattern: value)
  }
}

extension UInt64 {
  fileprivate var byte: UInt8 { UInt8(truncatingIfNeeded: self) }
  /// Of at most 32 bits, so that sizes made of it cannot overflow.
  fileprivate var count: Int { Int(UInt32(truncatingIfNeeded: self)) }
}
