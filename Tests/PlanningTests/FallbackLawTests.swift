import DesiredState
import Operations
import TestSupport
import Testing

@testable import Planning

/// What must hold of every fallback, whatever the stock and whatever was claimed.
@Suite struct FallbackLawTests {
  typealias World = FallbackWorld

  struct Scene {
    var snapshot: Snapshot
    var rules: String

    init(_ random: inout SplitMix64) {
      func units(_ range: ClosedRange<Quantity>) -> Quantity { Quantity.random(in: range, using: &random) }
      let stock = (0..<3).map { _ in (sellable: units(-3...80), allocated: units(0...6)) }
      snapshot = World.snapshot(
        stock, heardHoursAgo: (0..<3).map { _ in Int64.random(in: 0...9, using: &random) }, claimed: units(0...40))
      let targets = ["", "node: west\n", "node: east\n", "node_type: dc\n", "node_type: store\n"]
      let effects = [
        "zero", "freeze", "haircut\nfactor: \(units(0...100))%", "last_known\nage_limit: \(units(4...12))h",
      ]
      rules = (0..<Int.random(in: 1...3, using: &random)).map { index in
        let effect = effects.randomElement(using: &random) ?? "zero"
        let target = targets.randomElement(using: &random) ?? ""
        let when =
          Bool.random(using: &random)
          ? "when: stale_feed\nmax_age: \(index + 1)h\n"
          : "when: carrier_disruption\ncarrier: c\(index)\nactive: true\n" + (target.isEmpty ? "node: west\n" : "")
        return World.rule("r\(index)", when + target + "then: " + effect)
      }.joined()
    }
  }

  /// A fallback never raises what a channel can claim or is told; its plan is at rest once applied; and when it ends,
  /// everything is as it was.
  @Test(arguments: 0..<300 as Range<UInt64>) func neverRaisesAndEndsWithoutATrace(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let scene = Scene(&random)
    let (without, with) = (try World.policy(""), try World.policy(scene.rules))
    let before = World.applied(World.plan(without, scene.snapshot), to: scene.snapshot)
    let during = World.applied(World.plan(with, before), to: before)
    #expect(World.plan(with, during).isEmpty, "seed \(seed): \(World.plan(with, during).actions)")
    let (offers, cut) = (World.offers(before), World.offers(during))
    for (channel, offer) in offers {
      #expect(zip(cut[channel] ?? [], offer).allSatisfy { $0 <= $1 }, "seed \(seed): \(channel) \(offer) → \(cut)")
    }
    let after = World.applied(World.plan(without, during), to: during)
    #expect(after.grants.grant == before.grants.grant && after.items.shared == before.items.shared, "seed \(seed)")
    #expect(after.grants.published == before.grants.published && after.fallbacks.isEmpty, "seed \(seed)")
    // What was done is taken back by the inverses, in the opposite order, too.
    let undone = World.plan(with, before).actions.reversed().compactMap(\.action.inverse)
    var taken = World.plan(with, before)
    taken.actions = undone.map { PlannedAction($0, .worldMoved) }
    let back = World.applied(taken, to: during)
    #expect(World.offers(back) == offers && back.fallbacks.isEmpty, "seed \(seed)")
  }

  /// A rule that is added lets no channel claim more.
  @Test(arguments: 0..<200 as Range<UInt64>) func oneMoreRuleNeverRaises(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let scene = Scene(&random)
    let before = World.applied(World.plan(try World.policy(""), scene.snapshot), to: scene.snapshot)
    let percent = Int.random(in: 0...100, using: &random)
    let more = World.rule("more", "when: node_outage\nactive: true\nthen: haircut\nfactor: \(percent)%")
    let one = World.applied(World.plan(try World.policy(scene.rules), before), to: before)
    let two = World.applied(World.plan(try World.policy(scene.rules + more), before), to: before)
    for (channel, offer) in World.offers(one) {
      #expect(zip(World.offers(two)[channel] ?? [], offer).allSatisfy { $0 <= $1 }, "seed \(seed)")
    }
  }

  /// A larger factor never lets a channel claim less.
  @Test(arguments: 0..<60 as Range<UInt64>) func aHaircutGrowsWithItsFactor(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let scene = Scene(&random)
    var last: [ChannelID: [Quantity]]?
    for percent in stride(from: 0, through: 100, by: 5) {
      let rule = World.rule("r", "when: node_outage\nnode_type: dc\nactive: true\nthen: haircut\nfactor: \(percent)%")
      let plan = World.plan(try World.policy(rule), scene.snapshot)
      let offers = World.offers(World.applied(plan, to: scene.snapshot))
      for (channel, offer) in last ?? [:] {
        #expect(zip(offer, offers[channel] ?? []).allSatisfy { $0 <= $1 }, "seed \(seed) at \(percent)%")
      }
      last = offers
    }
  }

  /// Stock that comes in at a frozen node is granted to nobody; what leaves it is taken away.
  @Test(arguments: 0..<200 as Range<UInt64>) func aFreezeOnlyFalls(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let rule = World.rule("r", "when: node_outage\nnode: west\nactive: true\nthen: freeze")
    let policy = try World.policy(rule)
    var snapshot = World.snapshot([(40, 0), (10, 0), (50, 0)])
    snapshot = World.applied(World.plan(try World.policy(""), snapshot), to: snapshot)
    var last = World.offers(snapshot)
    for _ in 0..<6 {
      let node = Int.random(in: 0..<3, using: &random)
      snapshot.positions.sellable[node] += Quantity.random(in: -20...20, using: &random)
      snapshot.items.claimed[0] = Quantity.random(in: 0...30, using: &random)
      // The item lies at the frozen node as long as anything does.
      snapshot.positions.sellable[2] = max(1, snapshot.positions.sellable[2])
      snapshot = World.applied(World.plan(policy, snapshot), to: snapshot)
      let offers = World.offers(snapshot)
      for (channel, offer) in offers {
        #expect(zip(offer, last[channel] ?? []).allSatisfy { $0 <= $1 }, "seed \(seed): \(last) → \(offers)")
      }
      #expect(World.plan(policy, snapshot).isEmpty, "seed \(seed)")
      last = offers
    }
  }
}
