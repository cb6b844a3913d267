import DesiredStateFiles
import Diagnostics
import Git
import TestSupport
import Testing

/// Keys and tokens by the shapes that their makers gave them.
@Suite struct SecretScanTests {
  private static let fill = String(repeating: "aB3d", count: 12)

  /// Put together here, so that no scanner takes this file for a leak.
  static let secrets: [(text: String, kind: String)] = [
    ("-----BEGIN " + "OPENSSH PRIVATE KEY-----", "a private key"),
    ("-----BEGIN " + "PRIVATE KEY-----", "a private key"),
    ("AKIA" + "ABCDEFGHIJKLMNOP", "an access key of AWS"), ("ghs_" + fill.prefix(36), "a token of GitHub"),
    ("github_pat_" + fill.prefix(30), "a token of GitHub"), ("glpat-" + fill.prefix(20), "a token of GitLab"),
    ("AIza" + fill.prefix(35), "an API key of Google"), ("xoxb-" + fill.prefix(24), "a token of Slack"),
    ("sk_live_" + fill.prefix(24), "a key of Stripe"), ("whsec_" + fill.prefix(32), "a secret of a webhook"),
  ]

  /// A large file hides nothing, and one that is too large to be looked at is not taken for a clean one.
  @Test func largeFilesAreLookedThroughOrReported() throws {
    let scratch = try ScratchFolder()
    let repository = try Repository.create(path: scratch.path("repo"), bare: true)
    func problems(_ text: String, _ size: Int) throws -> [Diagnostic] {
      let bytes = Array(text.utf8) + [UInt8](repeating: 0x2E, count: size - text.utf8.count)
      return try SecretScan.problems(in: try repository.writeBlob(bytes), at: "x.yaml", of: repository)
    }
    let token = "glpat-" + Self.fill.prefix(20) + "\n"
    #expect(try problems(token, 17 << 20).map(\.id) == ["secret.found"])
    #expect(try problems(token, SecretScan.fileLimit + 1).map(\.id) == ["secret.unread"])
  }

  @Test(arguments: secrets) func secretsAreFoundWhereTheyStand(text: String, kind: String) {
    let content = "# é\nkind: Integration\ntoken: \"\(text)\" # \(text)\n"
    let found = SecretScan.problems(in: Array(content.utf8), path: "state/x.yaml")
    #expect(found.map(\.message) == Array(repeating: "this looks like \(kind)", count: 2))
    #expect(found.first?.location == SourceLocation(file: "state/x.yaml", line: 3, column: 9))
    #expect(found.allSatisfy { !"\($0)".contains(text) })
  }

  @Test(arguments: [
    "audit_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAKIAABCDEFGHIJKLMNOP", "the words ghp_ and glpat-short",
    "-----BEGIN PUBLIC KEY-----", "-----BEGIN SSH SIGNATURE-----", "AKIAabcdefghijklmnop", "",
  ])
  func whatOnlyLooksLikeItIsNot(_ text: String) {
    #expect(SecretScan.problems(in: Array(text.utf8), path: "x").isEmpty)
  }

  /// A value that is wrong is quoted, in messages that stand in logs, comments and records for good.
  @Test(arguments: secrets) func noMessageQuotesASecret(text: String, kind: String) {
    let diagnostic = Diagnostic(
      "state.wrong_type", "'units' must be a whole number, not '\(text)'",
      at: SourceLocation(file: "x.yaml", column: 8),
      hint: "take '\(text)' out")
    let rendered = DiagnosticRenderer { _ in "units: \(text) # é" }.render(diagnostic)
    #expect(!rendered.contains(text) && !"\(diagnostic)".contains(text))
    #expect(rendered.contains("units: *") && rendered.contains("# é\n"))
    #expect(withoutSecrets(text).count == text.count, "a caret stays under what it points at")
  }

  /// The header says what it is, and the lines below it are the secret.
  @Test(arguments: ["\n", "\\n"]) func allOfAPrivateKeyIsHidden(_ newline: String) {
    let lines = [
      "-----BEGIN RSA PRIVATE KEY-----", "Proc-Type: 4,ENCRYPTED", "", "MIIEpAIBAAKCAQEA+secret/=", "ab==",
      "-----END RSA PRIVATE KEY-----",
    ]
    for count in 2...lines.count {
      let key = lines.prefix(count).joined(separator: newline)
      let shown = withoutSecrets("'type' must be 'x', not '\(key)'; see the page")
      #expect(shown == "'type' must be 'x', not '\(String(repeating: "*", count: key.count))'; see the page")
    }
  }

  @Test(arguments: [
    (
      "see https://u:p@example.com/a?private_token=x&y=1#z now",
      "see https://***@example.com/a?********************* now"
    ),
    ("'http://me@127.0.0.1:1/a'", "'http://**@127.0.0.1:1/a'"), ("git+ssh://git:pw@host/x", "git+ssh://git:**@host/x"),
    ("ssh://git@host/x", "ssh://git@host/x"), ("git@host:x, a@b", "git@host:x, a@b"),
    ("https://example.com/@me?", "https://example.com/@me?"), ("https://a@b@c/é@", "https://***@c/é@"),
    ("://", "://"), ("", ""),
  ])
  func addressesAreShownWithoutWhatOpensThem(text: String, shown: String) { #expect(withoutSecrets(text) == shown) }

  /// The bytes of any file are looked at, and none of them stops the search.
  @Test func bytesThatAreNoTextAreNoHindrance() {
    let bytes = [0xFF, 0x00, 0x80, 0x0A, 0xC3] + Array("ghp_\(Self.fill)".utf8) + [0xFE]
    let found = SecretScan.problems(in: bytes, path: "x")
    #expect(found.count == 1 && found.first?.location?.line == 2)
  }
}
