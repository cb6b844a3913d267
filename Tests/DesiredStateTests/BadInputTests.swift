import DesiredState
import DesiredStateFiles
import Diagnostics
import FoundationEssentials
import Glibc
import Operations
import Testing

/// One file, and the problem that it must give: the id and the place.
@Suite struct BadInputTests {
  static let node = "kind: Node\nname: dc\ntype: dc\nregion: north\n"

  @Test(arguments: [
    ("kind: Node\nname: dc\ntype: dc\nregoin: north\n", "state.unknown_field", 4, 1),
    ("kind: Nod\nname: dc\n", "state.unknown_kind", 1, 7),
    ("kind: Node\nname: a\nname: b\n", "yaml.duplicate_key", 3, 1),
    ("[a]: b\n", "yaml.key_not_text", 1, 1),
    ("? {a: b}\n: c\nkind: Node\n", "yaml.key_not_text", 1, 3),
    ("kind: [a, b]\nname: c\n", "state.unknown_kind", 1, 7),
    ("kind: Node\nname: &x a\n", "yaml.anchor", 2, 7),
    ("kind: Node\nname: *x\n", "yaml.alias", 2, 7),
    ("kind: !!str Node\n", "yaml.tag", 1, 7),
    ("kind: Node\n<<: {name: a}\n", "yaml.merge_key", 2, 1),
    (node + "minimum_stock: 1e400\n", "state.wrong_type", 5, 16),
    (node + "minimum_stock: 2026-01-01\n", "state.wrong_type", 5, 16),
    (node + "minimum_stock: \"5\"\n", "state.wrong_type", 5, 16),
    (node + "minimum_stock: 1000000000001\n", "state.out_of_range", 5, 16),
    (node + "effective: {from: 2026-02-30T00:00:00Z}\n", "state.wrong_type", 5, 19),
    (node + "effective: {from: 2026-02-01}\n", "state.wrong_type", 5, 19),
    ("kind: Supplier\nname: s\nlead_time: 7d\nconfidence: 100.5%\n", "state.wrong_type", 4, 13),
    ("kind: Supplier\nname: s\nlead_time: 7d\nconfidence: 0.5\n", "state.wrong_type", 4, 13),
    ("kind: Node\r\nname: dc\rtype: dc\n", "yaml.hidden_character", 2, 9),
    ("# fine\u{2028}kind: Node\n", "yaml.hidden_character", 1, 7),
    ("# fine\u{85}kind: Node\n", "yaml.hidden_character", 1, 7),
    ("name: \u{202E}x\n", "yaml.hidden_character", 1, 7),
    ("kind: Node\nname: \u{1}\n", "yaml.control_character", 2, 7),
    ("kind: Node\nname: \"a\\u0001\"\n", "state.wrong_type", 2, 7),
    ("kind: Node\nname: dc\ntype: dc\nregion: \"no\\u200Brth\"\n", "state.unseen_character", 4, 9),
    ("kind: Node\nname: dc\ntype: dc\nregion: \" north\"\n", "state.unseen_character", 4, 9),
    ("kind: Integration\nname: i\nowns: []\nsource: \"/erp\\xA0\"\n", "state.unseen_character", 4, 9),
    ("kind: SafetyStock\nname: s\nunits: 1\nsku: \"A\\u00ADB\"\n", "state.unseen_character", 4, 6),
    ("kind: SafetyStock\nname: s\nunits: 1\nsku: \"  \"\n", "state.unseen_character", 4, 6),
    ("kind: SafetyStock\nname: s\nunits: 1\nbrand: \"n\\u202Eorth\"\n", "state.unseen_character", 4, 8),
    ("kind: SafetyStock\nname: s\nrows:\n  - {sku: \"A \", units: 1}\n", "state.unseen_character", 4, 11),
    ("kind: SafetyStock\nname: s\nrows:\n  - {sku: A\u{3000}B, units: 1}\n", "state.unseen_character", 4, 11),
    ("kind: Node\nname: a/b\ntype: dc\nregion: x\n", "state.bad_name", 2, 7),
    ("kind: SafetyStock\nname: s\nrows:\n  - {sku: A, units: -1}\n", "state.out_of_range", 4, 21),
    ("kind: SafetyStock\nname: s\nrows:\n  - {sku: A, unit: 1}\n", "state.unknown_field", 4, 14),
    ("kind: SafetyStock\nname: s\nrows:\n  - {units: 1}\n", "state.required", 4, 5),
    ("kind: SafetyStock\nname: s\nrows: [A]\n", "state.wrong_type", 3, 8),
    ("kind: SafetyStock\nname: s\nrows: {sku: A, units: 1}\n", "state.wrong_type", 3, 7),
    ("kind: Node\n- a\n", "yaml.syntax", 2, 1),
    ("just words\n", "state.not_a_resource", 1, 1),
    (node + "minimum_stock: 012\n", "state.wrong_type", 5, 16),
    (node + "minimum_stock: -1\n", "state.out_of_range", 5, 16),
    (node + "minimum_stock: 99999999999999999999\n", "state.wrong_type", 5, 16),
    ("kind: Supplier\nname: s\nlead_time: 7d\nconfidence: 101%\n", "state.wrong_type", 4, 13),
    ("kind: Channel\nname: c\nmay_use_shared: no\n", "state.wrong_type", 3, 17),
    ("kind: Channel\nname: c\nscope: {class: a, sku: b}\n", "state.one_of", 3, 8),
    ("kind: Channel\nname: c\nscope: {}\n", "state.one_of", 3, 8),
    ("kind: Person\nname: p\nemail: a@b\nkeys: [nonsense]\n", "state.wrong_type", 4, 8),
    ("kind: AllocationTier\nname: t\nrank: 1\nrule: fairshare\n", "state.wrong_type", 4, 7),
    ("kind: AllocationTier\nname: t\nrank: 1\nreallocation: loose\n", "state.wrong_type", 4, 15),
    ("kind: Channel\nname: c\nshare: {weight: 0}\n", "state.out_of_range", 3, 17),
    ("kind: Channel\nname: c\nshare: {weight: 1.5}\n", "state.wrong_type", 3, 17),
    ("kind: Channel\nname: c\nshare: {min_units: -1}\n", "state.out_of_range", 3, 20),
    ("kind: Channel\nname: c\nshare: {wieght: 2}\n", "state.unknown_field", 3, 9),
    (
      node + "effective: {from: 2026-02-01T00:00:00Z, until: 2026-01-01T00:00:00Z}\n",
      "state.window_ends_before_start", 5, 48
    ),
  ])
  func isReportedWhereItStands(text: String, id: String, line: Int, column: Int) {
    let decoded = DecodedFile(text: text)
    let found = decoded.diagnostics.first { $0.id == id }
    #expect(found?.location == SourceLocation(file: "f.yaml", line: line, column: column), "\(decoded.diagnostics)")
  }

