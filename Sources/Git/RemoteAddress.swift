/// Where a remote repository is: `file://`, `ssh://`, `http(s)://` or `user@host:path`.
struct RemoteAddress: CustomStringConvertible {
  let text: String

  /// Nil for anything else, such as a local folder.
  init?(_ text: String) {
    let known = ["file://", "ssh://", "http://", "https://"].contains(where: text.hasPrefix)
    if !known {
      guard let colon = text.firstIndex(of: ":"), !text[..<colon].contains("/"), text[..<colon].contains("@") else {
        return nil
      }
    }
    self.text = text
  }

  /// The folder that a `file://` address names.
  var localPath: String? { text.hasPrefix("file://") ? String(text.dropFirst("file://".count)) : nil }

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

  /// The name under which `known_hosts` keeps the host's key.
  var knownHostName: String { port.map { $0 == 22 ? host : "[\(host)]:\($0)" } ?? host }

  /// The address as it may be shown: without a password.
  var description: String {
    guard let at = authority.lastIndex(of: "@"), let colon = authority[..<at].firstIndex(of: ":") else { return text }
    return text.replacing(text[colon..<at], with: ":…")
  }
}
