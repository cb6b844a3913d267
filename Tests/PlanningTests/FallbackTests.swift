import DesiredState
import Operations
import TestSupport
import Testing

@testable import Planning

/// What counts while a node is silent or down: each mode as a table, and the laws of them all.
@Suite struct FallbackTests {
  typealias World = FallbackWorld

  static let silent = "when: stale_feed\nmax_age: 6h\n"

  /// East, the store and west hold 40, 10 and 100; west was heard of some hours before 12:20.
  @Test(
    arguments: [
      ("", 999, 150), (silent + "then: zero", 5, 150), (silent + "then: zero", 7, 50),
      (silent + "then: haircut\nfactor: 33%", 7, 83), (silent + "then: haircut\nfactor: 0%", 7, 50),
      (silent + "then: haircut\nfactor: 100%", 7, 150), (silent + "then: last_known\nage_limit: 12h", 11, 150),
      (silent + "then: last_known\nage_limit: 12h", 13, 50), (silent + "node: east\nthen: zero", 7, 150),
      (silent + "node_type: store\nthen: zero", 7, 150), (silent + "node_type: dc\nthen: zero", 7, 50),
      ("when: node_outage\nnode: west\nactive: true\nthen: zero", 0, 50),
      ("when: node_outage\nnode: west\nactive: false\nthen: zero", 0, 150),
      ("when: node_outage\nnode: west\nthen: zero", 0, 150),
      ("when: node_outage\nnode_type: dc\nactive: true\nthen: haircut\nfactor: 50%", 0, 80),
      ("when: node_outage\nnode: west\nactive: true\nthen: last_known\nage_limit: 4h", 5, 50),
      ("when: carrier_disruption\ncarrier: post\nnode: west\nactive: true\nthen: haircut\nfactor: 10%", 0, 60),
      (
        "when: node_outage\nnode: west\nactive: true\nthen: zero\neffective: {until: 2026-11-24T12:00:00Z}", 0, 150
      ),
      ("when: node_outage\nnode: west\nactive: true\nthen: zero\neffective: {until: 2026-11-24T13:00:00Z}", 0, 50),
    ] as [(String, Int64, Quantity)])
  func eachModeCounts(fields: String, hours: Int64, expected: Quantity) throws {
    let snapshot = World.snapshot(heardHoursAgo: [0, 0, hours])
    let plan = World.plan(try World.policy(fields.isEmpty ? "" : World.rule("r", fields)), snapshot)
    let after = World.applied(plan, to: snapshot)
    let granted = after.grants.grant.compactMap { $0?.protected }.reduce(0, +)
    #expect(granted + after.items.shared[0] == expected)
  }

  /// Ages are looked at on the hour: never sooner than the rule says, and at most an hour later.
  @Test(
    arguments: [
      ("2026-11-24T06:00:00Z", "2026-11-24T11:59:59Z", nil), ("2026-11-24T06:00:00Z", "2026-11-24T12:00:00Z", 12),
      ("2026-11-24T06:00:01Z", "2026-11-24T12:59:59Z", nil), ("2026-11-24T06:00:01Z", "2026-11-24T13:00:00Z", 13),
      ("2026-11-24T06:59:59Z", "2026-11-24T13:20:00Z", 13), ("2026-11-24T09:00:00Z", "2026-11-24T08:00:00Z", nil),
    ] as [(String, String, Int?)])
  func silenceBeginsOnTheHour(heard: String, now: String, since: Int?) throws {
    var snapshot = World.snapshot()
    let now = try #require(Instant(now))
    snapshot.nodeHeardAt = [now, now, Instant(heard)]
    let plan = World.plan(try World.policy(World.rule("r", Self.silent + "then: zero")), snapshot, at: now)
    let states = plan.actions.compactMap { planned -> FallbackState? in
      if case .setFallback(.node("west"), let state, nil) = planned.action { state } else { nil }
    }
    #expect(states.map { $0.since.description } == since.map { ["2026-11-24T\($0):00:00Z"] } ?? [])
    #expect(plan.silentNodes == (since == nil ? [:] : ["west": Instant(heard)].compactMapValues(\.self)))
  }

