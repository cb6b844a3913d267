internal import Clibcrypto

/// A public key of the kinds that sign over SSH, written as OpenSSH writes it: `ssh-ed25519 AAAA…`.
///
/// A key has one form only: a blob that ssh-keygen would not have written (a number with leading zeros, say) is refused, so
/// that no key passes for two.
public struct PublicKey: Hashable, Sendable, CustomStringConvertible {
  /// The kinds of keys, by OpenSSH's name.
  public enum Kind: String, Sendable, CaseIterable {
    case ed25519 = "ssh-ed25519"
    case ecdsa256 = "ecdsa-sha2-nistp256"
    case ecdsa384 = "ecdsa-sha2-nistp384"
    case ecdsa521 = "ecdsa-sha2-nistp521"
    case rsa = "ssh-rsa"
    /// Keys that live in a security key and sign only when it is touched.
    case securityEd25519 = "sk-ssh-ed25519@openssh.com"
    case securityECDSA = "sk-ecdsa-sha2-nistp256@openssh.com"
  }

  /// Bits of an RSA key; shorter ones are within reach of factoring.
  public static let rsaBits = 2048...16_384

  public let kind: Kind
  /// The key in SSH's wire format (RFC 4253 §6.6, RFC 5656 §3.1, RFC 8709 §4, OpenSSH's PROTOCOL.u2f).
  let wire: [UInt8]
  let material: Material

  /// The numbers of a key, as its verification needs them.
  enum Material: Hashable, Sendable {
    case ed25519([UInt8])
    /// An RSA or ECDSA key as X.509 writes it (SubjectPublicKeyInfo in DER).
    case x509([UInt8])
  }

  /// What a security key mixes into each signature; empty for other keys.
  let application: [UInt8]

  /// An Ed25519 key (RFC 8032).
  init?(ed25519 bytes: [UInt8]) {
    self.init(wire: wireString(Array(Kind.ed25519.rawValue.utf8)) + wireString(bytes))
  }

  /// Parses `TYPE AAAA… [comment]`; nil for a kind that is not known, and for damage.
  public init?(openSSH text: String) {
    let words = text.split(whereSeparator: \.isWhitespace)
    guard words.count >= 2, let blob = [UInt8](exactBase64: Array(words[1].utf8)) else {
      return nil
    }
    self.init(wire: blob)
    guard words[0] == kind.rawValue else { return nil }
  }

  init?(wire blob: [UInt8]) {
    var reader = WireReader(blob)
    guard let name = reader.string(),
      let kind = Kind(rawValue: String(decoding: name, as: UTF8.self))
    else { return nil }
    var canonical = wireString(name)
    switch kind {
    case .ed25519, .securityEd25519:
      guard let key = reader.string(), key.count == 32 else { return nil }
      material = .ed25519(key)
      canonical += wireString(key)
    case .ecdsa256, .ecdsa384, .ecdsa521, .securityECDSA:
      guard let curve = kind.curve, reader.string() == Array(curve.name.utf8),
        let point = reader.string(),
        point.first == 4, point.count == curve.pointBytes
      else { return nil }
      material = .x509(DER.ecdsaKey(curve.identifier, point: point))
      canonical += wireString(Array(curve.name.utf8)) + wireString(point)
    case .rsa:
      guard let exponent = reader.number(), let modulus = reader.number(), let low = exponent.last,
        !low.isMultiple(of: 2),
        exponent != [1], Self.rsaBits.contains(bitCount(modulus)),
        bitCount(exponent) <= bitCount(modulus)
      else { return nil }
      material = .x509(DER.rsaKey(modulus: modulus, exponent: exponent))
      canonical += wireNumber(exponent) + wireNumber(modulus)
    }
    switch kind {
    case .securityEd25519, .securityECDSA:
      guard let application = reader.string() else { return nil }
      self.application = application
      canonical += wireString(application)
    default: application = []
    }
    guard reader.isAtEnd, canonical == blob else { return nil }
    self.kind = kind
    wire = blob
    // A point that lies on no curve, for one.
    if case .x509(let key) = material, purser_is_x509_key(key, key.count) != 1 { return nil }
  }

  public var description: String { "\(kind.rawValue) \(wire.base64)" }

  /// The fingerprint that `ssh-keygen -l` prints: `SHA256:` and unpadded Base64.
  public var fingerprint: String {
    "SHA256:" + String(SHA256Digest(of: wire).bytes.base64.prefix { $0 != "=" })
  }

  public static func == (left: Self, right: Self) -> Bool { left.wire == right.wire }

  public func hash(into hasher: inout Hasher) { hasher.combine(wire) }
}

extension PublicKey.Kind {
  /// Of an ECDSA key: its curve, as SSH names it and as X.509 does, and the bytes of an uncompressed point on it
  /// (SEC 1 §2.3.3: one byte that says so, and two coordinates).
  var curve: (name: String, identifier: [UInt8], pointBytes: Int)? {
    switch self {
    case .ecdsa256, .securityECDSA:
      ("nistp256", [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07], 65)
    case .ecdsa384: ("nistp384", [0x2B, 0x81, 0x04, 0x00, 0x22], 97)
    case .ecdsa521: ("nistp521", [0x2B, 0x81, 0x04, 0x00, 0x23], 133)
    case .ed25519, .rsa, .securityEd25519: nil
    }
  }
}