  @Test func textThatLooksLikeAnotherTypeIsKeptWithAWarning() throws {
    let text = "kind: Node\nname: dc\ntype: dc\nregion: NO\n"
    let decoded = DecodedFile(text: text)
    #expect(decoded.diagnostics.map(\.id) == ["state.quote_it"])
    #expect(try #require(decoded.resources.first).fields["region"]?.text == "NO")
  }

  @Test func deepNestingAndBrokenUTF8AreRefused() {
    let deep = String(repeating: "[", count: 10_000)
    #expect(
      DecodedFile(decoding: SourceFile(path: "f", bytes: Array(deep.utf8))).diagnostics.map(\.id) == ["yaml.too_deep"])
    let broken: [UInt8] = Array("kind: N".utf8) + [0xFF]
    let problem = DecodedFile(decoding: SourceFile(path: "f", bytes: broken)).diagnostics.first
    #expect(problem?.id == "yaml.not_utf8" && problem?.location?.column == 8)
  }

  @Test func anUnquotedNumberAsAnItemIsKeptWithAWarning() throws {
    let text = "kind: SafetyStock\nname: s\nrows: [{sku: 0123, units: 1}, {sku: \"0123\", node: dc, units: 2}]\n"
    let decoded = DecodedFile(text: text)
    #expect(decoded.diagnostics.map(\.id) == ["state.quote_it"])
    let rows = try #require(decoded.resources.first?.fields["rows"]?.rows)
    #expect(rows.map(\.sku) == [SKU("0123"), SKU("0123")] && rows.map(\.node) == [nil, "dc"])
    #expect(rows.map(\.units) == [1, 2] && rows[1].location.column == 31)
  }

  @Test func everyProblemOfAFileIsReportedInOneRun() {
    let text = """
      kind: Nod
      name: a
      ---
      kind: Node
      name: &b b
      name: c
      type: *b
      region: x
      stauts: active
      ---
      kind: Node
      name: [
      """
    let decoded = DecodedFile(text: text)
    let found = decoded.diagnostics.inReadingOrder().map { "\($0.location?.line ?? 0) \($0.id)" }
    #expect(
      found == [
        "1 state.unknown_kind", "5 yaml.anchor", "6 yaml.duplicate_key", "7 yaml.alias", "9 state.unknown_field",
        "13 yaml.syntax",
      ])
  }

  @Test func millionsOfProblemsStopTheReading() {
    let text = "kind: Node\n" + String(repeating: "name: &a a\n", count: 10_000)
    let decoded = DecodedFile(text: text)
    #expect((100...200).contains(decoded.diagnostics.count))
  }

  @Test func windowsLineEndsAreAllowed() {
    let text = Self.node.replacing("\n", with: "\r\n")
    let decoded = DecodedFile(text: text)
    #expect(decoded.diagnostics.isEmpty && decoded.resources.count == 1)
  }

  @Test func twoRowsForTheSameStockAreReported() {
    let text = "kind: SafetyStock\nname: s\nrows: [{sku: A, units: 1}, {sku: A, units: 2}]\n"
    let state = LoadedState(text: text)
    let found = state.diagnostics.first { $0.id == "state.equally_specific" }
    #expect(found?.location?.column == 28 && found?.notes.first?.location.column == 8)
  }

  @Test func linksExecutablesAndHugeFilesAreRefusedUnread() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/purser-\(UInt64.random(in: 0...UInt64.max))"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let state = folder + "/state"
    try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: state + "/link.yaml", withDestinationPath: "/etc/hostname")
    #expect(FileManager.default.createFile(atPath: state + "/run.yaml", contents: Data()))
    #expect(chmod(state + "/run.yaml", 0o755) == 0)
    #expect(FileManager.default.createFile(atPath: state + "/huge.yaml", contents: Data()))
    #expect(truncate(state + "/huge.yaml", 200 << 20) == 0)
    let work = WorkFolder(path: folder)
    let problems = work.load().diagnostics
    #expect(
      problems.map { "\($0.location?.file ?? "") \($0.id)" } == [
        "state/huge.yaml yaml.too_large", "state/link.yaml state.not_a_plain_file",
        "state/run.yaml state.not_a_plain_file",
      ])
    #expect(work.line(at: SourceLocation(file: "state/link.yaml")) == nil)
  }

  static let base = "kind: Repository\nname: shop\nschema_version: 1\ncurrency: EUR\n---\n"

  private static func key(_ letter: Character) -> String {
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI\(String(repeating: letter, count: 43))"
  }

  private static func person(_ name: String, _ letter: Character) -> String {
    "kind: Person\nname: \(name)\nemail: a@b\nkeys: [\(key(letter)) \(name)]\n"
  }

  private static func role(_ people: String, kinds: String = "\"*\"") -> String {
    "kind: Role\nname: owner\npeople: \(people)\nkinds: [\(kinds)]\npaths: [\"**\"]\n"
  }

  /// Nine lines.
  private static let web =
    "kind: AllocationTier\nname: t\nrank: 1\n---\nkind: Channel\nname: web\ntype: dtc\ntier: t\n---\n"

  private static func releaseRule(_ name: String) -> String {
    "kind: ReleaseRule\nname: \(name)\nchannel: web\nabove_units: 10\nrole: owner\n"
  }

  private static func rule(_ kinds: String) -> String {
    "kind: ApprovalRule\nname: start\nkinds: [\(kinds)]\nreview: none\n"
  }

  private static func tier(_ name: String, _ rule: String) -> String {
    "kind: AllocationTier\nname: \(name)\nrank: 1\nrule: \(rule)\n"
  }

  private static func channel(_ fields: String) -> String { "kind: Channel\nname: c\ntype: dtc\ntier: a\n" + fields }

  @Test(arguments: ["weight: 2", "min_units: 8, max_units: 8", "{}"]) func aShareInATierThatSharesIsFine(share: String)
  {
    let share = share == "{}" ? share : "{\(share)}"
    let text = Self.base + Self.tier("a", "fair_share") + "---\n" + Self.channel("share: \(share)\n")
    let loaded = LoadedState(text: text)
    #expect(loaded.diagnostics.isEmpty, "\(loaded.diagnostics)")
  }

  @Test func oneWhoMayChangeGovernanceIsEnough() {
    let text = Self.base + [Self.person("ann", "A"), Self.role("[ann]"), Self.rule("\"*\"")].joined(separator: "---\n")
    let loaded = LoadedState(text: text)
    #expect(loaded.diagnostics.isEmpty, "\(loaded.diagnostics)")
  }

  /// What only several resources together show: the document, the problem and its place below `base` (5 lines).
  @Test(arguments: [
    ("kind: Protection\nname: p\nchannel: web\nunits: 1\n", "state.missing_reference", 8, 10),
    ("kind: SafetyStock\nname: s\nnode: dc\nunits: 1\n", "state.missing_reference", 8, 7),
    (
      "kind: SafetyStock\nname: s\nrows:\n  - {sku: A, units: 1}\n  - {sku: A, node: dc, units: 1}\n",
      "state.missing_reference", 10, 20
    ),
    ("kind: Channel\nname: web\nscope: {sku: A}\nexposure: 5%\n", "state.overlay_without_base", 6, 1),
    (node + "---\n" + node, "state.duplicate", 11, 1),
    (tier("a", "strict") + "---\n" + tier("b", "fair_share"), "state.mixed_rank", 13, 7),
    (tier("a", "strict") + "---\n" + channel("share: {weight: 2}\n"), "state.share_unused", 15, 8),
    (
      tier("a", "strict") + "---\n" + channel("buffer: {mode: latency_poisson, risk: 0%, latency: 1h}\n"),
      "state.zero_risk", 15, 9
    ),
    (
      tier("a", "fair_share") + "---\n" + channel("share: {min_units: 9, max_units: 8}\n"), "state.cannot_be_met", 15,
      20
    ),
    (
      tier("a", "fair_share") + "---\n" + channel("cap: {units: 8, window: 1d}\nshare: {min_units: 9}\n"),
      "state.cannot_be_met", 16, 20
    ),
    ("kind: SafetyStock\nname: s\nclass: c\nrows: []\n", "state.one_of", 8, 8),
    ("kind: Repository\nname: shop2\nschema_version: 1\ncurrency: EUR\n", "state.second_repository", 6, 1),
    ("kind: ApprovalRule\nname: r\nkinds: [\"*\"]\nreview: {owner: 1}\n", "state.missing_reference", 9, 17),
    (
      "kind: Role\nname: owner\npeople: []\nkinds: []\npaths: []\n---\n"
        + "kind: ApprovalRule\nname: r\nkinds: [\"*\"]\nreview: {owner: 1}\n",
      "state.unsatisfiable", 15, 9
    ),
    (person("ann", "A") + "---\n" + person("bob", "A"), "state.shared_key", 14, 8),
    // The daemon's key is nobody's.
    (
      base.replacing("shop", with: "other").replacing("---\n", with: "audit_key: " + key("A") + "\n---\n")
        + person("ann", "A"), "state.shared_key", 15, 8
    ),
    ("kind: Person\nname: ann\nemail: a@b\nkeys: []\n", "state.no_keys", 9, 7),
    (person("ann", "A"), "state.locked_out", 6, 1),
    ("kind: Role\nname: owner\npeople: []\nkinds: [\"*\"]\npaths: [\"**\"]\n", "state.locked_out", 6, 1),
    (person("ann", "A") + "---\n" + role("[ann]") + "---\n" + rule("Channel"), "state.locked_out", 11, 1),
    (person("ann", "A") + "---\n" + role("[]") + "---\n" + rule("\"*\""), "state.locked_out", 11, 1),
    (
      person("ann", "A") + "---\n" + role("[ann]", kinds: "Person, Role") + "---\n" + rule("\"*\""),
      "state.locked_out", 11, 1
    ),
    (
      "kind: Integration\nname: a\nsource: /a\nowns: [order.placed]\n---\n"
        + "kind: Integration\nname: b\nsource: /b\nowns: [order.placed]\n",
      "state.two_owners", 14, 8
    ),
    (
      "kind: Integration\nname: a\nsource: /a\nowns: []\n---\nkind: Integration\nname: b\nsource: /a\nowns: []\n",
      "state.two_owners", 13, 9
    ),
    (
      web
        + "kind: Protection\nname: p\nchannel: web\npercent_of_inbound: 5%\neffective: {until: 2026-12-01T00:00:00Z}\n",
      "state.needs_window", 18, 21
    ),
    (
      web + "kind: Protection\nname: p\nchannel: web\nunits: 1\nbrand: north\n---\n"
        + "kind: Protection\nname: q\nchannel: web\nunits: 2\nbrand: north\n",
      "state.equally_specific", 21, 1
    ),
    (
      web + "kind: Channel\nname: web\nscope: {brand: north}\nexposure: 5%\n---\n"
        + "kind: Channel\nname: web\nscope: {brand: north}\nexposure: 9%\n",
      "state.duplicate", 20, 1
    ),
    (
      web + "kind: Protection\nname: p\nchannel: web\nunits: 1\nbusiness_unit: retail\nbrand: north\n",
      "state.one_of", 20, 8
    ),
    (web + releaseRule("a"), "state.missing_reference", 19, 7),
    (
      web + releaseRule("a") + "---\n" + releaseRule("b"), "state.equally_specific", 21, 1
    ),
    (web + releaseRule("a") + "---\n" + role("[]"), "state.nobody_releases", 19, 7),
  ])
  func isReportedBetweenResources(text: String, id: String, line: Int, column: Int) {
    let file = SourceFile(path: "f.yaml", bytes: Array((Self.base + text).utf8))
    let loaded = LoadedState(files: [DecodedFile(decoding: file)])
    #expect(
      loaded.diagnostics.contains {
        $0.id == id && $0.location == SourceLocation(file: "f.yaml", line: line, column: column)
      }, "\(loaded.diagnostics)")
  }

  @Test func missingReferenceSuggestsTheNearestName() {
    let text = """
      kind: Repository
      name: shop
      schema_version: 1
      currency: EUR
      ---
      kind: AllocationTier
      name: growth
      rank: 1
      ---
      kind: Channel
      name: web
      type: dtc
      tier: grwoth
      """
    let loaded = LoadedState(text: text)
    #expect(loaded.diagnostics.map(\.id) == ["state.missing_reference"])
    #expect(loaded.diagnostics.first?.hint == "did you mean 'growth'?")
  }
}
