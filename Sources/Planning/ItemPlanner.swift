import DesiredState
import Operations

/// Plans one item after another; what is the same for all is worked out once, and scratch arrays are used again.
struct ItemPlanner {
  let policy: Policy
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
  /// Beside the snapshot's nodes.
  let nodeIsActive: [Bool]
  let nodeIsKnown: [Bool]
  let fallbacks: Fallbacks
  /// Beside the snapshot's nodes: what the fallbacks leave of them.
  let nodeShare: [Rate]
  let nodeIsFrozen: [Bool]
  /// The safety stock of each of the parts at each of the snapshot's nodes, for items of no own rule.
  let safetyOfPart: [[Quantity]]
  let capHour: [[Int32]]
  let releaseCases: [SKU: [Case]]
  let demandHour: Int32
  /// Whether there is anything to propose or to take back; asked once for all items.
  let isReplenishing: Bool
  var named: NamedItemCursor
  var use: ContiguousArray<ChannelUse>
  var exposure = Exposure()
  var buffers = BufferTable()
  var shortfalls: [Shortfall] = []
  var reallocated: [Reallocated] = []
  var warnings = WarningTally()
  /// Of the item under way: what must leave its node.
  var freed: [FreedClaim] = []
  var unrouted = Unrouted()

  init(policy: Policy, snapshot: Snapshot, now: Instant) {
    self.policy = policy
    self.snapshot = snapshot
    self.now = now
    beliefs = SupplierBeliefs(policy: policy, snapshot: snapshot, now: now)
    policyChannel = snapshot.channels.map { policy.channels.firstIndex(of: $0) }
    snapshotChannel = policy.channels.map { channel in snapshot.channels.firstIndex(of: channel).map { Int32($0) } }
    var parts = PolicyParts(policy)
    partOfTraits = snapshot.traits.map { parts.index(of: policy.part(of: $0), policy) }
    self.parts = parts
    nodeIsKnown = snapshot.nodes.map { policy.nodes[$0] != nil }
    nodeIsActive = snapshot.nodes.map { policy.nodes[$0]?.isActive ?? false }
    fallbacks = Fallbacks(policy: policy, snapshot: snapshot, beliefs: beliefs, now: now)
    nodeShare = snapshot.nodes.map(fallbacks.ofNode).map(\.share)
    nodeIsFrozen = snapshot.nodes.map(fallbacks.ofNode).map(\.isFrozen)
    safetyOfPart = parts.rules.map { rules in
      snapshot.nodes.map { policy.safetyStock($0, item: nil, rules: rules) }
    }
    capHour = parts.rules.map { $0.channels.map { (now - $0.capWindow).hour } }
    releaseCases = snapshot.releaseCases(policy)
    demandHour = (now - DemandWindow.span).hour
    isReplenishing = !policy.replenishment.isEmpty || !snapshot.proposals.isEmpty
    named = NamedItemCursor(policy: policy)
    use = ContiguousArray(repeating: ChannelUse(), count: policy.channels.count)
  }

  /// What is the same for all items: which nodes promise, what fallbacks hold, when orders claim, and what suppliers are
  /// worth.
  func networkActions() -> [Action] {
    let nodes = snapshot.nodes.indices.compactMap { index -> Action? in
      let (node, isActive, was) = (snapshot.nodes[index], nodeIsActive[index], snapshot.nodeIsActive[index])
      return isActive == was ? nil : .setNode(node, isActive: isActive, was: was)
    }
    let channels = policy.channels.indices.compactMap { index -> Action? in
      let was = snapshotChannel[index].flatMap { snapshot.channelTerms[Int($0)] }
      return policy.terms[index] == was ? nil : .setChannel(policy.channels[index], policy.terms[index], was: was)
    }
    let isRouting = policy.network.isRouting
    let routing: [Action] =
      isRouting == snapshot.isRouting ? [] : [.setRouting(isRouting, was: snapshot.isRouting)]
    return nodes + fallbacks.actions + channels + beliefs.actions + routing
  }

