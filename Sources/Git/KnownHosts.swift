internal import Digest
internal import FoundationEssentials

/// A public key as a host shows it.
struct HostKey: Hashable, CustomStringConvertible {
  /// As SSH sends it: the kind, and then the key (RFC 4253 §6.6).
  var wire: [UInt8]

  /// `ssh-ed25519` and the like; empty for what is no key.
  var kind: String {
    let length = wire.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    return wire.count >= 4 + length ? String(decoding: wire.dropFirst(4).prefix(length), as: UTF8.self) : ""
  }

  /// Kind and fingerprint, as `ssh-keygen -l` shows it.
  var description: String {
    "\(kind) SHA256:\(SHA256Digest(of: wire).bytes.base64.prefix { $0 != "=" })"
  }
}

/// Files in the format of `known_hosts` (sshd(8)): plain and hashed names, patterns, and keys that are revoked. Authorities
/// for certificates are passed over, which refuses a host rather than trusts it.
struct KnownHosts {
  enum Standing: Hashable {
    /// No line names the host.
    case unknown
    case known
    /// A line says that the key must never be accepted.
    case revoked
    /// The lines that name the host have these keys and not the one that it shows.
    case other([HostKey])
  }

  private struct Line {
    var isRevoked: Bool
    var names: Substring
    var key: HostKey
  }

  private var lines: [Line] = []

  /// - Parameter files: paths; one that cannot be read holds nothing.
  init(files: [String]) {
    for path in files {
      guard let content = FileManager.default.contents(atPath: path) else { continue }
      lines += Self.lines(of: String(decoding: content, as: UTF8.self))
    }
  }

  init(_ text: String) { lines = Self.lines(of: text) }

  /// - Parameter host: `name`, or `[name]:port` where that is not 22.
  func standing(of key: HostKey, for host: String) -> Standing {
    // Whichever host it was revoked for: whoever else holds it can stand for any that has it.
    if lines.contains(where: { $0.isRevoked && $0.key == key }) { return .revoked }
    let known = lines.filter { !$0.isRevoked && Self.names($0.names, host.lowercased()) }.map(\.key)
    return known.contains(key) ? .known : known.isEmpty ? .unknown : .other(known)
  }

  private static func lines(of text: String) -> [Line] {
    text.split(whereSeparator: \.isNewline).compactMap { line in
      var words = line.split(whereSeparator: \.isWhitespace)[...]
      let isRevoked = words.first == "@revoked"
      if isRevoked { words = words.dropFirst() }
      guard words.count >= 3, let names = words.first, !names.hasPrefix("#"), !names.hasPrefix("@"),
        let wire = [UInt8](base64: words[words.startIndex + 2])
      else { return nil }
      return Line(isRevoked: isRevoked, names: names, key: HostKey(wire: wire))
    }
  }

  private static func names(_ list: Substring, _ host: String) -> Bool {
    if list.hasPrefix("|1|") {
      let parts = list.dropFirst(3).split(separator: "|")
      guard parts.count == 2, let salt = [UInt8](base64: parts[0]), let hash = [UInt8](base64: parts[1]) else {
        return false
      }
      return MessageCode.sha1(of: Array(host.utf8), under: salt) == hash
    }
    var isNamed = false
    for pattern in list.lowercased().split(separator: ",") {
      if pattern.hasPrefix("!") {
        if matches(pattern.dropFirst().utf8[...], host.utf8[...]) { return false }
      } else {
        isNamed = isNamed || matches(pattern.utf8[...], host.utf8[...])
      }
    }
    return isNamed
  }

  /// `*` stands for any letters and `?` for one.
  static func matches(_ pattern: Substring.UTF8View, _ name: Substring.UTF8View) -> Bool {
    var (pattern, name) = (pattern, name)
    // Where to go on when the letters after the last `*` do not fit.
    var again: (pattern: Substring.UTF8View, name: Substring.UTF8View)?
    while let letter = name.first {
      if pattern.first == UInt8(ascii: "*") {
        pattern = pattern.dropFirst()
        again = (pattern, name.dropFirst())
      } else if let wanted = pattern.first, wanted == letter || wanted == UInt8(ascii: "?") {
        (pattern, name) = (pattern.dropFirst(), name.dropFirst())
      } else if let last = again {
        (pattern, name) = last
        again = (last.pattern, last.name.dropFirst())
      } else {
        return false
      }
    }
    return pattern.allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
