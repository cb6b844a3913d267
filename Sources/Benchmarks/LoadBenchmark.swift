import CBaselines
import DesiredState
import DesiredStateFiles
import Git

/// Loading a desired state: against a bare libyaml scan of the same bytes, and one changed file against a full load.
enum LoadBenchmark {
  /// 100,000 safety-stock rows in ten files, decoded with places and checked, over a scan in C.
  static func rows() -> Ratio {
    let files =
      [base] + (0..<10).map { SourceFile(path: "state/rows-\($0).yaml", bytes: rows(file: $0, count: 10_000)) }
    return Ratio(
      "load 100k desired rows, decoded with locations", "libyaml event scan in C", aim: 1.5,
      measured: {
        let loaded = LoadedState(files: files.map(DecodedFile.init(decoding:)))
        precondition(loaded.isUsable, "\(loaded.diagnostics.prefix(3))")
      },
      baseline: {
        for file in files { precondition(purser_baseline_yaml_events(file.bytes, file.bytes.count) > 0) }
      })
  }

  /// One file changed among 10,000: compare trees, parse, validate; over a full load of the same commit.
  static func oneChangedFile(in folder: String) throws -> Ratio {
    let repository = try Repository.create(path: folder, bare: true)
    var files: [String: ObjectID?] = ["state/base.yaml": try repository.writeBlob(base.bytes)]
    for index in 0..<10_000 {
      files["state/rows/\(index / 100)/\(index).yaml"] = try repository.writeBlob(rows(file: index, count: 3))
    }
    let author = Person(name: "bench", email: "bench@example.test")
    let tree = try repository.writeTree(base: nil, files: files)
    let first = try repository.writeCommit(tree: tree, parents: [], author: author, time: 0, message: "all")
    let changed = try repository.writeBlob(rows(file: 5_050, count: 4))
    let tree2 = try repository.writeTree(base: tree, files: ["state/rows/50/5050.yaml": changed])
    let second = try repository.writeCommit(tree: tree2, parents: [first], author: author, time: 1, message: "one")
    let warm = StateLoader(repository: repository)
    _ = try warm.load(first)
    var isSecond = false
    return try Ratio(
      "one file changed among 10k: tree compare, parse, validate", "full load", aim: 0.01,
      measured: {
        isSecond.toggle()
        let loaded = try warm.load(isSecond ? second : first)
        precondition(loaded.isUsable)
      },
      baseline: {
        let loaded = try StateLoader(repository: repository).load(first)
        precondition(loaded.isUsable)
      })
  }

  private static let base = SourceFile(
    path: "state/base.yaml",
    bytes: Array(
      """
      {kind: Repository, name: bench, schema_version: 1, currency: EUR}
      ---
      {kind: Node, name: dc-leipzig, type: dc, region: central}
      ---
      {kind: Node, name: store-berlin, type: store, region: central}

      """.utf8))

  private static func rows(file: Int, count: Int) -> [UInt8] {
    var text = "kind: SafetyStock\nname: rows-\(file)\nrows:\n"
    for row in 0..<count {
      let node = row.isMultiple(of: 2) ? "dc-leipzig" : "store-berlin"
      text += "  - {sku: \"SKU-\(file)-\(row)\", node: \(node), units: \(row % 50)}\n"
    }
    return Array(text.utf8)
  }
}
