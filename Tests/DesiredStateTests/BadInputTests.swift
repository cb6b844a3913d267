import DesiredState
import DesiredStateFiles
import Diagnostics
import FoundationEssentials
import Glibc
import Testing

/// One file, and the problem that it must give: the id and the place.
@Suite struct BadInputTests {
  static let node = "kind: Node\nname: dc\ntype: dc\nregion: north\n"

  @Test(arguments: [
    ("kind: Node\nname: dc\ntype: dc\nregoin: north\n", "state.unknown_field", 4, 1),
    ("kind: Nod\nname: dc\n", "state.unknown_kind", 1, 7),
    ("kind: Node\nname: a\nname: b\n", "yaml.duplicate_key", 3, 1),
    ("kind: Node\nname: &x a\n", "yaml.anchor", 2, 7),
    ("kind: Node\nname: *x\n", "yaml.alias", 2, 7),
    ("kind: !!str Node\n", "yaml.tag", 1, 7),
    ("kind: Node\n<<: {name: a}\n", "yaml.merge_key", 2, 1),
    (node + "minimum_stock: 012\n", "state.wrong_type", 5, 16),
    (node + "minimum_stock: -1\n", "state.out_of_range", 5, 16),
    (node + "minimum_stock: 99999999999999999999\n", "state.wrong_type", 5, 16),
    ("kind: Supplier\nname: s\nlead_time: 7d\nconfidence: 101%\n", "state.wrong_type", 4, 13),
    ("kind: Channel\nname: c\nmay_use_shared: no\n", "state.wrong_type", 3, 17),
    ("kind: Channel\nname: c\nscope: {class: a, sku: b}\n", "state.one_of", 3, 8),
    ("kind: Channel\nname: c\nscope: {}\n", "state.one_of", 3, 8),
    ("kind: Person\nname: p\nemail: a@b\nkeys: [nonsense]\n", "state.wrong_type", 4, 8),
    (
      node + "effective: {from: 2026-02-01T00:00:00Z, until: 2026-01-01T00:00:00Z}\n",
      "state.window_ends_before_start", 5, 48
    ),
  ])
  func isReportedWhereItStands(text: String, id: String, line: Int, column: Int) {
    let decoded = DecodedFile(decoding: SourceFile(path: "f.yaml", bytes: Array(text.utf8)))
    let found = decoded.diagnostics.first { $0.id == id }
    #expect(found?.location == SourceLocation(file: "f.yaml", line: line, column: column), "\(decoded.diagnostics)")
  }

  @Test func textThatLooksLikeAnotherTypeIsKeptWithAWarning() throws {
    let text = "kind: Node\nname: dc\ntype: dc\nregion: NO\n"
    let decoded = DecodedFile(decoding: SourceFile(path: "f.yaml", bytes: Array(text.utf8)))
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

  @Test func twoRowsForTheSameStockAreReported() {
    let text = "kind: SafetyStock\nname: s\nrows: [{sku: A, units: 1}, {sku: A, units: 2}]\n"
    let state = LoadedState(files: [DecodedFile(decoding: SourceFile(path: "f.yaml", bytes: Array(text.utf8)))])
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
    let loaded = LoadedState(files: [DecodedFile(decoding: SourceFile(path: "f.yaml", bytes: Array(text.utf8)))])
    #expect(loaded.diagnostics.map(\.id) == ["state.missing_reference"])
    #expect(loaded.diagnostics.first?.hint == "did you mean 'growth'?")
  }
}
