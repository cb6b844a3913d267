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
  var named: NamedItemCursor
  var use: ContiguousArray<ChannelUse>
  var exposure = Exposure()
  var buffers = BufferTable()
  var shortfalls: [Shortfall] = []
  var reallocated: [Reallocated] = []
  var warnings = WarningTally()

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
      plan(
        ItemInPlanning(index: item, sku: sku, rules: own, capHours: hours, safety: safetyStock(namedItem, own)),
        into: &actions)
    } else {
      let rules = policy.ofClass[classIndex]
      let safety = namedItem.map { safetyStock($0, rules) } ?? safetyOfClass[classIndex]
      plan(
        ItemInPlanning(index: item, sku: sku, rules: rules, capHours: capHour[classIndex], safety: safety),
        into: &actions)
    }
  }

  func safetyStock(_ item: Policy.NamedItem, _ rules: Policy.ItemPolicy) -> [Quantity] {
    snapshot.nodes.map { policy.safetyStock($0, item: item, ofClass: rules) }
  }

  private mutating func plan(_ item: ItemInPlanning, into actions: inout [Action]) {
    var cases: [Case] = []
    var stock = positions(item.index, item.sku, item.safety, &cases, into: &actions)
    gatherUse(item.index, item.rules, item.capHours)
    var book = lineBook(item.index)
    if item.rules.reallocates, snapshot.claims[Int32(item.index)] != nil {
      reallocate(&book, item, &stock)
    } else {
      grant(item.rules, stock)
      if serve(&book, item.rules, &stock) { grant(item.rules, stock) }
    }
    report(book, item.index, item.sku, stock.net, &cases, into: &actions)
    if stock.debt > 0 {
      cases.append(
        Case(
          .countBelowReserved, subject: item.sku.rawValue, detail: "\(stock.claimed) reserved, \(stock.free) sellable"))
    }
    exposure.publish(policy: item.rules, use: use, buffers: &buffers)
    warn(item.sku)
    compareGrants(item.index, item.sku, into: &actions)
    compareCases(item.index, item.sku, cases, into: &actions)
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
