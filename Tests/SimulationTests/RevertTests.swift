import Operations
import TestSupport
import Testing

@testable import Simulation

/// A policy change that is taken back with nothing in between leaves no trace in what a policy decides.
@Suite struct RevertTests {
  @Test func aRevertRestoresWhatTheChangeAltered() throws {
    var altered = 0
    for seed in 0..<80 as Range<UInt64> {
      let simulation = Simulation(seed: seed)
      try simulation.trade(events: 40)
      let before = try policyEffects(in: simulation.store)
      let claims = simulation.tally.claims
      guard let head = simulation.git.head else { continue }
      let company = simulation.git.commits[head].company
      let topic = simulation.random.pick([
        Topic.cap, .protection, .safetyStock, .tier, .node, .channelSettings, .channelList, .fallback,
      ])
      let other = company.changed(topic, at: simulation.now, &simulation.random)
      guard other.isValid else { continue }

      let change = simulation.git.commit(other, by: .ada, on: head)
      simulation.git.head = change
      try simulation.settle()
      let between = try policyEffects(in: simulation.store)
      simulation.git.head = simulation.git.commit(company, by: .ada, on: change, reverting: [change])
      try simulation.settle()
      // Orders that the change let in keep what they claimed: what was promised is not taken back.
      guard simulation.tally.claims == claims else { continue }
      let after = try policyEffects(in: simulation.store)
      #expect(after.filter { !$0.isClosed } == before.filter { !$0.isClosed }, "seed \(seed), \(topic)")
      if between != before { altered += 1 }
    }
    #expect(altered > 20)
  }
}

extension Simulation {
  /// Lets orders and stock come in and the daemon come to rest.
  func trade(events count: Int) throws {
    for event in events.beginning(at: now) { try receive(event) }
    for _ in 0..<count { try receive(events.next(swarm.events, at: now, &random)) }
    try settle()
  }
}

extension String {
  /// Whether it is the row of a channel that can sell nothing, as one that came and went leaves it behind.
  fileprivate var isClosed: Bool {
    contains(#"{"cap_left":0,"may_use_shared":false,"protected":0} 0 0 0"#)
      || contains(#""may_use_shared":false,"protected":0} -1 0 0"#)
  }
}
