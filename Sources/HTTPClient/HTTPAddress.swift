/// The address of a server and of what lies below it: `https://host[:port][/path]`.
///
/// Only https, and http to this machine, so that neither tokens nor answers travel in the clear. No user or password in
/// it: an address is shown to people.
public struct HTTPAddress: Hashable, Sendable, CustomStringConvertible {
  public let scheme: String
  public let host: String
  public let port: Int?
  /// Begins with `/` or is empty; percent-encoded; never ends with `/`.
  public let path: String

  /// Whether the host is written as this machine itself. Only then may a connection go to a loopback address.
  public var isLoopback: Bool { Self.isLoopback(host) }

  public init(_ text: String) throws(HTTPError) {
    func wrong(_ reason: String) -> HTTPError {
      // The text may hold a password: it is not repeated.
      HTTPError(.refusedAddress, "an address \(reason)", hint: "write it as https://host or https://host/path")
    }
    guard text.utf8.count <= 2000 else { throw wrong("is longer than 2000 bytes") }
    guard let (scheme, rest) = Self.split(text, at: "://") else { throw wrong("has no scheme") }
    guard scheme == "https" || scheme == "http" else { throw wrong("has a scheme other than https") }
    let authority = rest.prefix { $0 != "/" }
    guard !authority.contains("@") else { throw wrong("contains a user or a password") }
    guard let (host, port) = Self.hostAndPort(authority) else { throw wrong("has no valid host") }
    var path = rest.dropFirst(authority.count)
    while path.last == "/" { path.removeLast() }
    guard path.utf8.allSatisfy(Self.isPathByte), !path.contains("/../"), !path.hasSuffix("/..") else {
      throw wrong("has a path with characters other than letters, digits and -._~%/")
    }
    guard scheme == "https" || Self.isLoopback(host) else {
      throw HTTPError(
        .refusedAddress, "http://\(host) is not encrypted, so the token could be read on the way",
        hint: "use https; http is allowed only for this machine (localhost, 127.0.0.1, [::1])")
    }
    self.init(scheme: scheme, host: host, port: port, path: String(path))
  }

  private init(scheme: String, host: String, port: Int?, path: String) {
    self.scheme = scheme
    self.host = host
    self.port = port
    self.path = path
  }

  /// The address of a part below this one; each part is percent-encoded whole, a `/` in it too.
  public func appending(_ parts: String...) -> HTTPAddress {
    let more = parts.map { "/" + Self.encoded($0) }.joined()
    return HTTPAddress(scheme: scheme, host: host, port: port, path: path + more)
  }

  /// The same on another host, at its root.
  public func sibling(host: String) -> HTTPAddress { HTTPAddress(scheme: scheme, host: host, port: port, path: "") }

  public var description: String { scheme + "://" + host + (port.map { ":\($0)" } ?? "") + path }

  /// Percent-encodes all but the unreserved characters (RFC 3986 §2.3).
  public static func encoded(_ text: String) -> String {
    var result: [UInt8] = []
    let digits = Array("0123456789ABCDEF".utf8)
    for byte in text.utf8 {
      if isUnreserved(byte) {
        result.append(byte)
      } else {
        result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func split(_ text: String, at separator: String) -> (String, Substring)? {
    guard let range = text.firstRange(of: separator) else { return nil }
    return (text[..<range.lowerBound].lowercased(), text[range.upperBound...])
  }

  private static func hostAndPort(_ authority: Substring) -> (String, Int?)? {
    var host = authority
    var port: Int?
    let afterBracket = authority.lastIndex(of: "]") ?? authority.startIndex
    if let colon = authority[afterBracket...].lastIndex(of: ":") {
      let digits = authority[authority.index(after: colon)...]
      guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits),
        (1...65_535).contains(number)
      else { return nil }
      port = number
      host = authority[..<colon]
    }
    let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
    let inside = isBracketed ? host.dropFirst().dropLast() : host
    let isWritten = inside.utf8.allSatisfy {
      isBracketed ? isHexadecimal($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") : isHostByte($0)
    }
    guard !inside.isEmpty, inside.utf8.count <= 253, isWritten else { return nil }
    return (host.lowercased(), port)
  }

  private static func isLoopback(_ host: String) -> Bool {
    if host == "localhost" || host == "[::1]" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0).map { String($0) } == String($0) }
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }

  private static func isHostByte(_ byte: UInt8) -> Bool { isLetterOrDigit(byte) || byte == 0x2D || byte == 0x2E }

  private static func isUnreserved(_ byte: UInt8) -> Bool { isHostByte(byte) || byte == 0x5F || byte == 0x7E }

  private static func isPathByte(_ byte: UInt8) -> Bool {
    isUnreserved(byte) || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "%")
  }
}
