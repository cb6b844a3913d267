import Approvals
import Digest
import Operations
import Testing

@Suite struct StatementTests {
  static let key = PrivateKey(seed: Array(repeating: 7, count: 32))
  static let sample = Statement(
    kind: .approve, change: SHA256Digest(of: "change"), base: String(repeating: "a", count: 40),
    head: String(repeating: "b", count: 40), tree: String(repeating: "c", count: 40), policyVersion: 3,
    impact: ["orders_losing": 2, "value_losing": 4900], person: "ada-lovelace",
    reason: "Seen with \u{201C}Sales\u{201D}",
    issuedAt: Instant(milliseconds: 1_764_000_000_000), expiresAt: Instant(milliseconds: 1_764_600_000_000),
    nonce: String(repeating: "0", count: 32))

  static let text = """
    {"base":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",\
    "change":"\(SHA256Digest(of: "change"))","expires_at":"2025-12-01T14:40:00Z",\
    "head":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","impact":{"orders_losing":2,"value_losing":4900},\
    "issued_at":"2025-11-24T16:00:00Z","kind":"approve","nonce":"00000000000000000000000000000000",\
    "person":"ada-lovelace","policy_version":3,"reason":"Seen with \u{201C}Sales\u{201D}",\
    "tree":"cccccccccccccccccccccccccccccccccccccccc","v":1}
    """

  static let source = ForgeSource(
    location: ForgeLocation(kind: .gitea, url: "https://git.example.com", repository: "ops/state"), pullRequest: 7,
    account: 2, authors: ["ada-lovelace"])

  @Test func whatComesFromAForgeIsWrittenOneWay() throws {
    var said = Self.sample
    said.forge = Self.source
    #expect(try Statement(said.json.canonicalBytes).forge == Self.source)
    let text = said.json.canonical
    for (old, new) in [
      ("\"account\":2", "\"account\":0"), ("\"account\":2", "\"account\":\"2\""), ("gitea", "gitee"),
      ("\"review\":0", "\"review\":0,\"state\":1"), ("\"ada-lovelace\"]", "1]"),
      ("\"kind\":\"approve\"", "\"kind\":\"break_glass\""),
    ] {
      let changed = text.replacing(old, with: new)
      try #require(changed != text)
      #expect(throws: StatementProblem.self) { try Statement(Array(changed.utf8)) }
    }
    // Whose work a merge is nobody can say without having read it there.
    var merge = Self.sample
    (merge.kind, merge.expiresAt) = (.merge, nil)
    #expect(throws: StatementProblem.self) { try Statement(merge.json.canonicalBytes) }
  }

  @Test func theTextIsCanonicalAndReadsBack() throws {
    #expect(Self.sample.json.canonical == Self.text)
    #expect(try Statement(Array(Self.text.utf8)).json == Self.sample.json)
    for kind in Statement.Kind.allCases {
      var other = Self.sample
      other.kind = kind
      (other.impact, other.reason) = (nil, nil)
      if !kind.permits { other.expiresAt = nil }
      if kind == .merge { other.forge = Self.source }
      #expect(try Statement(other.json.canonicalBytes).json == other.json)
    }
  }

  @Test(arguments: [
    ("\"v\":1", "\"v\":2", "version"), ("\"v\":1", "\"v\":1,\"w\":1", "form"), ("approve", "approved", "kind"),
    ("\"v\":1", "\"v\": 1", "form"), (",\"v\":1", "", "version"),
    ("\"policy_version\":3", "\"policy_version\":0", "policy_version"),
    (":4900", ":-1", "impact"), (":4900", ":4.9", "impact"), (":4900", ":null", "impact"),
    ("\"base\":\"aa", "\"base\":\"AA", "base"),
    ("\"base\":\"aa", "\"base\":\"a", "base"), ("\"nonce\":\"0", "\"nonce\":\"", "nonce"),
    ("ada-lovelace", "", "person"),
    ("2025-12-01T14:40:00Z", "2025-12-01T14:40:00.000Z", "expires_at"), ("\"2025-12-01T14:40:00Z\"", "null", "expires"),
    ("2025-12-01", "2025-11-01", "expires"), ("Seen", "Seen\\n", "reason"), ("Seen", "\u{202E}Seen", "reason"),
    ("approve", "reject", "expire"), ("}", "}x", "JSON"), ("\"v\":1", "\"v\":1,\"v\":1", "JSON"),
  ])
  func whatIsNotExactlyAStatementIsNone(old: String, new: String, word: String) throws {
    let text = Self.text.replacing(old, with: new, maxReplacements: 1)
    try #require(text != Self.text)
    let problem = #expect(throws: StatementProblem.self) { try Statement(Array(text.utf8)) }
    #expect(problem?.message.contains(word) == true, "\(problem?.message ?? "")")
  }

  @Test func everyByteOfTheFileCounts() throws {
    let key = try #require(Self.key)
    let signed = try #require(Self.sample.signed(by: key))
    #expect(signed.signer() == key.publicKey.description && signed.change == Self.sample.change)
    let file = signed.file
    #expect(SignedStatement(file: file) == signed && SignedStatement(json: signed.json) == signed)
    for index in file.indices {
      var altered = file
      altered[index] ^= 1
      // Either the file is none, or it has another name and its signature does not fit; a signature that is only written
      // in another way may fit, and still the name is another.
      guard let other = SignedStatement(file: altered) else { continue }
      #expect(other.id != signed.id, "byte \(index)")
      if other.text != signed.text { #expect(other.signer() == nil, "byte \(index)") }
    }
  }

  @Test func aSignatureForAnythingElseIsNone() throws {
    let key = try #require(Self.key)
    let text = Self.sample.json.canonicalBytes
    for namespace in ["git", "file", "purser-approval2", ""] {
      let signature = SSHSignature.sign(text, with: key, namespace: namespace)
      #expect(SignedStatement(text: text, signature: signature)?.signer() == nil, "\(namespace)")
    }
    #expect(SignedStatement(text: text, signature: "")?.signer() == nil)
    #expect(SignedStatement(text: Array("{}".utf8), signature: "") == nil, "it speaks of no change")
    let long = Array("{\"change\":\"\(Self.sample.change)\",\"x\":\"\(String(repeating: "x", count: 40_000))\"}".utf8)
    #expect(SignedStatement(text: long, signature: "") == nil)
  }
}
