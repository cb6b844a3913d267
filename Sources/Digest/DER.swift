/// The few forms of ASN.1 (X.690 DER) that libcrypto wants keys and signatures in.
enum DER {
  /// A public key on a curve (RFC 5480 §2).
  static func ecdsaKey(_ curve: [UInt8], point: [UInt8]) -> [UInt8] {
    let algorithm = value(0x06, [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]) + value(0x06, curve)
    return value(0x30, value(0x30, algorithm) + value(0x03, [0] + point))
  }

  /// An RSA public key (RFC 3279 §2.3.1). Both numbers are unsigned, without leading zeros.
  static func rsaKey(modulus: [UInt8], exponent: [UInt8]) -> [UInt8] {
    let algorithm =
      value(0x06, [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01]) + value(0x05, [])
    return value(
      0x30,
      value(0x30, algorithm) + value(0x03, [0] + value(0x30, number(modulus) + number(exponent))))
  }

  /// An ECDSA signature (RFC 3279 §2.2.3) from the two numbers that SSH writes (RFC 5656 §3.1.2); nil when they are not
  /// two numbers.
  static func ecdsaSignature(_ wire: [UInt8]) -> [UInt8]? {
    var reader = WireReader(wire)
    guard let r = reader.number(), let s = reader.number(), reader.isAtEnd else { return nil }
    return value(0x30, number(r) + number(s))
  }

  private static func number(_ bytes: [UInt8]) -> [UInt8] {
    let isHigh = bytes.first.map { $0 >= 0x80 } ?? true
    return value(0x02, isHigh ? [0] + bytes : bytes)
  }

  private static func value(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    [tag] + length(content.count) + content
  }

  /// The length in as few bytes as it takes, behind their number where it is 128 or more (X.690 §8.1.3).
  private static func length(_ count: Int) -> [UInt8] {
    guard count >= 0x80 else { return [UInt8(count)] }
    let bytes = wireInteger(UInt32(clamping: count)).drop { $0 == 0 }
    return [0x80 | UInt8(bytes.count)] + bytes
  }
}
