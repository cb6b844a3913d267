/// Why a private key file cannot be used.
public enum KeyFileProblem: Error, Equatable, Sendable {
  case notOpenSSH
  case encrypted
  case notEd25519
  case damaged
}

private let magic = Array("openssh-key-v1\0".utf8)
private let beginLine = "-----BEGIN OPENSSH PRIVATE KEY-----"
private let endLine = "-----END OPENSSH PRIVATE KEY-----"

extension PrivateKey {
  /// Reads an unencrypted Ed25519 key in OpenSSH's own format (PROTOCOL.key).
  public init(openSSH text: String) throws(KeyFileProblem) {
    let lines = text.split(whereSeparator: \.isNewline).map { $0.filter { !$0.isWhitespace || $0 == " " } }
    guard lines.first == beginLine, let end = lines.firstIndex(of: endLine) else { throw .notOpenSSH }
    guard let blob = [UInt8](base64: lines[1..<end].joined()), blob.starts(with: magic) else { throw .damaged }
    var reader = WireReader(Array(blob.dropFirst(magic.count)))
    guard let cipher = reader.string(), reader.string() != nil, reader.string() != nil, reader.uint32() == 1,
      reader.string() != nil, let secret = reader.string()
    else { throw .damaged }
    guard cipher == Array("none".utf8) else { throw .encrypted }
    var inner = WireReader(secret)
    guard let first = inner.uint32(), first == inner.uint32(), let type = inner.string() else { throw .damaged }
    guard type == Array("ssh-ed25519".utf8) else { throw .notEd25519 }
    guard let key = inner.string(), let pair = inner.string(), pair.count == 64,
      let result = PrivateKey(seed: Array(pair.prefix(32))), result.publicKey == PublicKey(ed25519: key)
    else { throw .damaged }
    self = result
  }

  /// Writes the key as `ssh-keygen` does, unencrypted. The check number is fixed, so the text is a function of the key.
  public func openSSH(comment: String) -> String {
    var secret = wireInteger(0x7075_7273) + wireInteger(0x7075_7273)
    secret += publicKey.wire + wireString(seed + publicKey.wire.suffix(32)) + wireString(Array(comment.utf8))
    var padding: UInt8 = 1
    while !secret.count.isMultiple(of: 8) {
      secret.append(padding)
      padding += 1
    }
    let none = wireString(Array("none".utf8))
    let blob =
      magic + none + none + wireString([]) + wireInteger(1) + wireString(publicKey.wire) + wireString(secret)
    return ([beginLine] + lines(of: blob.base64, width: 70) + [endLine]).joined(separator: "\n") + "\n"
  }
}

func lines(of text: String, width: Int) -> [String] {
  let bytes = Array(text.utf8)
  return stride(from: 0, to: bytes.count, by: width).map {
    String(decoding: bytes[$0..<min($0 + width, bytes.count)], as: UTF8.self)
  }
}
