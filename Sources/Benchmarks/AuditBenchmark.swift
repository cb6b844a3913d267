import ActualState
import AuditTrail
import Digest
import Git
import Operations
import SQLiteStore
import TestSupport

/// A signed commit of audit records, durable in the store and in git, over the git command line on the same file.
enum AuditBenchmark {
  static let records = 1000

  static func run(_ workshop: Workshop) async throws -> [Comparison] {
    let store = try SQLiteStore(path: workshop.path("audit.db"), mode: .create)
    let folder = workshop.path("audit.git")
    _ = try Repository.create(path: folder, bare: true)
    let target = PolicySourceTarget(try PolicySource(address: folder, mirrorPath: ""))
    guard let key = PrivateKey.generate() else { preconditionFailure("the system gives no random bytes") }
    let publisher = AuditPublisher(key: key)
    let tree = try WorkTree()
    var (ours, theirs): ([Duration], [Duration]) = ([], [])
    for round in 0..<workshop.rounds {
      let first = Int64(round * records + 1)
      try store.transaction {
        for number in 0..<records { try store.note(draft(number)) }
      }
      let file = try AuditCommit(try store.auditRecords(first...first + Int64(records) - 1))
      try tree.write(file)
      theirs.append(await time { tree.commit(file.path) })
      ours.append(
        try await time {
          let commits = try publisher.publish(
            store: store, source: target, now: SyntheticWorld.now, flush: true, checkpointEvery: .hour)
          precondition(commits.count == 1)
        })
    }
    return [
      Comparison(
        "signed audit commit of \(records) records, durable", over: "git add and git commit of the same file",
        aim: .atMost(0.15), measured: ours, baseline: theirs)
    ]
  }

  /// As large as the record of a small plan.
  private static func draft(_ number: Int) -> AuditDraft {
    let pin = PolicyPin(commit: String(repeating: "a", count: 40), tree: String(repeating: "b", count: 40), version: 1)
    return AuditDraft(
      isDecision: false,
      body: [
        "type": "apply", "at": .string(SyntheticWorld.now.description),
        "plan": [
          "policy": pin.json, "snapshot_version": .integer(Int64(number)),
          "now": .string(SyntheticWorld.now.description),
        ],
        "plan_digest": .string(SHA256Digest(of: "\(number)").description), "counts": ["publish": 1],
        "rows": [["kind": "publish", "sku": "SKU-1", "channel": "web", "units": 12, "was": 13]], "rows_total": 1,
        "policy_from": pin.json, "accepted": [],
      ])
  }
}

/// A work tree in which the git command line commits.
private struct WorkTree {
  private let scratch: ScratchFolder
  private let git: String

  init() throws {
    scratch = try ScratchFolder()
    git = try GitCommand.initialise(scratch).folder
  }

  func write(_ file: AuditCommit) throws { try scratch.write(bytes: file.content, to: "repo/\(file.path)") }

  /// Syncs what it commits, as an audit trail must; git alone would leave that to the system.
  func commit(_ path: String) {
    Floor.run("git", "-C", git, "-c", "core.fsync=committed", "add", path)
    Floor.run(
      "git", "-C", git, "-c", "core.fsync=committed", "-c", "user.name=bench", "-c", "user.email=bench@example.test",
      "-c", "commit.gpgsign=false", "commit", "-q", "-m", "records")
  }
}
