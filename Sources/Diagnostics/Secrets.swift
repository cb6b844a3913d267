/// What a key or token looks like, by the shape that its maker gave it so that it can be found. A password without a shape
/// is not seen.
///
/// Shapes: PEM (RFC 7468) and OpenSSH private keys; access keys of AWS; tokens of GitHub, GitLab, Slack, Stripe and
/// Google; secrets of Standard Webhooks. Each as its maker documents it.
public struct SecretShape: Sendable {
  /// Such as `a token of GitHub`.
  public let name: String
  var isPrivateKey: Bool { name == Self.privateKey }
  private let start: [UInt8]
  /// What may follow the start, and how many of these must.
  private let letters: Set<UInt8>
  private let count: Int

  private init(_ name: String, _ start: String, _ letters: String, _ count: Int) {
    (self.name, self.start, self.count) = (name, Array(start.utf8), count)
    self.letters = Set(letters.utf8)
  }

  /// The secret that begins at a position, and where it ends; nil where none does.
  public static func find(at position: Int, in content: [UInt8]) -> (shape: SecretShape, end: Int)? {
    guard isFirst[Int(content[position])] else { return nil }
    // Inside of a longer word it is part of something else, such as a hash in base64.
    guard position == 0 || !wordLetters.contains(content[position - 1]) else { return nil }
    for shape in all where content[position...].starts(with: shape.start) {
      var end = position + shape.start.count
      while end < content.count, shape.letters.contains(content[end]) { end += 1 }
      if end - position - shape.start.count >= shape.count { return (shape, end) }
    }
    return nil
  }

  private static let privateKey = "a private key"
  private static let capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
  private static let plain = capitals + "abcdefghijklmnopqrstuvwxyz"

  private static let all: [SecretShape] =
    ["OPENSSH ", "RSA ", "EC ", "DSA ", "ENCRYPTED ", "PGP ", ""].map {
      SecretShape(privateKey, "-----BEGIN \($0)PRIVATE KEY", "- BLOCK", 5)
    } + ["AKIA", "ASIA"].map { SecretShape("an access key of AWS", $0, capitals, 16) }
    + ["ghp_", "gho_", "ghu_", "ghs_", "ghr_"].map { SecretShape("a token of GitHub", $0, plain, 36) }
    + [
      SecretShape("a token of GitHub", "github_pat_", plain + "_", 22),
      SecretShape("a token of GitLab", "glpat-", plain + "_-", 20),
      SecretShape("an API key of Google", "AIza", plain + "_-", 35),
      SecretShape("a secret of a webhook", "whsec_", plain + "+/=", 24),
    ] + ["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-"].map { SecretShape("a token of Slack", $0, plain + "-", 20) }
    + ["sk_live_", "rk_live_"].map { SecretShape("a key of Stripe", $0, plain, 16) }

  private static let isFirst: [Bool] = (0..<256).map { byte in all.contains { $0.start[0] == UInt8(byte) } }
  private static let wordLetters = Set((plain + "_").utf8)
}

/// Text in which an asterisk stands for each character of what looks like a key or token, and of passwords, user names and
/// queries of web addresses (RFC 3986 §3.2.1, §3.4), which carry tokens. The user name of an SSH address stays.
///
/// Messages quote what people wrote, and stand in logs, comments and records that nobody can take back.
public func withoutSecrets(_ text: String) -> String {
  let content = Array(text.utf8)
  var hidden: [Range<Int>] = []
  var position = 0
  while position < content.count {
    if let found = SecretShape.find(at: position, in: content) {
      let end = found.shape.isPrivateKey ? endOfKey(from: found.end, in: content) : found.end
      hidden.append(position..<end)
      position = end
    } else {
      if content[position] == UInt8(ascii: ":") { hidden += secrets(ofAddressWithColonAt: position, in: content) }
      position += 1
    }
  }
  guard !hidden.isEmpty else { return text }
  var isHidden = [Bool](repeating: false, count: content.count)
  for range in hidden { for index in range { isHidden[index] = true } }
  var shown: [UInt8] = []
  for (index, byte) in content.enumerated() {
    if !isHidden[index] {
      shown.append(byte)
    } else if byte & 0xC0 != 0x80 {
      shown.append(UInt8(ascii: "*"))
    }
  }
  return String(decoding: shown, as: UTF8.self)
}

/// Where a private key ends whose header ends at a position: after its footer, and without one, as in text that was cut, after
/// whatever may stand in one, also where line breaks are written as escapes.
private func endOfKey(from start: Int, in content: [UInt8]) -> Int {
  func end(of word: String, from start: Int) -> Int? {
    let word = Array(word.utf8)
    return (start..<content.count).first { content[$0...].starts(with: word) }.map { $0 + word.count }
  }
  if let footer = end(of: "-----END", from: start), let end = end(of: "-----", from: footer) { return end }
  let others = Set("+/=-:,.\\ \t\r\n".utf8)
  return (start..<content.count).first {
    !isLetter(content[$0]) && !(0x30...0x39).contains(content[$0]) && !others.contains(content[$0])
  } ?? content.count
}

/// What to hide in `scheme://user:password@host/path?query`, if that is what stands around a colon.
private func secrets(ofAddressWithColonAt colon: Int, in content: [UInt8]) -> [Range<Int>] {
  let start = colon + 3
  guard content[colon...].starts(with: Array("://".utf8)) else { return [] }
  let scheme = content[..<colon].reversed().prefix { isLetter($0) || $0 == UInt8(ascii: "+") }
  let isEnd = Set(" \t\r\n'\"`<>|".utf8)
  let address = content[start...].prefix { !isEnd.contains($0) }
  let authority = address.prefix { !"/?#".utf8.contains($0) }
  var hidden: [Range<Int>] = []
  if let at = authority.lastIndex(of: UInt8(ascii: "@")) {
    let isSSH = String(decoding: scheme.reversed(), as: UTF8.self).lowercased().hasSuffix("ssh")
    let user = isSSH ? authority[..<at].firstIndex(of: UInt8(ascii: ":")).map { $0 + 1 } ?? at : start
    hidden.append(user..<at)
  }
  if let query = address.firstIndex(of: UInt8(ascii: "?")) { hidden.append(query + 1..<address.endIndex) }
  return hidden
}

private func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
