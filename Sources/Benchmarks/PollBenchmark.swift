import ActualState
import Daemon
import Digest
import Git
import Operations
import Reconciling
import SQLiteStore

/// A look of the daemon at a world in which nothing is new, over one git process.
enum PollBenchmark {
  static func run(_ workshop: Workshop) async throws -> [Comparison] {
    let made = try workshop.fileRepository()
    let storePath = workshop.path("poll.db")
    try fill(storePath)
    let daemon = try Daemon(configuration(made.path, storePath)) { SyntheticWorld.now }
    // The first cycle applies the first plan, the second finds nothing left to do.
    for _ in 0..<2 {
      let (_, status) = await daemon.cycle()
      precondition(status.trouble == nil && status.refused == nil, "\(status)")
    }
    let source = try PolicySource(address: made.path, mirrorPath: workshop.path("unused.git"))
    let git = { Floor.run("git", "-C", made.path, "rev-parse", "refs/heads/main") }
    return [
      await Comparison(
        "poll with nothing new, \(workshop.files) files: a whole cycle", over: "one git rev-parse process",
        aim: .atMost(0.05), rounds: workshop.rounds, repeats: (200, 20),
        measured: {
          let (report, status) = await daemon.cycle()
          precondition(status.trouble == nil && report.outcome == nil, "nothing was to be done")
        }, baseline: git),
      try await Comparison(
        "poll: the look at the branch alone", over: "one git rev-parse process", rounds: workshop.rounds,
        repeats: (1000, 20),
        measured: { expect(try source.refresh(branch: "main") == made.first, "the branch has moved") },
        baseline: git),
    ]
  }

  private static func configuration(_ repository: String, _ storePath: String) throws -> DaemonConfiguration {
    guard let key = PrivateKey.generate() else { preconditionFailure("the system gives no random bytes") }
    return DaemonConfiguration(
      repository: repository, storePath: storePath, branch: "main", trustRoot: nil, auditKey: key,
      credentials: Credentials(), interval: .hour, checkpointInterval: .hour, flushesAudit: false)
  }

  private static func fill(_ path: String) throws {
    let store = try SQLiteStore(path: path, mode: .create)
    try store.transaction {
      for index in 0..<1000 {
        let sku = JSONValue.string("SKU-\(index)-0")
        let item = Event(
          source: "/bench", id: "item-\(index)", type: "catalog.item_upserted", time: SyntheticWorld.now,
          data: ["sku": sku, "uom": "piece"])
        let count = Event(
          source: "/bench", id: "count-\(index)", type: "inventory.counted", time: SyntheticWorld.now,
          data: ["sku": sku, "node": "dc-leipzig", "on_hand": 100])
        for event in [item, count] {
          let receipt = try store.receive(event, owners: EventOwners([:]))
          precondition(receipt == .applied)
        }
      }
    }
  }
}
