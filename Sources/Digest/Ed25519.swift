internal import Clibcrypto

/// An Ed25519 private key. Its text form is secret and is written only by `openSSH(comment:)`.
public struct PrivateKey: Sendable {
  let seed: [UInt8]
  public let publicKey: PublicKey

  public init?(seed: [UInt8]) {
    var key = [UInt8](repeating: 0, count: 32)
    guard seed.count == 32, purser_ed25519_public(seed, &key) == 1, let publicKey = PublicKey(ed25519: key) else {
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
