import DesiredState
import Operations

/// What is the same for all items of a plan, worked out once.
///
/// A class, since all of it is three kilobytes, and the planner that holds it is handed from one function to the next for
/// each item.
final class PlanFrame: Sendable {
  let policy: Policy
  /// The snapshot as it was read.
  let whole: Snapshot
  /// The same with cells for items, where regions are named or were.
  let cells: Cells?
  /// What is planned: that of the cells, if there are any.
  let snapshot: Snapshot
  let now: Instant
  /// What each supplier's word is worth, by what was learnt of it.
  let beliefs: SupplierBeliefs
  /// The policy's index of each of the snapshot's channels; nil for a channel that is in no policy any more.
  let policyChannel: [Int?]
  let snapshotChannel: [Int32?]
  /// Beside the snapshot's traits: where what holds for them stands in `parts`.
  let partOfTraits: [Int]
  let parts: PolicyParts
  /// The same as `partOfTraits` for each region that cells are of, beside their names; what holds over all regions where one
  /// is not named.
  let partsOfRegion: [[Int]]
  /// What holds where nothing is sold.
  let closedRules: Policy.ItemPolicy
  /// Beside the snapshot's nodes.
  let nodeIsActive: [Bool]
  let nodeIsKnown: [Bool]
  let fallbacks: Fallbacks
  /// Beside the snapshot's nodes: what the fallbacks leave of them.
  let nodeShare: [Rate]
  let nodeIsFrozen: [Bool]
  let ways: Ways
  /// Orders with units on nodes that the plan of the hour may route again.
  let reconsidered: Set<OrderID>
  let reach: Reach
  /// Beside the snapshot's nodes: whether anything can leave from there for anyone, and whether anything is promised there.
  let nodeLeads: [Bool]
  let nodePromises: [Bool]
  /// The safety stock of each of the parts at each of the snapshot's nodes, for items of no own rule.
  let safetyOfPart: [[Quantity]]
  let capHour: [[Int32]]
  /// Beside the snapshot's destinations: the region that serves each; everywhere where none does.
  let regionOfDestination: [RegionID]
  let releaseCases: [SKU: [Case]]
  /// Beside the items of the snapshot that is planned: whether anybody holds or wants something of it, or a case stands or
  /// is due.
  let isBusy: ContiguousArray<Bool>
  let demandHour: Int32
  /// Whether there is anything to propose or to take back; asked once for all items.
  let isReplenishing: Bool

  init(policy: Policy, snapshot whole: Snapshot, now: Instant) {
    self.policy = policy
    self.whole = whole
    cells = Cells(whole, policy.regions)
    let snapshot = cells?.snapshot ?? whole
    self.snapshot = snapshot
    self.now = now
    beliefs = SupplierBeliefs(policy: policy, snapshot: snapshot, now: now)
    policyChannel = snapshot.channels.map { policy.channels.firstIndex(of: $0) }
    snapshotChannel = policy.channels.map { channel in snapshot.channels.firstIndex(of: channel).map { Int32($0) } }
    var parts = PolicyParts(policy)
    partOfTraits = snapshot.traits.map { parts.index(of: policy.part(of: $0), policy) }
    var partsOfRegion: [[Int]] = []
    for (region, isNamed) in zip(cells?.names ?? [], cells?.isNamed ?? []) {
      partsOfRegion.append(
        isNamed && policy.regions.areNamed
          ? snapshot.traits.map { parts.index(of: policy.part(of: $0, in: region), policy) } : partOfTraits)
    }
    self.partsOfRegion = partsOfRegion
    closedRules = Policy.ItemPolicy(
      channels: ContiguousArray(policy.channels.map { _ in .closed }), safetyStock: [])
    self.parts = parts
    nodeIsKnown = snapshot.nodes.map { policy.nodes[$0] != nil }
    nodeIsActive = snapshot.nodes.map { policy.nodes[$0]?.isActive ?? false }
    fallbacks = Fallbacks(policy: policy, snapshot: snapshot, beliefs: beliefs, now: now)
    nodeShare = snapshot.nodes.map(fallbacks.ofNode).map(\.share)
    nodeIsFrozen = snapshot.nodes.map(fallbacks.ofNode).map(\.isFrozen)
    ways = Ways(policy)
    reconsidered = policy.network.isRouting ? snapshot.reconsidered(by: policy, at: now) : []
    let reach = Reach(policy, nodes: snapshot.nodes)
    self.reach = reach
    nodeLeads = snapshot.nodes.map { reach.leads(from: $0) }
    nodePromises = zip(nodeIsActive, nodeLeads).map { $0 && $1 }
    safetyOfPart = parts.rules.map { rules in
      snapshot.nodes.map { policy.safetyStock($0, item: nil, rules: rules) }
    }
    capHour = parts.rules.map { $0.channels.map { (now - $0.capWindow).hour } }
    regionOfDestination = whole.destinations.map { policy.regions.map.region(to: $0.rawValue) ?? .everywhere }
    let releaseCases = snapshot.releaseCases(policy)
    self.releaseCases = releaseCases
    var isBusy = ContiguousArray(snapshot.items.sku.map { !releaseCases.isEmpty && releaseCases[$0] != nil })
    for items in [Array(snapshot.claims.keys), Array(snapshot.openLines.keys), Array(snapshot.cases.keys)] {
      for item in items { isBusy[Int(item)] = true }
    }
    self.isBusy = isBusy
    demandHour = (now - DemandWindow.span).hour
    isReplenishing = !policy.replenishment.isEmpty || !snapshot.proposals.isEmpty
  }
}