  /// Rounded down once, on what can be sold: claims at the node stay whole and come off it, and then safety stock; units
  /// that are missing are missing in full.
  @Test(
    arguments: [
      (100, 0, 33, 0, 33), (100, 99, 33, 0, 0), (100, 33, 33, 0, 0), (100, 32, 33, 0, 1), (10, 0, 99, 0, 9),
      (10, 15, 50, 0, -5), (-4, 0, 50, 0, -4), (100, 0, 50, 45, 5), (100, 0, 50, 60, 0),
    ] as [(Quantity, Quantity, Int64, Quantity, Quantity)])
  func aHaircutIsRoundedOnce(
    sellable: Quantity, allocated: Quantity, percent: Int64, safety: Quantity, expected: Quantity
  ) throws {
    let stock = "---\nkind: SafetyStock\nname: s\nnode: west\nunits: \(safety)\n"
    let rule = World.rule("r", "when: node_outage\nnode: west\nactive: true\nthen: haircut\nfactor: \(percent)%")
    let snapshot = World.snapshot([(0, 0), (0, 0), (sellable, allocated)])
    let after = World.applied(World.plan(try World.policy(stock + rule), snapshot), to: snapshot)
    #expect(after.grants.grant.compactMap { $0?.protected }.reduce(0, +) + after.items.shared[0] == expected)
  }

  /// The lowest share counts, one freeze freezes, and the case names who decides.
  @Test(
    arguments: [
      (["a": "haircut\nfactor: 50%", "b": "haircut\nfactor: 30%"], ["b"], "30%", false),
      (["a": "zero", "b": "haircut\nfactor: 30%"], ["a"], "0%", false),
      (["a": "freeze", "b": "haircut\nfactor: 30%"], ["a", "b"], "30%", true),
      (["a": "freeze", "b": "last_known\nage_limit: 99h"], ["a"], "100%", true),
      (["b": "last_known\nage_limit: 99h"], ["b"], "100%", false),
      (["a": "last_known\nage_limit: 8h", "b": "haircut\nfactor: 10%"], ["a"], "0%", false),
    ] as [([String: String], [String], String, Bool)])
  func theStrictestWins(effects: [String: String], rules: [String], share: String, isFrozen: Bool) throws {
    let text = effects.sorted { $0.key < $1.key }.enumerated().map { index, effect in
      World.rule(effect.key, "when: stale_feed\nnode: west\nmax_age: \(index + 1)h\nthen: \(effect.value)")
    }
    let snapshot = World.snapshot(heardHoursAgo: [0, 0, 9])
    let plan = World.plan(try World.policy(text.joined()), snapshot)
    let state = try #require(World.applied(plan, to: snapshot).fallbacks[.node("west")])
    #expect(state.rules == rules && state.share.description == share && state.isFrozen == isFrozen)
    #expect(state.openCase(.node("west")).detail.hasSuffix("(\(rules.joined(separator: ", ")))"))
  }

  /// Claims are not cancelled; that they have nothing behind them any more is a case, as long as it is so.
  @Test func claimsThatLoseTheirCoverAreACase() throws {
    let snapshot = World.snapshot([(4, 0), (0, 0), (50, 0)], claimed: 20)
    let rule = World.rule("r", "when: node_outage\nnode: west\nactive: true\nthen: haircut\nfactor: 30%")
    let during = World.applied(World.plan(try World.policy(rule), snapshot), to: snapshot)
    #expect(during.items.shared == [-1])
    #expect(
      during.cases[0] == [
        Case(
          .fallbackActive, subject: "T", detail: "20 reserved, 19 count while some nodes do not"),
        Case(.protectionNotMet, subject: "T for shop", detail: "10 units protected for it are not in stock"),
      ])
    #expect(World.applied(World.plan(try World.policy(""), during), to: during).cases[0] == [])
  }

  @Test func aDoubtfulSupplierDeliversLess() throws {
    var snapshot = World.snapshot([(0, 0), (0, 0), (0, 0)])
    let eta = World.now + .day
    snapshot.inbound[0] = [
      InboundLine(
        purchaseOrder: "po", line: "1", supplier: "mill", node: "west", open: 100, eta: eta, originalETA: eta)
    ]
    snapshot.openLines[0] = [
      OpenLine(order: "o", line: "1", channel: "shop", open: 50, placedAt: World.now)
    ]
    // 80 of 100 are expected; a rule that holds below 80% does not hold, one below 81% cuts them.
    for (below, then, expected) in [
      (80, "zero", eta), (81, "zero", nil), (81, "haircut\nfactor: 62%", nil), (81, "haircut\nfactor: 63%", eta),
    ] as [(Int, String, Instant?)] {
      let rule = World.rule("r", "when: supplier_uncertainty\nbelow: \(below)%\nthen: \(then)")
      let plan = World.plan(try World.policy(rule), snapshot)
      #expect(plan.shortfalls.map(\.expectedAt) == [expected], "below \(below): \(then)")
      #expect(plan.changesFallbacks == (below == 81))
    }
  }
}
