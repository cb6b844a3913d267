internal import Clibcrypto

/// A SHA-256 digest: 32 bytes, shown as lower-case hexadecimal.
public struct SHA256Digest: Hashable, Sendable, CustomStringConvertible {
  public let bytes: [UInt8]

  /// Takes 32 bytes that are a digest already; nil for any other count.
  public init?(bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  /// Parses 64 hexadecimal digits.
  public init?(hex: String) {
    guard let bytes = [UInt8](hex: hex) else { return nil }
    self.init(bytes: bytes)
  }

  public init(of data: some Collection<UInt8>) {
    bytes = data.withContiguousStorageIfAvailable(Self.digest) ?? Array(data).withUnsafeBufferPointer(Self.digest)
  }

  private static func digest(_ data: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 32) { result, count in
      count = 32
      purser_sha256(data.baseAddress, data.count, result.baseAddress)
    }
  }

  public init(of text: String) { self.init(of: Array(text.utf8)) }

  /// The digest that no bytes have been chained onto yet: 32 zero bytes.
  public static let zero = SHA256Digest(zero: ())

  private init(zero: Void) { bytes = [UInt8](repeating: 0, count: 32) }

  /// The next link of a hash chain: SHA-256 of this digest followed by `data`.
  public func chained(with data: [UInt8]) -> SHA256Digest { SHA256Digest(of: bytes + data) }

  public var description: String { bytes.hex }
}

extension [UInt8] {
  /// Lower-case hexadecimal.
  public var hex: String {
    func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x61 - 10 + value }
    return String(unsafeUninitializedCapacity: count * 2) { text in
      for index in indices {
        text[index * 2] = digit(self[index] >> 4)
        text[index * 2 + 1] = digit(self[index] & 15)
      }
      return count * 2
    }
  }

  /// Parses an even count of hexadecimal digits.
  public init?(hex: String) {
    func digit(_ byte: UInt8) -> UInt8? {
      switch byte {
      case 0x30...0x39: byte - 0x30
      case 0x61...0x66: byte - 0x61 + 10
      case 0x41...0x46: byte - 0x41 + 10
      default: nil
      }
    }
    var hex = hex
    let bytes = hex.withUTF8 { text -> [UInt8]? in
      guard text.count.isMultiple(of: 2) else { return nil }
      var bytes: [UInt8] = []
      bytes.reserveCapacity(text.count / 2)
      for index in stride(from: 0, to: text.count, by: 2) {
        guard let high = digit(text[index]), let low = digit(text[index + 1]) else { return nil }
        bytes.append(high << 4 | low)
      }
      return bytes
    }
    guard let bytes else { return nil }
    self = bytes
  }
}

extension [UInt8] {
  /// Bytes of the operating system's random source; nil only if that source fails.
  public static func random(count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    return RAND_bytes(&bytes, Int32(count)) == 1 ? bytes : nil
  }
}

func sha512(_ data: [UInt8]) -> [UInt8] {
  var result = [UInt8](repeating: 0, count: 64)
  _ = SHA512(data, data.count, &result)
  return result
}
