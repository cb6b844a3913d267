import Daemon
import DesiredStateFiles
import FoundationEssentials
import Git
import Operations
import Planning
import Reports

/// The comment on a change, from the two commits and the store to its bytes: against one plan of the same world, which is
/// the least that anything about a change needs, and which the comment needs twice.
enum ChangeBenchmark {
  static func run(_ workshop: Workshop) async throws -> [Comparison] {
    let change = try CommentedChange(workshop)
    return [
      try await Comparison(
        "comment on a change: \(change.rows) rows, \(change.filled.world.snapshot.positions.node.count) positions",
        over: "one full plan", rounds: workshop.rounds,
        note: "two cold loads, the snapshot, two plans, their difference and the words for it",
        measured: change.comment, baseline: change.plan)
    ]
  }
}

private struct CommentedChange {
  let rows: Int
  let filled: FilledStore
  let repository: ChangedRepository
  let template: Template

  init(_ workshop: Workshop) throws {
    rows = workshop.isSmall ? 10_000 : 100_000
    filled = try workshop.filledStore()
    repository = try ChangedRepository(path: workshop.path("change.git"), rows: rows)
    let root = #filePath.split(separator: "/").dropLast(3).reduce(into: "") { $0 += "/" + $1 }
    let path = root + "/templates/comment/plan.md"
    let content = FileManager.default.contents(atPath: path) ?? Data()
    template = try Template(String(decoding: content, as: UTF8.self), name: path)
  }

  func comment() throws {
    let preview = try ChangePreview(
      repository: repository.path, storePath: filled.path, branch: "main", base: "main~1", head: "main",
      credentials: Credentials(), at: SyntheticWorld.now)
    let comment = try preview.report.markdown(template)
    expect(preview.impact.measures.channels == 1 && comment.hasPrefix(ChangeReport.marker), "one channel changes")
  }

  func plan() { _ = filled.world.plan(filled.world.snapshot) }
}

/// The policy of the synthetic world with rows of safety stock that change nothing, and a commit that lowers the cap of one
/// channel.
private struct ChangedRepository {
  let path: String

  init(path: String, rows: Int) throws {
    self.path = path
    let repository = try Repository.create(path: path, bare: true)
    let world = SyntheticWorld(items: rows, nodes: 5, channels: 8)
    var files: [String: ObjectID?] = ["state/bench.yaml": try repository.writeBlob(Array(world.policyText.utf8))]
    for file in 0..<10 {
      var text = "kind: SafetyStock\nname: rows-\(file)\nrows:\n"
      for row in (file * rows / 10)..<((file + 1) * rows / 10) {
        text += "  - {sku: \(world.skuName(row)), node: \(world.nodeName(row % 5)), units: 2}\n"
      }
      files["state/rows-\(file).yaml"] = try repository.writeBlob(Array(text.utf8))
    }
    let author = Person(name: "bench", email: "bench@example.test")
    let tree = try repository.writeTree(base: nil, files: files)
    let first = try repository.writeCommit(tree: tree, parents: [], author: author, time: 0, message: "all")
    let lowered = world.policyText.replacing(
      "percent_of_available: 30%", with: "percent_of_available: 20%", maxReplacements: 1)
    let changed = try repository.writeBlob(Array(lowered.utf8))
    let next = try repository.writeTree(base: tree, files: ["state/bench.yaml": changed])
    let second = try repository.writeCommit(tree: next, parents: [first], author: author, time: 1, message: "one")
    try repository.setReference("refs/heads/main", to: second, expecting: nil, by: author, reason: "bench")
  }
}
