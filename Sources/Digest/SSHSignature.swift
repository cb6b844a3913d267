/// An SSH signature over a message in a namespace (OpenSSH's PROTOCOL.sshsig).
///
/// This is what git stores in a commit's `gpgsig` header when `gpg.format` is `ssh`.
public struct SSHSignature: Sendable {
  /// The namespace in which git signs commits and tags.
  public static let gitNamespace = "git"

  public let key: PublicKey
  let namespace: [UInt8]
  let hash: [UInt8]
  /// The signature itself, with the name of its kind, as `PublicKey.verifies` takes it.
  let signature: [UInt8]

  /// Parses the armoured form; nil when it is damaged or made with a key of a kind that is not known.
  ///
  /// As with ssh-keygen, the armour must begin the text, spaces may stand anywhere in the Base64, and what follows the
  /// last line is passed over.
  public init?(armoured text: String) {
    let begin = "\(Self.beginLine)\n".utf8
    guard text.utf8.starts(with: begin) else { return nil }
    let rest = Array(text.utf8.dropFirst(begin.count))
    let endLine = Array("\n\(Self.endLine)".utf8)
    guard let end = rest.indices.first(where: { rest[$0...].starts(with: endLine) }) else { return nil }
    let encoded = rest[..<end].filter { $0 != 0x20 && !(0x09...0x0D).contains($0) }
    guard let blob = [UInt8](exactBase64: encoded) else { return nil }
    var reader = WireReader(blob)
    // What the version and the reserved field say is not signed; a later version would be another format.
    guard reader.take(6) == Self.magic, let version = reader.uint32(), version <= 1,
      let keyBlob = reader.string(),
      let key = PublicKey(wire: keyBlob), let namespace = reader.string(), reader.string() != nil,
      let hash = reader.string(), let signature = reader.string(), reader.isAtEnd
    else { return nil }
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
  public static func sign(
    _ message: [UInt8], with key: PrivateKey, namespace: String = gitNamespace
  ) -> String {
    let name = Array(namespace.utf8)
    let hash = Array("sha512".utf8)
    let signed = signedBytes(message, namespace: name, hash: hash) ?? []
    let kind = Array(PublicKey.Kind.ed25519.rawValue.utf8)
    return SSHSignature(
      key: key.publicKey, namespace: name, hash: hash,
      signature: wireString(kind) + wireString(key.signature(of: signed))
    ).armoured
  }

  /// The one text that `sign` writes for this signature; what was parsed may have been written in another way.
  public var armoured: String {
    let blob =
      Self.magic + wireInteger(1) + wireString(key.wire) + wireString(namespace) + wireString([])
      + wireString(hash)
      + wireString(signature)
    return ([Self.beginLine] + lines(of: blob.base64, width: 70) + [Self.endLine]).joined(
      separator: "\n") + "\n"
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
