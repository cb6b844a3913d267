import HTTPClient
public import Operations

/// Why a forge could not be read or written. Its text never holds a token.
public struct ForgeError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Kind: Hashable, Sendable {
    /// Trying again may help, not before the moment that the forge named.
    case transient(notBefore: Instant?)
    /// Somebody has to do something first.
    case needsPerson
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

extension ForgeError {
  init(_ error: HTTPError) {
    switch error.kind {
    case .unreachable, .timeout: self.init(.transient(notBefore: nil), error.message, hint: error.hint)
    case .refusedAddress, .untrusted, .tooLarge: self.init(.needsPerson, error.message, hint: error.hint)
    }
  }

  /// The longest that a forge may make us wait.
  private static let restLimit = TimeSpan.hour

  /// What an answer other than success means; nil for success.
  init?(_ response: HTTPResponse, server: String, at now: Instant) {
    switch response.status {
    case 200..<300: return nil
    case 300..<400:
      self.init(
        .needsPerson, "\(server) says that the repository has moved (\(response.status))",
        hint: "update 'forge' in the Repository resource; redirects are not followed")
    case 401:
      self.init(
        .needsPerson, "\(server) rejected the token",
        hint: "give another token in PURSER_FORGE_TOKEN or with --forge-token-file")
    case 403 where Self.isRateLimit(response), 429:
      let until = Self.notBefore(response, at: now)
      self.init(.transient(notBefore: until), "rate-limited by \(server) until \(until)")
    case 403:
      self.init(
        .needsPerson, "\(server) denied permission to the token",
        hint: "the token must be able to read pull requests and write commit statuses and comments")
    case 404: self = .missing(at: server)
    case 408, 500...: self.init(.transient(notBefore: nil), "\(server) answered with status \(response.status)")
    default: self.init(.needsPerson, "\(server) answered with status \(response.status)")
    }
  }

  private static func isRateLimit(_ response: HTTPResponse) -> Bool {
    response.headers["retry-after"] != nil || remaining(response) == "0"
  }

  private static func remaining(_ response: HTTPResponse) -> String? {
    response.headers["x-ratelimit-remaining"] ?? response.headers["ratelimit-remaining"]
  }

  /// `Retry-After` in seconds, else the end of the rate limit's window, else a minute.
  private static func notBefore(_ response: HTTPResponse, at now: Instant) -> Instant {
    let reset = response.headers["x-ratelimit-reset"] ?? response.headers["ratelimit-reset"]
    let until: Instant
    if let seconds = response.headers["retry-after"].flatMap({ Int64($0) }), (0...86_400).contains(seconds) {
      until = now + TimeSpan(milliseconds: max(1, seconds) * 1000)
    } else if remaining(response) == "0", let seconds = reset.flatMap({ Int64($0) }),
      (0...4_000_000_000).contains(seconds)
    {
      until = Instant(milliseconds: seconds * 1000)
    } else {
      until = now + TimeSpan(milliseconds: 60_000)
    }
    return min(max(until, now + TimeSpan(milliseconds: 1000)), now + restLimit)
  }

  static func missing(at server: String) -> ForgeError {
    ForgeError(
      .needsPerson, "not found on \(server), or not visible to the token",
      hint: "check 'forge' in the Repository resource, and what the token can access")
  }

  static func unreadable(_ what: String) -> ForgeError {
    ForgeError(
      .needsPerson, "unexpected response from the forge about \(what)",
      hint: "check the forge's 'type' in the Repository resource")
  }
}
