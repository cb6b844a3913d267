import Daemon
import Testing

@Suite struct TriggerTests {
  /// Fifty pushes during one long cycle ask for one more cycle, and a supervisor's SIGTERM waits for none of them.
  @Test func anEndGoesBeforeWhateverWaits() async {
    let triggers = Triggers()
    for _ in 0..<50 { triggers.send(.woken) }
    triggers.send(.stop)
    triggers.send(.interrupt)
    let trigger = await triggers.next()
    #expect(trigger == .stop)
  }

  @Test func triggersOfOneKindWaitOnce() async {
    let triggers = Triggers()
    var taken: [Trigger?] = []
    for _ in 0..<3 { triggers.send(.due) }
    taken.append(await triggers.next())
    for _ in 0..<3 { triggers.send(.woken) }
    triggers.send(.due)
    taken.append(await triggers.next())
    triggers.send(.stop)
    taken.append(await triggers.next())
    #expect(taken == [.due, .woken, .stop])
  }

  @Test func whoeverWaitsIsWoken() async {
    let triggers = Triggers()
    let waiting = Task { await triggers.next() }
    triggers.send(.woken)
    let trigger = await waiting.value
    #expect(trigger == .woken)
  }
}
