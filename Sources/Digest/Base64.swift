private let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

extension [UInt8] {
  /// Standard Base64 with padding (RFC 4648 §4).
  public var base64: String {
    var result: [UInt8] = []
    result.reserveCapacity((count + 2) / 3 * 4)
    for start in stride(from: 0, to: count, by: 3) {
      let group = self[start..<Swift.min(start + 3, count)]
      var bits: UInt32 = 0
      for byte in group { bits = bits << 8 | UInt32(byte) }
      bits <<= UInt32(8 * (3 - group.count))
      for index in 0..<4 {
        result.append(index <= group.count ? alphabet[Int(bits >> UInt32(18 - 6 * index) & 63)] : UInt8(ascii: "="))
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Decodes Base64, ignoring line breaks and padding; nil at any other character.
  public init?(base64: some StringProtocol) {
    self = []
    var bits: UInt32 = 0
    var have = 0
    for byte in base64.utf8 {
      let value: UInt32
      switch byte {
      case 0x41...0x5A: value = UInt32(byte - 0x41)
      case 0x61...0x7A: value = UInt32(byte - 0x61 + 26)
      case 0x30...0x39: value = UInt32(byte - 0x30 + 52)
      case UInt8(ascii: "+"): value = 62
      case UInt8(ascii: "/"): value = 63
      case UInt8(ascii: "="), 0x0A, 0x0D: continue
      default: return nil
      }
      bits = bits << 6 | value
      have += 6
      if have >= 8 {
        have -= 8
        append(UInt8(truncatingIfNeeded: bits >> UInt32(have)))
      }
    }
  }
  /// Decodes Base64 that is written in the one way that `base64` writes it; nil for any other.
  init?(exactBase64 text: [UInt8]) {
    self.init(base64: String(decoding: text, as: UTF8.self))
    guard base64.utf8.elementsEqual(text) else { return nil }
  }
}
