import DesiredState
import Operations

/// Plans one item after another; what is the same for all is worked out once, and scratch arrays are used again.
struct ItemPlanner {
  let policy: Policy
  /// The snapshot as it was read.
  let whole: Snapshot
  /// The same with cells for items, where regions are named or were.
  let cells: Cells?
  /// What is planned: that of the cells, if there are any.
  private(set) var snapshot: Snapshot
  let now: Instant
  /// What each supplier's word is worth, by what was learnt of it.
  let beliefs: SupplierBeliefs
  /// The policy's index of each of the snapshot's channels; nil for a channel that is in no policy any more.
  let policyChannel: [Int?]
  let snapshotChannel: [Int32?]
  /// Beside the snapshot's traits: where what holds for them stands in `parts`.
  let partOfTraits: [Int]
  let parts: PolicyParts
  /// The same as `partOfTraits` for each region that is named.
  let partsOfRegion: [RegionID: [Int]]
  /// What holds where nothing is sold.
  let closedRules: Policy.ItemPolicy
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
  var drifts: [Drift] = []
  var warnings = WarningTally()
  /// Of the item under way: what must leave its node.
  var freed: [FreedClaim] = []
  /// The region of the cell under way, and what caps over all regions leave of its item.
  var region = RegionID.everywhere
  var overall: OverallCaps?
  var unrouted = Unrouted()

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
    partsOfRegion =
      policy.regions.areNamed
      ? Dictionary(
        uniqueKeysWithValues: policy.regions.names.map { region in
          (region, snapshot.traits.map { parts.index(of: policy.part(of: $0, in: region), policy) })
        }) : [:]
    closedRules = Policy.ItemPolicy(
      channels: ContiguousArray(policy.channels.map { _ in .closed }), safetyStock: [])
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
    let map = policy.regions.map
    let regions: [Action] = map == snapshot.regionMap ? [] : [.setRegions(map, was: snapshot.regionMap)]
    return regions + nodes + fallbacks.actions + channels + beliefs.actions + routing
  }

  /// - Parameter item: a place in the whole snapshot.
  mutating func plan(_ item: Int, into actions: inout [Action]) {
    guard let cells else { return plan(itemInPlanning(item), into: &actions) }
    actions += cells.moves[item].map { .moveClaim(whole.items.sku[item], $0) }
    plan(cells.ofItem[item], of: item, into: &actions)
  }

  mutating func itemInPlanning(_ item: Int) -> ItemInPlanning {
    var planned = rules(of: snapshot.items.sku[item], partOfTraits[Int(snapshot.items.traits[item])])
    planned.index = item
    return planned
  }

  /// What holds for an item that belongs to a part of the catalogue.
  mutating func rules(of sku: SKU, _ part: Int) -> ItemInPlanning {
    let namedItem = named.find(sku)
    if let namedItem, namedItem.hasChannelRules {
      var named = parts.parts[part]
      named.sku = sku
      let own = policy.policy(of: named)
      let hours = own.channels.map { (now - $0.capWindow).hour }
      return ItemInPlanning(sku: sku, rules: own, capHours: hours, safety: safetyStock(namedItem, own))
    }
    let rules = parts.rules[part]
    let safety = namedItem.map { safetyStock($0, rules) } ?? safetyOfPart[part]
    return ItemInPlanning(sku: sku, rules: rules, capHours: capHour[part], safety: safety)
  }

  func safetyStock(_ item: Policy.NamedItem, _ rules: Policy.ItemPolicy) -> [Quantity] {
    snapshot.nodes.map { policy.safetyStock($0, item: item, rules: rules) }
  }

  private mutating func plan(_ item: ItemInPlanning, into actions: inout [Action]) {
    let (start, firstShortfall) = (actions.count, shortfalls.count)
    var work = open(item, into: &actions)
    allocate(&work)
    let late = conclude(&work, into: &actions)
    finish(
      item.index, item.sku, work.cases, canSell: canSell, shortfalls[firstShortfall...] + late, from: start,
      into: &actions)
    collectUnrouted(item.index, item.safety, item.rules, from: start, actions)
  }

  /// What there is and who wants it.
  mutating func open(_ item: ItemInPlanning, into actions: inout [Action]) -> ItemWork {
    var cases = item.isLead ? releaseCases[item.sku] ?? [] : []
    findTrouble(item.index)
    let stock = positions(item.index, item.sku, item.safety, &cases, into: &actions)
    gatherUse(item.index, item.rules, item.capHours)
    var work = ItemWork(
      item: item, cases: cases, stock: stock, book: lineBook(item.index), inbound: inboundBook(item),
      standing: stock.isFrozen ? standing(item.index) : nil)
    handOverArrivals(&work.inbound, &work.book, item, &work.stock)
    return work
  }

  /// Who gets what.
  mutating func allocate(_ work: inout ItemWork) {
    let item = work.item
    // Of an item that is frozen nobody knows what there is to share out anew.
    if item.rules.reallocates, work.standing == nil, snapshot.claims[Int32(item.index)] != nil {
      reallocate(&work.book, item, &work.stock)
    } else {
      grant(item.rules, work.stock)
      if let standing = work.standing { exposure.keepGrants(below: standing) }
      if serve(&work.book, item.rules, &work.stock) { grantAgain(item.rules, work.stock) }
    }
    if fillFromStock(&work.inbound, &work.book, item, &work.stock) { grantAgain(item.rules, work.stock) }
    backorder(&work.inbound, &work.book, item, work.stock)
  }

  /// What that means for the lines and the channels.
  /// - Returns: first promises that goods come too late for.
  mutating func conclude(_ work: inout ItemWork, into actions: inout [Action]) -> [Shortfall] {
    let (item, stock) = (work.item, work.stock)
    report(work.book, work.inbound, item, stock.net, &work.cases, into: &actions)
    let late = tellPromises(work.inbound, work.book, item, &work.cases, into: &actions)
    if stock.debt > 0 {
      work.cases.append(
        Case(
          .countBelowReserved, subject: name(item),
          detail: "\(stock.claimed + stock.allocated) reserved, \(stock.free + stock.allocated) sellable"))
    }
    if stock.isCut, stock.claimed > stock.available {
      work.cases.append(
        Case(
          .fallbackActive, subject: name(item),
          detail: "\(stock.claimed + stock.allocated) reserved, \(stock.available + stock.allocated) count while nodes "
            + "are not taken at their word"))
    }
    exposure.publish(policy: item.rules, use: use, buffers: &buffers, limits: overall)
    if let standing = work.standing { exposure.keepPublished(below: standing) }
    if item.isNamed { warn(item.sku) }
    compareGrants(item, into: &actions)
    compareListings(item, &work.cases, into: &actions)
    return late
  }

  /// What an item has only once, however many regions it is sold in.
  /// - Parameters:
  ///   - item: a place in the whole snapshot.
  ///   - canSell: whether some channel can sell it.
  ///   - late: the item's shortfalls, and promises that goods come too late for.
  ///   - start: where the item's actions begin.
  mutating func finish(
    _ item: Int, _ sku: SKU, _ cases: [Case], canSell: Bool, _ late: ArraySlice<Shortfall>, from start: Int,
    into actions: inout [Action]
  ) {
    var cases = cases
    if isReplenishing {
      let parts = snapshot
      snapshot = whole
      replenish(item, sku, late: late, canSell: canSell, &cases, from: start, into: &actions)
      snapshot = parts
    }
    compareCases(cells?.ofItem[item].lowerBound ?? item, sku, cases, into: &actions)
  }

  /// Whether some channel can sell what is under way.
  var canSell: Bool {
    let grants = overall?.limited(exposure.grants) ?? exposure.grants
    return grants.contains { $0.available(shared: exposure.shared) > 0 }
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

/// An item, or what it has in one region, and what holds for it.
struct ItemInPlanning {
  /// Its place in the snapshot that is planned.
  var index = 0
  let sku: SKU
  var rules: Policy.ItemPolicy
  /// Beside the policy's channels: the hour in which the window of the cap begins.
  var capHours: [Int32]
  /// Beside the snapshot's nodes.
  let safety: [Quantity]
  var region = RegionID.everywhere
  /// Whether it is the first of its item, which keeps what an item has only once.
  var isLead = true
  /// Whether anything is sold there by the policy.
  var isNamed = true

  init(sku: SKU, rules: Policy.ItemPolicy, capHours: [Int32], safety: [Quantity]) {
    self.sku = sku
    self.rules = rules
    self.capHours = capHours
    self.safety = safety
  }
}

/// An item while its plan is made.
struct ItemWork {
  let item: ItemInPlanning
  var cases: [Case]
  var stock: ItemStock
  var book: LineBook
  var inbound: InboundBook
  /// What was granted and published, where that may only fall.
  let standing: Exposure?
}
