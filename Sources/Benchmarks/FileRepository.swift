import DesiredStateFiles
import Git

/// A repository with many small files of desired state, and a second commit that changes one of them.
struct FileRepository {
  let path: String
  let repository: Repository
  /// The branch `main` is here.
  let first: ObjectID
  let second: ObjectID

  init(path: String, count: Int) throws {
    self.path = path
    repository = try Repository.create(path: path, bare: true)
    var files: [String: ObjectID?] = ["state/base.yaml": try repository.writeBlob(Self.base.bytes)]
    func name(_ index: Int) -> String { "state/rows/\(index / 100)/\(index).yaml" }
    for index in 0..<count { files[name(index)] = try repository.writeBlob(Self.rows(file: index, count: 3)) }
    let author = Person(name: "bench", email: "bench@example.test")
    let tree = try repository.writeTree(base: nil, files: files)
    first = try repository.writeCommit(tree: tree, parents: [], author: author, time: 0, message: "all")
    let changed = try repository.writeBlob(Self.rows(file: count / 2, count: 4))
    let nextTree = try repository.writeTree(base: tree, files: [name(count / 2): changed])
    second = try repository.writeCommit(tree: nextTree, parents: [first], author: author, time: 1, message: "one")
    try repository.setReference("refs/heads/main", to: first, expecting: nil, by: author, reason: "bench")
  }

  static let base = SourceFile(
    path: "state/base.yaml",
    bytes: Array(
      """
      {kind: Repository, name: bench, schema_version: 1, currency: EUR}
      ---
      {kind: Node, name: dc-leipzig, type: dc, region: central}
      ---
      {kind: Node, name: store-berlin, type: store, region: central}

      """.utf8))

  static func rows(file: Int, count: Int) -> [UInt8] {
    var text = "kind: SafetyStock\nname: rows-\(file)\nrows:\n"
    for row in 0..<count {
      let node = row.isMultiple(of: 2) ? "dc-leipzig" : "store-berlin"
      text += "  - {sku: \"SKU-\(file)-\(row)\", node: \(node), units: \(row % 50)}\n"
    }
    return Array(text.utf8)
  }
}
