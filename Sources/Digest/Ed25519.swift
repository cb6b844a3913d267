internal import Clibcrypto

/// An Ed25519 public key (RFC 8032), written as in OpenSSH: `ssh-ed25519 AAAA…`.
public struct PublicKey: Hashable, Sendable, CustomStringConvertible {
  public let bytes: [UInt8]

  public init?(bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  /// Parses `ssh-ed25519 AAAA… [comment]`; nil for any other key type or damage.
  public init?(openSSH text: String) {
    let words = text.split(whereSeparator: \.isWhitespace)
    guard words.count >= 2, words[0] == "ssh-ed25519", let blob = [UInt8](base64: words[1]) else { return nil }
    self.init(wire: blob)
  }

  init?(wire blob: [UInt8]) {
    var reader = WireReader(blob)
    guard reader.string() == Array("ssh-ed25519".utf8), let key = reader.string(), reader.isAtEnd else { return nil }
    self.init(bytes: key)
  }

  var wire: [UInt8] { wireString(Array("ssh-ed25519".utf8)) + wireString(bytes) }

  public var description: String { "ssh-ed25519 \(wire.base64)" }

  /// The fingerprint that `ssh-keygen -l` prints: `SHA256:` and unpadded Base64.
  public var fingerprint: String {
    "SHA256:" + String(SHA256Digest(of: wire).bytes.base64.prefix { $0 != "=" })
  }

  public func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
    signature.count == 64 && purser_ed25519_verify(bytes, message, message.count, signature) == 1
  }
}

/// An Ed25519 private key. Its text form is secret and is written only by `openSSH(comment:)`.
public struct PrivateKey: Sendable {
  let seed: [UInt8]
  public let publicKey: PublicKey

  public init?(seed: [UInt8]) {
    var key = [UInt8](repeating: 0, count: 32)
    guard seed.count == 32, purser_ed25519_public(seed, &key) == 1, let publicKey = PublicKey(bytes: key) else {
      return nil
    }
    self.seed = seed
    self.publicKey = publicKey
  }

  /// A new key from the operating system's random source; nil only if that source fails.
  public static func generate() -> PrivateKey? {
    var seed = [UInt8](repeating: 0, count: 32)
    guard RAND_priv_bytes(&seed, 32) == 1 else { return nil }
    return PrivateKey(seed: seed)
  }

  /// The signature of `message`. Ed25519 is deterministic: the same message always gives the same bytes.
  public func signature(of message: [UInt8]) -> [UInt8] {
    var signature = [UInt8](repeating: 0, count: 64)
    precondition(purser_ed25519_sign(seed, message, message.count, &signature) == 1, "a checked key always signs")
    return signature
  }
}

extension PrivateKey: CustomStringConvertible {
  public var description: String { "PrivateKey(\(publicKey.fingerprint))" }
}
