import Daemon
import Testing

/// Row 22: however many deliveries come, the daemon is woken once an interval, and what comes meanwhile is not forgotten.
@Suite struct CalmWakeTests {
  @Test func row22AFloodWakesOnce() {
    let wakes = Counter()
    let calm = CalmWake(interval: .seconds(3600)) { wakes.add() }
    for _ in 0..<100_000 { calm.tell() }
    #expect(wakes.value == 1)
  }

  @Test func row22TheLastOfAFloodIsNotForgotten() async {
    let (stream, continuation) = AsyncStream<Void>.makeStream()
    let calm = CalmWake(interval: .milliseconds(1)) { continuation.yield() }
    var wakes = stream.makeAsyncIterator()
    for _ in 0..<3 {
      calm.tell()
      calm.tell()
      await wakes.next()
      await wakes.next()
    }
  }
}
