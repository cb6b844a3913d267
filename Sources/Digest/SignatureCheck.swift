internal import Clibcrypto

extension PublicKey {
  /// Whether a signature in SSH's wire format (its kind, and what that kind needs) is this key's own over a message.
  ///
  /// Takes what `ssh-keygen -Y verify` takes: RSA with SHA-2 and never SHA-1, ECDSA with the hash of its curve. Of a
  /// security key it also asks that it was touched, as sshd does.
  func verifies(_ blob: [UInt8], of message: [UInt8]) -> Bool {
    var reader = WireReader(blob)
    guard let name = reader.string(), let signature = reader.string() else { return false }
    guard let stamp = kind.isSecurityKey ? reader.stamp() : [], reader.isAtEnd else { return false }
    var signed = message
    if kind.isSecurityKey {
      // PROTOCOL.u2f: the key signs its application, its flags and counter, and a digest of the message.
      guard let flags = stamp.first, flags & Self.wasTouched != 0 else { return false }
      signed = SHA256Digest(of: application).bytes + stamp + SHA256Digest(of: message).bytes
    }
    switch (material, String(decoding: name, as: UTF8.self)) {
    case (.ed25519(let key), kind.rawValue):
      return signature.count == 64
        && purser_ed25519_verify(key, signed, signed.count, signature) == 1
    case (.x509(let key), "rsa-sha2-256") where kind == .rsa:
      return verifiesRSA(signature, of: signed, key, EVP_sha256())
    case (.x509(let key), "rsa-sha2-512") where kind == .rsa:
      return verifiesRSA(signature, of: signed, key, EVP_sha512())
    case (.x509(let key), kind.rawValue) where kind != .rsa:
      guard let signature = DER.ecdsaSignature(signature) else { return false }
      let hash = kind == .ecdsa384 ? EVP_sha384() : kind == .ecdsa521 ? EVP_sha512() : EVP_sha256()
      return purser_x509_verify(
        key, key.count, hash, signed, signed.count, signature, signature.count) == 1
    default: return false
    }
  }

  /// A number with leading zeros cut off is filled up: a signature is as long as the modulus (RFC 8017 §8.2.2).
  private func verifiesRSA(
    _ signature: [UInt8], of message: [UInt8], _ key: [UInt8], _ hash: OpaquePointer?
  ) -> Bool {
    let size = Int(purser_x509_size(key, key.count))
    guard signature.count <= size else { return false }
    let full = [UInt8](repeating: 0, count: size - signature.count) + signature
    return purser_x509_verify(key, key.count, hash, message, message.count, full, full.count) == 1
  }

  /// The flag of a security key's signature that says that someone touched it.
  private static let wasTouched: UInt8 = 1
}

extension PublicKey.Kind {
  fileprivate var isSecurityKey: Bool { self == .securityEd25519 || self == .securityECDSA }
}

extension WireReader {
  /// The flags and the counter at the end of a security key's signature.
  fileprivate mutating func stamp() -> [UInt8]? { take(5) }
}
