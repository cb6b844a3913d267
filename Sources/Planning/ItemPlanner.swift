import Operations

/// Plans one item after another; what is the same for all is worked out once, and scratch arrays are used again.
struct ItemPlanner {
  let policy: Policy
  let snapshot: Snapshot
  let now: Instant
  /// The policy's index of each of the snapshot's channels; nil for a channel that is in no policy any more.
  let policyChannel: [Int?]
  let snapshotChannel: [Int32?]
  /// Beside the snapshot's traits: 0 for no class, else 1 + the class.
  let classOfTraits: [Int]
  /// Beside the snapshot's nodes.
  let nodeIsActive: [Bool]
  let nodeIsKnown: [Bool]
  /// The safety stock of each class (as in `classOfTraits`) at each of the snapshot's nodes, for items of no own rule.
  let safetyOfClass: [[Quantity]]
  let capHour: [[Int32]]
  let demandHour: Int32
  /// Whether there is anything to propose or to take back; asked once for all items.
  let isReplenishing: Bool
  var named: NamedItemCursor
  var use: ContiguousArray<ChannelUse>
  var exposure = Exposure()
  var buffers = BufferTable()
  var shortfalls: [Shortfall] = []

  init(policy: Policy, snapshot: Snapshot, now: Instant) {
    self.policy = policy
    self.snapshot = snapshot
    self.now = now
    policyChannel = snapshot.channels.map { policy.channels.firstIndex(of: $0) }
    snapshotChannel = policy.channels.map { channel in snapshot.channels.firstIndex(of: channel).map { Int32($0) } }
    classOfTraits = snapshot.traits.map { traits in policy.productClass(of: traits).map { $0 + 1 } ?? 0 }
    nodeIsKnown = snapshot.nodes.map { policy.nodes[$0] != nil }
    nodeIsActive = snapshot.nodes.map { policy.nodes[$0]?.isActive ?? false }
    safetyOfClass = policy.ofClass.map { rules in
      snapshot.nodes.map { policy.safetyStock($0, item: nil, ofClass: rules) }
    }
    capHour = policy.ofClass.map { $0.channels.map { (now - $0.capWindow).hour } }
    demandHour = (now - DemandWindow.span).hour
    isReplenishing = !policy.replenishment.isEmpty || !snapshot.proposals.isEmpty
    named = NamedItemCursor(policy: policy)
    use = ContiguousArray(repeating: ChannelUse(), count: policy.channels.count)
  }

  /// What is the same for all items: which nodes promise, and when orders claim.
  func networkActions() -> [Action] {
    let nodes = snapshot.nodes.indices.compactMap { index -> Action? in
      let (node, isActive, was) = (snapshot.nodes[index], nodeIsActive[index], snapshot.nodeIsActive[index])
      return isActive == was ? nil : .setNode(node, isActive: isActive, was: was)
    }
    let channels = policy.channels.indices.compactMap { index -> Action? in
      let was = snapshotChannel[index].flatMap { snapshot.channelTerms[Int($0)] }
      return policy.terms[index] == was ? nil : .setChannel(policy.channels[index], policy.terms[index], was: was)
    }
    return nodes + channels
  }

  mutating func plan(_ item: Int, into actions: inout [Action]) {
    let sku = snapshot.items.sku[item]
    let classIndex = classOfTraits[Int(snapshot.items.traits[item])]
    let namedItem = named.find(sku)
    if let namedItem, namedItem.hasChannelRules {
      let own = policy.policy(of: sku, productClass: classIndex == 0 ? nil : classIndex - 1)
      let hours = own.channels.map { (now - $0.capWindow).hour }
      plan(item, sku, own, hours, safetyStock(namedItem, own), into: &actions)
    } else {
      let rules = policy.ofClass[classIndex]
      let safety = namedItem.map { safetyStock($0, rules) } ?? safetyOfClass[classIndex]
      plan(item, sku, rules, capHour[classIndex], safety, into: &actions)
    }
  }

  func safetyStock(_ item: Policy.NamedItem, _ rules: Policy.ItemPolicy) -> [Quantity] {
    snapshot.nodes.map { policy.safetyStock($0, item: item, ofClass: rules) }
  }

  mutating func plan(
    _ item: Int, _ sku: SKU, _ rules: Policy.ItemPolicy, _ capHours: [Int32], _ safety: [Quantity],
    into actions: inout [Action]
  ) {
    var cases: [Case] = []
    let firstShortfall = shortfalls.count
    let stock = positions(item, sku, safety, &cases, into: &actions)
    gatherUse(item, rules, capHours)
    var claimed = snapshot.items.claimed[item]
    exposure.grant(net: stock.available - claimed, onHand: stock.onHand, policy: rules, use: use)
    if let lines = snapshot.openLines[Int32(item)], !lines.isEmpty {
      let taken = allocateLines(lines, item, sku, rules, stock.available - claimed, &cases, into: &actions)
      if taken > 0 {
        claimed += taken
        exposure.grant(net: stock.available - claimed, onHand: stock.onHand, policy: rules, use: use)
      }
    }
    if claimed > stock.free {
      cases.append(
        Case(.countBelowReserved, subject: sku.rawValue, detail: "\(claimed) reserved, \(stock.free) sellable"))
    }
    exposure.publish(policy: rules, use: use, buffers: &buffers)
    compareGrants(item, sku, into: &actions)
    if isReplenishing { replenish(item, sku, late: shortfalls[firstShortfall...], &cases, into: &actions) }
    compareCases(item, sku, cases, into: &actions)
  }
}
