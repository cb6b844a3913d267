/// Where a remote repository is: `file://`, `ssh://`, `http(s)://` or `user@host:path`.
struct RemoteAddress: CustomStringConvertible {
  let text: String

  /// Nil for anything else, such as a local folder, and for what is never called.
  init?(_ text: String) {
    guard let address = RemoteAddress(likely: text), !address.isOption else { return nil }
    self = address
  }

  /// Why what reads as a remote address is never called; nil for any other text.
  static func refusal(of text: String) -> String? {
    guard let address = RemoteAddress(likely: text), address.isOption else { return nil }
    let name = address.host.hasPrefix("-") ? address.host : String(address.authority)
    return "its host '\(name)' begins with '-', which programs would read as an option"
  }

  /// Programs would take such a name for an option.
  private var isOption: Bool { authority.hasPrefix("-") || host.hasPrefix("-") }

  private init?(likely text: String) {
    let known = ["file://", "ssh://", "http://", "https://"].contains(where: text.hasPrefix)
    if !known {
      guard let colon = text.firstIndex(of: ":"), !text[..<colon].contains("/"), text[..<colon].contains("@") else {
        return nil
      }
    }
    self.text = text
  }

  /// The folder that a `file://` address names, read as libgit2 does: `localhost` may stand before it, and `%20` is a
  /// space.
  var localPath: String? {
    guard text.hasPrefix("file://") else { return nil }
    var rest = Array(text.utf8.dropFirst("file://".utf8.count))[...]
    if rest.starts(with: "localhost/".utf8) { rest = rest.dropFirst("localhost".utf8.count) }
    var bytes: [UInt8] = []
    while let byte = rest.popFirst() {
      let digits = rest.prefix(2)
      if byte == UInt8(ascii: "%"), digits.count == 2, digits.first != UInt8(ascii: "+"),
        let code = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
      {
        bytes.append(code)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// `user:password@host:port` of an URL, `user@host` of the short form.
  private var authority: Substring {
    guard let scheme = text.firstRange(of: "://") else { return text.prefix { $0 != ":" } }
    return text[scheme.upperBound...].prefix { $0 != "/" }
  }

  private var hostAndPort: Substring {
    authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
  }

  var host: String {
    let bare =
      hostAndPort.hasPrefix("[") ? hostAndPort.dropFirst().prefix { $0 != "]" } : hostAndPort.prefix { $0 != ":" }
    return String(bare)
  }

  /// The port, where the address names one.
  var port: UInt16? { hostAndPort.split(separator: ":").last.flatMap { UInt16($0) } }

  var isSSH: Bool { !["file://", "http://", "https://"].contains(where: text.hasPrefix) }

  /// The user that the address names.
  var user: String? {
    authority.lastIndex(of: "@").map { String(authority[..<$0].prefix { $0 != ":" }) }
  }

  /// The address with what the user's configuration says of its host.
  /// - Throws: `.other` where the short form has no place for the port: libgit2 1.5 knows none.
  func reached(as host: SSHConfiguration.Host) throws(GitError) -> String {
    guard host.name != self.host || host.user != user || (port == nil && host.port != nil) else { return text }
    let authority = "\(host.user.map { "\($0)@" } ?? "")\(host.name.contains(":") ? "[\(host.name)]" : host.name)"
    let port = (port ?? host.port).map { ":\($0)" } ?? ""
    let rest = text[self.authority.endIndex...]
    if text.hasPrefix("ssh://") { return "ssh://\(authority)\(port)\(rest)" }
    guard !port.isEmpty else { return authority + rest }
    guard rest.hasPrefix(":/") else {
      throw GitError(
        kind: .other,
        message:
          "cannot use '\(self)': ~/.ssh/config says \(port.dropFirst()) for the port of '\(self.host)', and an address of"
          + " this form has no place for it; write ssh://\(self.host)/\(rest.dropFirst())")
    }
    return "ssh://\(authority)\(port)\(rest.dropFirst())"
  }

  /// The address as it may be shown: without a password and, but for SSH, without the user and the query, which may be
  /// tokens.
  var description: String {
    let isWeb = text.hasPrefix("http://") || text.hasPrefix("https://")
    var shown = text
    if isWeb, let query = shown.firstIndex(of: "?") { shown = shown[..<query] + "?…" }
    guard let at = authority.lastIndex(of: "@") else { return shown }
    if isWeb { return shown.replacing(text[authority.startIndex..<at], with: "…", maxReplacements: 1) }
    guard let colon = authority[..<at].firstIndex(of: ":") else { return shown }
    return shown.replacing(text[colon..<at], with: ":…", maxReplacements: 1)
  }
}

extension Repository {
  /// An address for a command that people are shown: one that may hold a password is left to them to fill in.
  public static func shown(_ address: String) -> String {
    address.contains("://") && address.contains("@") ? "ADDRESS" : address
  }
}
