public import Diagnostics
public import Git

/// Finds keys and tokens by the shapes that their makers gave them, so that they can be found. A password without a
/// shape is not seen.
///
/// Shapes: PEM (RFC 7468) and OpenSSH private keys; access keys of AWS; tokens of GitHub, GitLab, Slack, Stripe and
/// Google; secrets of Standard Webhooks. Each as its maker documents it.
public enum SecretScan {
  /// Larger files are not looked at, in bytes, and reported: no file of a desired state is as large.
  public static let fileLimit = StateLoader.fileLimit

  /// The problems of a file that a repository holds.
  public static func problems(in id: ObjectID, at path: String, of repository: Repository) throws(GitError)
    -> [Diagnostic]
  {
    guard try repository.size(of: id) <= fileLimit else {
      return [
        Diagnostic(
          "secret.unread",
          "the file is larger than \(fileLimit >> 20) MB, too large to check for keys and tokens",
          at: SourceLocation(file: path), hint: "keep large files elsewhere")
      ]
    }
    return problems(in: try repository.blob(id), path: path)
  }

  /// One problem for each place, which tells the kind and never the secret.
  public static func problems(in content: [UInt8], path: String) -> [Diagnostic] {
    var problems: [Diagnostic] = []
    var (line, lineStart, position) = (1, 0, 0)
    while position < content.count {
      let byte = content[position]
      if byte == 0x0A { (line, lineStart) = (line + 1, position + 1) }
      if isFirst[Int(byte)], let found = shape(at: position, in: content) {
        let column = String(decoding: content[lineStart..<position], as: UTF8.self).unicodeScalars.count + 1
        problems.append(problem(found.shape, at: SourceLocation(file: path, line: line, column: column)))
        position = found.end
      } else {
        position += 1
      }
    }
    return problems
  }

  private static func problem(_ shape: Shape, at location: SourceLocation) -> Diagnostic {
    Diagnostic(
      "secret.found", "this looks like \(shape.name)", at: location,
      hint:
        "remove it and create a new one, because this one has been exposed; Purser reads secrets from files and from the"
        + " environment")
  }

  private struct Shape {
    var name: String
    var start: [UInt8]
    /// What may follow the start, and how many of these must.
    var letters: Set<UInt8>
    var count: Int

    init(_ name: String, _ start: String, _ letters: String, _ count: Int) {
      (self.name, self.start, self.count) = (name, Array(start.utf8), count)
      self.letters = Set(letters.utf8)
    }
  }

  private static let capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
  private static let plain = capitals + "abcdefghijklmnopqrstuvwxyz"

  private static let shapes: [Shape] =
    ["OPENSSH ", "RSA ", "EC ", "DSA ", "ENCRYPTED ", "PGP ", ""].map {
      Shape("a private key", "-----BEGIN \($0)PRIVATE KEY", "- BLOCK", 5)
    } + ["AKIA", "ASIA"].map { Shape("an access key of AWS", $0, capitals, 16) }
    + ["ghp_", "gho_", "ghu_", "ghs_", "ghr_"].map { Shape("a token of GitHub", $0, plain, 36) }
    + [
      Shape("a token of GitHub", "github_pat_", plain + "_", 22),
      Shape("a token of GitLab", "glpat-", plain + "_-", 20),
      Shape("an API key of Google", "AIza", plain + "_-", 35),
      Shape("a secret of a webhook", "whsec_", plain + "+/=", 24),
    ] + ["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-"].map { Shape("a token of Slack", $0, plain + "-", 20) }
    + ["sk_live_", "rk_live_"].map { Shape("a key of Stripe", $0, plain, 16) }

  private static let isFirst: [Bool] = (0..<256).map { byte in shapes.contains { $0.start[0] == UInt8(byte) } }
  private static let wordLetters = Set((plain + "_").utf8)

  private static func shape(at position: Int, in content: [UInt8]) -> (shape: Shape, end: Int)? {
    // Inside of a longer word it is part of something else, such as a hash in base64.
    guard position == 0 || !wordLetters.contains(content[position - 1]) else { return nil }
    for shape in shapes where content[position...].starts(with: shape.start) {
      var end = position + shape.start.count
      while end < content.count, shape.letters.contains(content[end]) { end += 1 }
      if end - position - shape.start.count >= shape.count { return (shape, end) }
    }
    return nil
  }
}
