public import Digest
public import Operations

/// The text of a statement and the signature over exactly these bytes, as they stand in the log of approvals.
public struct SignedStatement: Hashable, Sendable {
  /// The largest file of the log that is read, in bytes.
  public static let sizeLimit = 32 << 10

  /// The text that was signed, in UTF-8.
  public let text: [UInt8]
  /// The signature in OpenSSH's armour.
  public let signature: String
  /// The digest of its file, and the name of it.
  public let id: SHA256Digest
  /// The change that it says it speaks of, whatever kind it is of.
  public let change: SHA256Digest

  /// Nil for a text that speaks of no change, and for one that no log can hold.
  public init?(text: [UInt8], signature: String) {
    guard let json = try? JSONValue.parse(text), let change = json["change"]?.string.flatMap(SHA256Digest.init(hex:))
    else { return nil }
    let file = Self.file(text, signature)
    guard file.count <= Self.sizeLimit else { return nil }
    self.text = text
    self.signature = signature
    self.change = change
    id = SHA256Digest(of: file)
  }

  /// Reads a file of the log; nil for one that is not written as `file` writes it.
  public init?(file: [UInt8]) {
    do throws(StatementProblem) { try self.init(logged: file) } catch { return nil }
  }

  /// Reads a file of the log.
  /// - Throws: why it is not written as `file` writes it. What the statement in it says is not looked at.
  public init(logged file: [UInt8]) throws(StatementProblem) {
    guard file.count <= Self.sizeLimit else { throw .tooLong(file.count) }
    let json: JSONValue
    do throws(JSONProblem) { json = try .parse(file) } catch {
      throw StatementProblem("the file is not JSON: \(error.message)")
    }
    guard json.object?.count == 2, let text = json["statement"]?.string, let signature = json["signature"]?.string
    else { throw StatementProblem("the file must contain a statement and its signature, and nothing else") }
    guard let signed = SignedStatement(text: Array(text.utf8), signature: signature) else {
      // For the reason that its text has.
      _ = try Statement(Array(text.utf8))
      throw StatementProblem("its 'change' is not a digest")
    }
    self = signed
    guard self.file == file else { throw StatementProblem("the file is not in the form in which Purser writes it") }
  }

  /// Whether a file is written as `file` writes one and holds a signature that fits its text, whatever the text says: then
  /// some version of Purser can have written it.
  public static func isSealed(_ file: [UInt8]) -> Bool {
    guard file.count <= sizeLimit, let json = try? JSONValue.parse(file), json.object?.count == 2,
      json.canonicalBytes == file, let text = json["statement"]?.string,
      let signature = json["signature"]?.string.flatMap(SSHSignature.init(armoured:))
    else { return false }
    return signature.isValid(for: Array(text.utf8), namespace: Statement.namespace)
  }

  public var file: [UInt8] { Self.file(text, signature) }

  private static func file(_ text: [UInt8], _ signature: String) -> [UInt8] {
    let json: JSONValue = [
      "statement": .string(String(decoding: text, as: UTF8.self)), "signature": .string(signature),
    ]
    return json.canonicalBytes
  }

  /// What the log and the audit record keep of it.
  public var json: JSONValue {
    ["statement": .string(String(decoding: text, as: UTF8.self)), "signature": .string(signature)]
  }

  public init?(json: JSONValue) { self.init(file: json.canonicalBytes) }

  /// The key that signed the text as a statement, as OpenSSH writes it, without a comment; nil when the signature does
  /// not fit the text or was made for anything else.
  public func signer() -> String? {
    guard let signature = SSHSignature(armoured: signature),
      signature.isValid(for: text, namespace: Statement.namespace)
    else { return nil }
    return signature.key.description
  }

  /// What was signed.
  public func statement() throws(StatementProblem) -> Statement { try Statement(text) }
}

extension Statement {
  public func signed(by key: PrivateKey) -> SignedStatement? {
    let text = json.canonicalBytes
    return SignedStatement(text: text, signature: SSHSignature.sign(text, with: key, namespace: Self.namespace))
  }
}
