import Operations
import Reconciling
import Synchronization
import TestSupport
import Testing

@testable import Daemon

/// A cycle that accepts a commit, refuses another, sells stock and writes two records, ended at each of its steps in
/// turn. From there on nothing reaches the world, as after a crash; then a new daemon takes over.
@Suite struct CrashTests {
  /// Notes each point that a cycle reaches, and from one of them on fails everything.
  private final class Fuse: Sendable {
    private let state: Mutex<(reached: [String], crashAt: Int)>
    init(crashAt: Int = .max) { state = Mutex(([], crashAt)) }

    @Sendable func reached(_ point: String) throws {
      try state.withLock {
        $0.reached.append(point)
        if $0.reached.count > $0.crashAt { throw Crashed() }
      }
    }

    var points: [String] { state.withLock { $0.reached } }
  }

  private static func worldWithWork() throws -> CompanyFolder {
    let company = try CompanyFolder(items: 5)
    _ = try company.cycle()
    try company.commitCap(12)
    try company.commitCap(90, signed: false)
    try company.importEvents(CompanyFolder.orders(1...9, items: 5), as: "orders")
    return company
  }

  @Test func aCrashAtAnyStepIsFollowedByTheSameEnd() async throws {
    let world = try Self.worldWithWork()
    let calm = try world.copy("calm")
    let fuse = Fuse()
    try await cycle(calm, fuse)
    let expected = try calm.end()
    #expect(expected.records == 3)
    #expect(fuse.points.contains("before note") && fuse.points.contains("after publish"), "\(fuse.points)")
    for index in fuse.points.indices {
      let company = try world.copy("crash-\(index)")
      try await cycle(company, Fuse(crashAt: index))
      try await cycle(company, Fuse())
      #expect(try company.end() == expected, "after a crash \(fuse.points[index]), point \(index)")
      try company.shell("rm -rf '\(company.path)'")
    }
  }

  private func cycle(_ company: CompanyFolder, _ fuse: Fuse) async throws {
    let daemon = try Daemon(company.configuration(), clock: ManualClock().read, reached: fuse.reached)
    _ = await daemon.cycle()
  }
}
