import DesiredState
import Operations
import Planning

/// What it costs that a company sells by region, and that each line that is short is told why.
enum RegionBenchmark {
  /// A full plan of a company with four regions, over one of the same stock where none is named.
  static func run(_ workshop: Workshop) async -> [Comparison] {
    let items = workshop.positions / 50
    let (regional, whole) = (RegionalWorld(items: items, regions: 4), RegionalWorld(items: items, regions: 0))
    return [
      await Comparison(
        "full plan by 4 regions, \(items * 5) positions x 8 channels", over: "the same stock without regions",
        rounds: workshop.rounds, note: "each region has its own safety stock, backorder rule and share shown",
        measured: { _ = regional.plan() }, baseline: { _ = whole.plan() })
    ]
  }
}

/// What it costs to tell why lines are short.
enum ShortLinesBenchmark {
  static func run(_ workshop: Workshop) async -> [Comparison] {
    let world = workshop.settledWorld()
    let lines = workshop.isSmall ? 500 : 10_000
    var snapshot = world.snapshot
    snapshot.takeAway(every: snapshot.items.count / lines)
    snapshot.settle(world.plan(snapshot).actions.map(\.action))
    let quiet = snapshot
    snapshot.wait(every: snapshot.items.count / lines)
    let cases = world.plan(snapshot).actions.count { if case .openCase = $0.action { true } else { false } }
    expect(cases == lines, "\(cases) of \(lines) lines are short")
    return [
      await Comparison(
        "full plan with \(lines) short lines, told why", over: "the same plan without those lines",
        rounds: workshop.rounds, note: "each line gets a case with its reasons",
        measured: { _ = world.plan(snapshot) }, baseline: { _ = world.plan(quiet) })
    ]
  }
}

/// A company for which a plan finds nothing to do.
private struct RegionalWorld {
  let policy: Policy
  private(set) var snapshot: Snapshot

  init(items: Int, regions: Int) {
    let world = SyntheticWorld(items: items, nodes: 5, channels: 8, regions: regions)
    let state = world.desiredState()
    policy = Policy(state, at: SyntheticWorld.now)
    snapshot = world.snapshot()
    let actions = plan().actions.map(\.action)
    if regions == 0 { snapshot.settle(actions) } else { snapshot.settleRegions(actions) }
    let rest = plan().actions
    expect(rest.isEmpty, "a settled world asks for \(rest.prefix(3))")
  }

  func plan() -> Plan {
    Plan(
      policy: policy, pin: PolicyPin(commit: "bench", tree: "bench", version: 1), previous: nil, policyChanged: false,
      snapshot: snapshot, now: SyntheticWorld.now)
  }
}

extension Snapshot {
  private func places(every step: Int) -> StrideTo<Int> { stride(from: 0, to: items.count / step * step, by: step) }

  /// Nothing is left of some items, and nobody holds any of them.
  fileprivate mutating func takeAway(every step: Int) {
    for item in places(every: step) {
      for row in positions.rows(of: item) { (positions.onHand[row], positions.sellable[row]) = (0, 0) }
      for row in grants.rows(of: item) { grants.activeShared[row] = 0 }
      items.claimed[item] = 0
    }
  }

  /// An order waits for each of those items.
  fileprivate mutating func wait(every step: Int) {
    for item in places(every: step) {
      let order = OrderID("O-\(10_000_000 + item)")
      let channel = channels[item / step % channels.count]
      openLines[Int32(item)] = [
        OpenLine(order: order, line: "1", channel: channel, open: 3, placedAt: SyntheticWorld.now)
      ]
      orders[order] = SnapshotOrder(
        channel: channel, placedAt: SyntheticWorld.now, units: 3, unshipped: 3, claimed: 0, leadItem: items.sku[item])
    }
  }

  /// The same where regions are named: each item has a row of each channel in each of them.
  fileprivate mutating func settleRegions(_ actions: [Action]) {
    var names: [RegionID] = []
    struct Seller: Hashable {
      var sku: SKU
      var channel: ChannelID
      var region: RegionID
    }
    let places = Dictionary(uniqueKeysWithValues: zip(items.sku, 0...))
    var grant: [Seller: Grant] = [:]
    var published: [Seller: Quantity] = [:]
    var shared: [SKU: [RegionID: Quantity]] = [:]
    for action in actions {
      switch action {
      case .setChannel(let channel, let terms, _): channels.firstIndex(of: channel).map { channelTerms[$0] = terms }
      case .setGrant(let sku, let channel, let new, _, let region):
        grant[Seller(sku: sku, channel: channel, region: region)] = new
      case .publish(let sku, let channel, let new, _, let region):
        published[Seller(sku: sku, channel: channel, region: region)] = new
      case .setShared(let sku, let new, _, let region): shared[sku, default: [:]][region] = new
      case .setSafetyStock(let sku, let node, let units, _):
        for row in positions.rows(of: places[sku] ?? 0) where nodes[Int(positions.node[row])] == node {
          positions.safetyStock[row] = units
        }
      case .setRegions(let map, _):
        regionMap = map
        names = Set(map.nodes.values).sorted()
      case .setNode(let node, let isActive, _): nodes.firstIndex(of: node).map { nodeIsActive[$0] = isActive }
      default: break
      }
    }
    (regions, grants) = (names, GrantColumns())
    for item in 0..<items.count {
      let sku = items.sku[item]
      pools[Int32(item)] = names.map { ($0, RegionPool(shared: shared[sku]?[$0] ?? 0)) }
      for channel in channels.indices {
        for (place, region) in ([.everywhere] + names).enumerated() {
          let seller = Seller(sku: sku, channel: channels[channel], region: region)
          // Only caps over all regions stand outside of them.
          guard grant[seller] != nil || published[seller] != nil else { continue }
          grants.channel.append(Int32(channel))
          grants.region.append(Int32(place - 1))
          grants.grant.append(grant[seller])
          grants.published.append(published[seller])
          grants.activeProtected.append(0)
          grants.activeShared.append(0)
        }
      }
      grants.starts.append(Int32(grants.channel.count))
    }
  }
}