  mutating func plan(_ item: Int, into actions: inout [Action]) {
    let sku = snapshot.items.sku[item]
    let part = partOfTraits[Int(snapshot.items.traits[item])]
    let namedItem = named.find(sku)
    if let namedItem, namedItem.hasChannelRules {
      var named = parts.parts[part]
      named.sku = sku
      let own = policy.policy(of: named)
      let hours = own.channels.map { (now - $0.capWindow).hour }
      plan(
        ItemInPlanning(index: item, sku: sku, rules: own, capHours: hours, safety: safetyStock(namedItem, own)),
        into: &actions)
    } else {
      let rules = parts.rules[part]
      let safety = namedItem.map { safetyStock($0, rules) } ?? safetyOfPart[part]
      plan(
        ItemInPlanning(index: item, sku: sku, rules: rules, capHours: capHour[part], safety: safety),
        into: &actions)
    }
  }

  func safetyStock(_ item: Policy.NamedItem, _ rules: Policy.ItemPolicy) -> [Quantity] {
    snapshot.nodes.map { policy.safetyStock($0, item: item, rules: rules) }
  }

  private mutating func plan(_ item: ItemInPlanning, into actions: inout [Action]) {
    var cases = releaseCases[item.sku] ?? []
    let start = actions.count
    findTrouble(item.index)
    let firstShortfall = shortfalls.count
    var stock = positions(item.index, item.sku, item.safety, &cases, into: &actions)
    gatherUse(item.index, item.rules, item.capHours)
    var book = lineBook(item.index)
    var inbound = inboundBook(item)
    handOverArrivals(&inbound, &book, item, &stock)
    let standing = stock.isFrozen ? standing(item.index) : nil
    // Of an item that is frozen nobody knows what there is to share out anew.
    if item.rules.reallocates, standing == nil, snapshot.claims[Int32(item.index)] != nil {
      reallocate(&book, item, &stock)
    } else {
      grant(item.rules, stock)
      if let standing { exposure.keepGrants(below: standing) }
      if serve(&book, item.rules, &stock) { grantAgain(item.rules, stock) }
    }
    if fillFromStock(&inbound, &book, item, &stock) { grantAgain(item.rules, stock) }
    backorder(&inbound, &book, item, stock)
    report(book, inbound, item.index, item.sku, stock.net, &cases, into: &actions)
    let late = tellPromises(inbound, book, item, &cases, into: &actions)
    if stock.debt > 0 {
      cases.append(
        Case(
          .countBelowReserved, subject: item.sku.rawValue,
          detail: "\(stock.claimed + stock.allocated) reserved, \(stock.free + stock.allocated) sellable"))
    }
    if stock.isCut, stock.claimed > stock.available {
      cases.append(
        Case(
          .fallbackActive, subject: item.sku.rawValue,
          detail: "\(stock.claimed + stock.allocated) reserved, \(stock.available + stock.allocated) count while nodes "
            + "are not taken at their word"))
    }
    exposure.publish(policy: item.rules, use: use, buffers: &buffers)
    if let standing { exposure.keepPublished(below: standing) }
    warn(item.sku)
    compareGrants(item.index, item.sku, into: &actions)
    if isReplenishing {
      replenish(
        item.index, item.sku, late: shortfalls[firstShortfall...] + late, &cases, from: start, into: &actions)
    }
    compareCases(item.index, item.sku, cases, into: &actions)
    collectUnrouted(item.index, item.safety, item.rules, from: start, actions)
  }

  /// Shares out anew after claims were made.
  mutating func grantAgain(_ rules: Policy.ItemPolicy, _ stock: ItemStock) {
    let drawn = exposure
    grant(rules, stock)
    if stock.isFrozen { exposure.keepGrants(below: drawn) }
  }

  mutating func grant(_ rules: Policy.ItemPolicy, _ stock: ItemStock) {
    exposure.grant(net: stock.net, onHand: stock.onHand, policy: rules, use: use)
  }
}

/// An item, and what holds for it.
struct ItemInPlanning {
  /// Its place in the snapshot.
  let index: Int
  let sku: SKU
  let rules: Policy.ItemPolicy
  /// Beside the policy's channels: the hour in which the window of the cap begins.
  let capHours: [Int32]
  /// Beside the snapshot's nodes.
  let safety: [Quantity]
}
