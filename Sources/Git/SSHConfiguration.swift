internal import FoundationEssentials
internal import Glibc

/// What ssh_config(5) says about hosts, as far as it matters to a connection that `ssh` itself does not make: `Host` and
/// `Include`, and `Match all`. Blocks of other matches are passed over.
struct SSHConfiguration {
  /// What is said of one host.
  struct Host: Hashable {
    var name: String
    var port: UInt16?
    var user: String?
    /// Paths, in the order in which they are tried.
    var identities: [String] = []
    /// Whether an agent's other keys are not to be offered.
    var hasIdentitiesOnly = false
    /// In place of the usual files with host keys.
    var knownHosts: [String]?
    /// Under which name the host's key is looked up.
    var keyAlias: String?
    /// The setting that leads through another program or host, as it is written; nil for none.
    var proxy: String?
  }

  private struct Setting {
    var key: String
    var values: [String]
    /// Nil for what holds for every host.
    var patterns: [String]?
  }

  private var settings: [Setting] = []
  private let home: String

  /// - Parameters:
  ///   - files: paths, the more important first; one that cannot be read says nothing.
  ///   - home: of the user, for `~` and `%d`.
  init(files: [String], home: String) {
    self.home = home
    for path in files {
      guard let content = FileManager.default.contents(atPath: path) else { continue }
      read(String(decoding: content, as: UTF8.self), of: path, depth: 0)
    }
  }

  init(_ text: String, home: String = "/home/me") {
    self.home = home
    read(text, of: home + "/.ssh/config", depth: 0)
  }

  /// The files that `ssh` reads for a user.
  static func files(home: String) -> [String] { [home + "/.ssh/config", "/etc/ssh/ssh_config"] }

  // MARK: Reading

  private static let depthLimit = 16

  /// - Parameter outer: the patterns of the block that includes this file.
  private mutating func read(_ text: String, of path: String, depth: Int, within outer: [String]? = nil) {
    var patterns = outer
    for line in text.split(whereSeparator: \.isNewline) {
      var words = Self.words(of: line)
      guard !words.isEmpty else { continue }
      let key = words.removeFirst().lowercased()
      switch key {
      // One within a block that includes its file would hold only where both do: it is passed over.
      case "host": patterns = outer == nil ? words : []
      case "match": patterns = words.map { $0.lowercased() } == ["all"] ? outer : []
      case "include":
        guard depth < Self.depthLimit else { continue }
        for file in words.flatMap({ files(named: $0, besides: path) }) {
          guard let content = FileManager.default.contents(atPath: file) else { continue }
          read(String(decoding: content, as: UTF8.self), of: path, depth: depth + 1, within: patterns)
        }
      default: settings.append(Setting(key: key, values: words, patterns: patterns))
      }
    }
  }

  /// A keyword and its arguments: divided by blanks or one `=`, in double quotes where they hold blanks.
  private static func words(of line: Substring) -> [String] {
    var words: [String] = []
    var (word, isQuoted, isOpen): (String, Bool, Bool) = ("", false, false)
    func isBlank(_ character: Character) -> Bool {
      character == " " || character == "\t" || (character == "=" && words.count <= (isOpen ? 0 : 1))
    }
    for character in line {
      if character == "\"" {
        (isQuoted, isOpen) = (!isQuoted, true)
      } else if !isQuoted, isBlank(character) {
        if isOpen { words.append(word) }
        (word, isOpen) = ("", false)
      } else if !isQuoted, character == "#", !isOpen {
        break
      } else {
        word.append(character)
        isOpen = true
      }
    }
    return isOpen ? words + [word] : words
  }

  /// The files of an `Include`, whose pattern is relative to the folder of the file that names it.
  private func files(named pattern: String, besides path: String) -> [String] {
    var full = pattern.hasPrefix("~/") ? home + pattern.dropFirst() : pattern
    if !full.hasPrefix("/") { full = path.prefix(through: path.lastIndex(of: "/") ?? path.startIndex) + full }
    var found = glob_t()
    defer { globfree(&found) }
    guard glob(full, 0, nil, &found) == 0 else { return [] }
    return (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }
  }

  // MARK: Asking

  /// What holds for a host that is called so in an address. The first setting of a key counts.
  func host(_ alias: String, user: String? = nil) -> Host {
    let mine = settings.filter { Self.matches($0.patterns, alias.lowercased()) }
    func first(_ key: String) -> [String]? { mine.first { $0.key == key }?.values }
    var host = Host(name: alias)
    host.name = first("hostname")?.first.map { $0.replacing("%%", with: "%").replacing("%h", with: alias) } ?? alias
    host.port = first("port")?.first.flatMap { UInt16($0) }
    host.user = user ?? first("user")?.first
    host.hasIdentitiesOnly = first("identitiesonly")?.first?.lowercased() == "yes"
    host.keyAlias = first("hostkeyalias")?.first
    let paths = { (values: [String]) in values.filter { $0.lowercased() != "none" }.map { path($0, host) } }
    host.identities = paths(mine.filter { $0.key == "identityfile" }.flatMap(\.values))
    host.knownHosts = first("userknownhostsfile").map(paths)
    host.proxy =
      ["proxyjump", "proxycommand"].lazy.compactMap { key in
        first(key).flatMap { $0.first?.lowercased() == "none" || $0.isEmpty ? nil : $0.joined(separator: " ") }
      }.first
    return host
  }

  private func path(_ text: String, _ host: Host) -> String {
    let full = text.hasPrefix("~/") ? home + text.dropFirst() : text
    return [("%d", home), ("%h", host.name), ("%r", host.user ?? ""), ("%%", "%")].reduce(full) { path, token in
      path.replacing(token.0, with: token.1)
    }
  }

  private static func matches(_ patterns: [String]?, _ host: String) -> Bool {
    guard let patterns else { return true }
    var isNamed = false
    for pattern in patterns.map({ $0.lowercased() }) {
      if pattern.hasPrefix("!") {
        if KnownHosts.matches(pattern.dropFirst().utf8[...], host.utf8[...]) { return false }
      } else {
        isNamed = isNamed || KnownHosts.matches(pattern.utf8[...], host.utf8[...])
      }
    }
    return isNamed
  }
}
