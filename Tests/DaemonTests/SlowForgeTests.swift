import Daemon
import Digest
@preconcurrency import Dispatch
import Operations
import Reconciling
import Reports
import Synchronization
import TestSupport
import Testing

/// A forge that takes its time: no cycle waits for it.
@Suite struct SlowForgeTests {
  /// A forge that answers nothing before it is told to.
  private final class Silence: Sendable {
    private let gate = DispatchSemaphore(value: 0)
    private let asked: AsyncStream<Void>.Continuation
    let questions: AsyncStream<Void>

    init() { (questions, asked) = AsyncStream.makeStream() }

    func answer() -> LoopbackServer.Response {
      asked.yield()
      gate.wait()
      gate.signal()
      return .init(200, "[]")
    }

    func end() { gate.signal() }
  }

  @Test func aCycleDoesNotWaitForTheForge() async throws {
    let silence = Silence()
    let server = try LoopbackServer { _ in silence.answer() }
    let company = try CompanyFolder(items: 1)
    try company.shell(
      """
      cd ops && printf 'forge: {type: gitea, url: "\(server.address)", repository: ops/state}\\n' >> state/purser.yaml && \
      git commit -qam 'Name the forge'
      """)
    var configuration = try company.configuration()
    let template = try Template("", name: "none")
    configuration.forge = ForgeConfiguration(
      token: try #require(Secret("canary")), planComment: template, refusalComment: template)
    let clock = try ManualClock()
    let daemon = try Daemon(configuration, clock: clock.read)
    let first = await daemon.cycle()
    // A cycle that had asked would have run into the end of the forge's time.
    #expect(first.report.accepted.count == 1 && first.status.trouble == nil && server.connections == 0)
    let telling = Task { await daemon.tellForge() }
    var questions = silence.questions.makeAsyncIterator()
    _ = await questions.next()
    // The forge has been asked and says nothing; the policy moves on all the same.
    let commit = try company.commitCap(20)
    let second = await daemon.cycle()
    #expect(second.status.pin?.commit == commit)
    silence.end()
    _ = await telling.value
    withExtendedLifetime(server) {}
  }
}
