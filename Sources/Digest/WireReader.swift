func wireInteger(_ value: UInt32) -> [UInt8] {
  [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
}

func wireString(_ bytes: [UInt8]) -> [UInt8] { wireInteger(UInt32(bytes.count)) + bytes }

/// An unsigned number without leading zeros as an `mpint`.
func wireNumber(_ bytes: [UInt8]) -> [UInt8] {
  wireString((bytes.first.map { $0 >= 0x80 } ?? false) ? [0] + bytes : bytes)
}

/// The bits of an unsigned number without leading zeros.
func bitCount(_ number: [UInt8]) -> Int {
  number.count * 8 - (number.first?.leadingZeroBitCount ?? 0)
}

/// Reads the length-prefixed fields of SSH's wire format (RFC 4251 §5); every read past the end gives nil.
struct WireReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func take(_ count: Int) -> [UInt8]? {
    guard count <= rest.count else { return nil }
    defer { rest = rest.dropFirst(count) }
    return Array(rest.prefix(count))
  }

  mutating func uint32() -> UInt32? { take(4)?.reduce(0) { $0 << 8 | UInt32($1) } }

  mutating func string() -> [UInt8]? {
    guard let count = uint32() else { return nil }
    return take(Int(count))
  }

  /// A non-negative `mpint`, without its leading zeros.
  mutating func number() -> [UInt8]? {
    guard let bytes = string(), bytes.count <= Self.numberLimit,
      bytes.first.map({ $0 < 0x80 }) ?? true
    else { return nil }
    return Array(bytes.drop { $0 == 0 })
  }

  /// The longest number that OpenSSH reads: 16,384 bits and a leading zero.
  private static let numberLimit = 16_384 / 8 + 1
}
