/// An SSH signature over a message in a namespace (OpenSSH's PROTOCOL.sshsig), Ed25519 only.
///
/// This is what git stores in a commit's `gpgsig` header when `gpg.format` is `ssh`.
public struct SSHSignature: Sendable {
  /// The namespace in which git signs commits and tags.
  public static let gitNamespace = "git"

  public let key: PublicKey
  let namespace: [UInt8]
  let hash: [UInt8]
  let signature: [UInt8]

  /// Parses the armoured form; nil when it is damaged or not made with an Ed25519 key.
  public init?(armoured text: String) {
    let lines = text.split(whereSeparator: \.isNewline).map { $0.filter { !$0.isWhitespace || $0 == " " } }
    guard let begin = lines.firstIndex(of: Self.beginLine), let end = lines.firstIndex(of: Self.endLine), begin < end,
      let blob = [UInt8](base64: lines[(begin + 1)..<end].joined())
    else { return nil }
    var reader = WireReader(blob)
    guard reader.take(6) == Self.magic, reader.uint32() == 1, let keyBlob = reader.string(),
      let key = PublicKey(wire: keyBlob), let namespace = reader.string(), reader.string() != nil,
      let hash = reader.string(), let signatureBlob = reader.string(), reader.isAtEnd
    else { return nil }
    var inner = WireReader(signatureBlob)
    guard inner.string() == Array("ssh-ed25519".utf8), let signature = inner.string(), inner.isAtEnd else { return nil }
    self.key = key
    self.namespace = namespace
    self.hash = hash
    self.signature = signature
  }

  /// Whether the signature is `key`'s own over `message` in `namespace`. Whose key it is, is the caller's question.
  public func isValid(for message: [UInt8], namespace: String = gitNamespace) -> Bool {
    guard self.namespace == Array(namespace.utf8),
      let signed = Self.signedBytes(message, namespace: self.namespace, hash: hash)
    else { return false }
    return key.verifies(signature, of: signed)
  }

  /// Signs `message` with SHA-512, as `ssh-keygen -Y sign` does, and returns the armoured text.
  public static func sign(_ message: [UInt8], with key: PrivateKey, namespace: String = gitNamespace) -> String {
    let name = Array(namespace.utf8)
    let hash = Array("sha512".utf8)
    let signed = signedBytes(message, namespace: name, hash: hash) ?? []
    return SSHSignature(
      key: key.publicKey, namespace: name, hash: hash, signature: key.signature(of: signed)
    ).armoured
  }

  /// The one text that `sign` writes for this signature; what was parsed may have been written in another way.
  public var armoured: String {
    let blob =
      Self.magic + wireInteger(1) + wireString(key.wire) + wireString(namespace) + wireString([]) + wireString(hash)
      + wireString(wireString(Array("ssh-ed25519".utf8)) + wireString(signature))
    return ([Self.beginLine] + lines(of: blob.base64, width: 70) + [Self.endLine]).joined(separator: "\n") + "\n"
  }

  private init(key: PublicKey, namespace: [UInt8], hash: [UInt8], signature: [UInt8]) {
    self.key = key
    self.namespace = namespace
    self.hash = hash
    self.signature = signature
  }

  private static let magic = Array("SSHSIG".utf8)
  private static let beginLine = "-----BEGIN SSH SIGNATURE-----"
  private static let endLine = "-----END SSH SIGNATURE-----"

  private static func signedBytes(_ message: [UInt8], namespace: [UInt8], hash: [UInt8]) -> [UInt8]? {
    let digest: [UInt8]
    switch String(decoding: hash, as: UTF8.self) {
    case "sha512": digest = sha512(message)
    case "sha256": digest = SHA256Digest(of: message).bytes
    default: return nil
    }
    return magic + wireString(namespace) + wireString([]) + wireString(hash) + wireString(digest)
  }
}
