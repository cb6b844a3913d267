public import Digest

public struct HTTPRequest: Sendable {
  public enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
  }

  public var method: Method
  public var address: HTTPAddress
  /// Names and values, percent-encoded when the request is sent.
  public var query: [(name: String, value: String)]
  public var headers: [(name: String, value: String)]
  /// One more header whose value is `prefix` and a secret.
  public var secretHeader: (name: String, prefix: String, secret: Secret)?
  public var body: [UInt8]?

  public init(
    _ method: Method, _ address: HTTPAddress, query: [(name: String, value: String)] = [],
    headers: [(name: String, value: String)] = [],
    secretHeader: (name: String, prefix: String, secret: Secret)? = nil, body: [UInt8]? = nil
  ) {
    self.method = method
    self.address = address
    self.query = query
    self.headers = headers
    self.secretHeader = secretHeader
    self.body = body
  }

  var target: String {
    let pairs = query.map { HTTPAddress.encoded($0.name) + "=" + HTTPAddress.encoded($0.value) }
    return address.description + (pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&"))
  }
}

public struct HTTPResponse: Sendable {
  public var status: Int
  /// Names in lower case; of a name that comes twice the last value.
  public var headers: [String: String]
  public var body: [UInt8]

  public init(status: Int, headers: [String: String], body: [UInt8]) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

/// Why there is no answer. Its text names a server and never a token, a query or what was sent.
public struct HTTPError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Kind: Sendable {
    /// The address may not be spoken to at all.
    case refusedAddress
    /// No connection, or it broke: trying again may help.
    case unreachable
    case timeout
    /// The server cannot prove that it is who it should be.
    case untrusted
    /// The answer is larger than what is read.
    case tooLarge
  }

  public var kind: Kind
  public var message: String
  public var hint: String

  public init(_ kind: Kind, _ message: String, hint: String = "") {
    self.kind = kind
    self.message = message
    self.hint = hint
  }

  public var description: String { hint.isEmpty ? message : "\(message); \(hint)" }
}
