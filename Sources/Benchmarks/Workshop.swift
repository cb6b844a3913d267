import CBaselines
import Git
import Glibc
import Operations
import Planning
import SQLiteStore
import TestSupport

/// What benchmarks share: sizes, a scratch folder, and the worlds that take long to build, each built once.
final class Workshop {
  let isSmall: Bool
  let rounds = 5
  /// The folder with the Online Retail export; nil when none was named.
  let data: String?
  private let scratch: ScratchFolder
  private var settled: SettledWorld?
  private var filled: FilledStore?
  private var repository: FileRepository?

  init(isSmall: Bool, data: String?) throws {
    self.isSmall = isSmall
    self.data = data
    scratch = try ScratchFolder()
  }

  func path(_ name: String) -> String { scratch.path(name) }

  var positions: Int { isSmall ? 50_000 : 1_000_000 }
  var files: Int { isSmall ? 1000 : 10_000 }
  var records: Int { isSmall ? 10_000 : 100_000 }

  /// A limit that the design sets for the full size, for a step that does not grow measured against one that does.
  func aim(_ limit: Double, at full: Int, for size: Int) -> Aim { .atMost(limit * Double(full) / Double(size)) }

  func settledWorld() -> SettledWorld {
    if let settled { return settled }
    let world = SettledWorld(positions: positions)
    settled = world
    return world
  }

  func filledStore() throws -> FilledStore {
    if let filled { return filled }
    let store = try FilledStore(path: path("world.db"), settledWorld())
    filled = store
    return store
  }

  func fileRepository() throws -> FileRepository {
    if let repository { return repository }
    let made = try FileRepository(path: path("files.git"), count: files)
    repository = made
    return made
  }
}

/// A synthetic world for which a plan finds nothing to do, with its policy.
struct SettledWorld {
  let policy: Policy
  let pin = PolicyPin(commit: "bench", tree: "bench", version: 1)
  private(set) var snapshot: Snapshot

  init(positions: Int) {
    let world = SyntheticWorld(items: positions / 5, nodes: 5, channels: 8)
    policy = Policy(world.desiredState(), at: SyntheticWorld.now)
    snapshot = world.snapshot()
    snapshot.settle(plan(snapshot).actions.map(\.action))
    precondition(plan(snapshot).isEmpty, "a settled world asks for nothing")
  }

  func plan(_ snapshot: Snapshot) -> Plan {
    Plan(
      policy: policy, pin: pin, previous: nil, policyChanged: false, snapshot: snapshot, now: SyntheticWorld.now)
  }
}

/// An opened connection of the C floor.
final class Floor {
  private let database: OpaquePointer

  init(path: String) {
    guard let database = purser_baseline_open(path) else { preconditionFailure("SQLite cannot open '\(path)'") }
    self.database = database
  }

  deinit { purser_baseline_close(database) }

  /// Steps through every row of the queries.
  func read(_ queries: [String]) {
    for query in queries { precondition(purser_baseline_read_rows(database, query) >= 0, "SQLite refuses: \(query)") }
  }

  /// Commits rows one by one, each synced to disk.
  func commit(_ text: String, count: Int) {
    precondition(purser_baseline_commit_rows(database, text, count) == 0, "SQLite cannot write")
  }

  /// Runs a program to its end; it must end well.
  static func run(_ arguments: String...) {
    let copies = arguments.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    let code = purser_baseline_process(copies.map { UnsafePointer($0) } + [nil])
    precondition(code == 0, "\(arguments) ended with \(code)")
  }
}
