import DesiredState
import Operations

/// Plans one item after another. What is the same for all stands in the frame; scratch arrays are used again.
struct ItemPlanner {
  let frame: PlanFrame
  var findings = PlanFindings()
  var named: NamedItemCursor
  var use: ContiguousArray<ChannelUse>
  var exposure = Exposure()
  /// Of the item under way, beside the channels that cannot have everything: what could leave for their orders.
  var reachable: ContiguousArray<Quantity>
  var buffers = BufferTable()
  /// Of the item under way: what must leave its node.
  var freed: [FreedClaim] = []
  /// The region of the cell under way, and what caps over all regions leave of its item.
  var region = RegionID.everywhere
  var overall: OverallCaps?
  /// What the last item that nobody asked anything of has left of them: their room is used again.
  var spareCaps: OverallCaps?
  var quietCells: [ItemInPlanning] = []
  /// The order of which is kept why lines of it are not covered; nil for none.
  var explaining: OrderID?
  /// The item of which is kept what is there and what is to come; nil for none.
  var scheduling: ScheduleRequest?

  init(policy: Policy, snapshot: Snapshot, now: Instant) {
    frame = PlanFrame(policy: policy, snapshot: snapshot, now: now)
    named = NamedItemCursor(policy: policy)
    use = ContiguousArray(repeating: ChannelUse(), count: policy.channels.count)
    reachable = ContiguousArray(repeating: 0, count: frame.reach.narrow.count)
  }

  var policy: Policy { frame.policy }
  var whole: Snapshot { frame.whole }
  var cells: Cells? { frame.cells }
  var snapshot: Snapshot { frame.snapshot }
  var now: Instant { frame.now }
  var beliefs: SupplierBeliefs { frame.beliefs }
  var policyChannel: [Int?] { frame.policyChannel }
  var snapshotChannel: [Int32?] { frame.snapshotChannel }
  var partOfTraits: [Int] { frame.partOfTraits }
  var parts: PolicyParts { frame.parts }
  var closedRules: Policy.ItemPolicy { frame.closedRules }
  var nodeIsActive: [Bool] { frame.nodeIsActive }
  var nodeIsKnown: [Bool] { frame.nodeIsKnown }
  var nodeLeads: [Bool] { frame.nodeLeads }
  var nodePromises: [Bool] { frame.nodePromises }
  var reach: Reach { frame.reach }
  var fallbacks: Fallbacks { frame.fallbacks }
  var nodeShare: [Rate] { frame.nodeShare }
  var nodeIsFrozen: [Bool] { frame.nodeIsFrozen }
  var safetyOfPart: [[Quantity]] { frame.safetyOfPart }
  var capHour: [[Int32]] { frame.capHour }
  var releaseCases: [SKU: [Case]] { frame.releaseCases }
  var demandHour: Int32 { frame.demandHour }
  var isReplenishing: Bool { frame.isReplenishing }

  /// What is the same for all items: which nodes promise, what fallbacks hold, when orders claim, and what suppliers are
  /// worth.
  func networkActions() -> [Action] {
    let nodes = snapshot.nodes.indices.compactMap { index -> Action? in
      let (node, isActive, was) = (snapshot.nodes[index], nodePromises[index], snapshot.nodeIsActive[index])
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
    for move in cells.moves[item] ?? [] { actions.append(.moveClaim(whole.items.sku[item], move)) }
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

  private mutating func plan(_ item: consuming ItemInPlanning, into actions: inout [Action]) {
    let (start, firstShortfall) = (actions.count, findings.shortfalls.count)
    if !frame.isBusy[item.index], scheduling == nil, planQuiet(item, into: &actions) { return }
    var work = open(item, into: &actions)
    allocate(&work)
    waitForGoods(&work)
    let late = conclude(&work, into: &actions)
    finish(
      work.item.index, work.item.sku, work.cases, canSell: isReplenishing && canSell, late, since: firstShortfall,
      from: start, into: &actions)
    collectUnrouted(work.item.index, work.item.safety, work.item.rules, from: start, actions)
  }

  /// What there is and who wants it.
  mutating func open(_ item: consuming ItemInPlanning, into actions: inout [Action]) -> ItemWork {
    var cases = item.isLead ? releaseCases[item.sku] ?? [] : []
    findTrouble(item)
    var stock = positions(item.index, item.sku, item.safety, &cases, into: &actions)
    gatherUse(item.index, item.rules, item.capHours)
    var book = lineBook(item.index)
    var inbound = inboundBook(item)
    if inbound.isWaiting { handOverArrivals(&inbound, &book, item, &stock) }
    return ItemWork(
      item: item, cases: cases, stock: stock, book: book, inbound: inbound,
      standing: stock.isFrozen ? standing(item.index) : nil)
  }

  /// Who gets what of what is there.
  mutating func allocate(_ work: inout ItemWork) {
    // Of an item that is frozen nobody knows what there is to share out anew.
    if work.item.rules.reallocates, work.standing == nil, snapshot.claims[Int32(work.item.index)] != nil {
      reallocate(&work)
    } else {
      grant(work.item.rules, work.stock)
      if let standing = work.standing { exposure.keepGrants(below: standing) }
      if serveInTurn(&work) { grantAgain(work.item.rules, work.stock) }
    }
  }

  /// Who waits no longer for goods to come, and who waits from now on.
  mutating func waitForGoods(_ work: inout ItemWork) {
    fillFromStock(&work)
    backorder(&work.inbound, &work.book, work.item, work.stock)
  }

  /// - Returns: whether anyone waits no longer.
  @discardableResult
  mutating func fillFromStock(_ work: inout ItemWork) -> Bool {
    let hasMoved = fillFromStock(&work.inbound, &work.book, work.item, &work.stock)
    if hasMoved { grantAgain(work.item.rules, work.stock) }
    return hasMoved
  }

  /// What that means for the lines and the channels.
  /// - Returns: first promises that goods come too late for.
  mutating func conclude(_ work: inout ItemWork, into actions: inout [Action]) -> [Shortfall] {
    let stock = work.stock
    explain(work)
    keepSchedule(of: work)
    work.cases += report(work, into: &actions)
    let late = tellPromises(work.inbound, work.book, work.item, &work.cases, into: &actions)
    work.cases += overdueTransfers(work.item.index)
    // Stock below zero that nobody holds is a case of its node.
    if stock.debt > 0, stock.claimed + stock.allocated > 0 {
      work.cases.append(
        Case(
          .countBelowReserved, subject: name(work.item),
          detail: "\(stock.claimed + stock.allocated) reserved, \(stock.free + stock.allocated) sellable"))
    }
    if stock.isCut, stock.claimed > stock.available {
      work.cases.append(
        Case(
          .fallbackActive, subject: name(work.item),
          detail: "\(stock.claimed + stock.allocated) reserved, \(stock.available + stock.allocated) count while some "
            + "nodes do not"))
    }
    exposure.publish(offered(work.item.rules), policy: work.item.rules, use: use, buffers: &buffers)
    if let standing = work.standing { exposure.keepPublished(below: standing) }
    noteUnmet(work.item, stock, work.inbound, into: &work.cases)
    compareGrants(work.item, into: &actions)
    if !snapshot.listings.isEmpty { compareListings(work.item, &work.cases, into: &actions) }
    return late
  }

  /// What an item has only once, however many regions it is sold in.
  /// - Parameters:
  ///   - item: a place in the whole snapshot.
  ///   - canSell: whether some channel can sell it; asked where stock is replenished.
  ///   - late: promises that goods come too late for.
  ///   - cells: what the plans of its cells left, where items are bought by region.
  ///   - firstShortfall: where the item's shortfalls begin.
  ///   - start: where the item's actions begin.
  mutating func finish(
    _ item: Int, _ sku: SKU, _ cases: [Case], canSell: Bool, _ late: [Shortfall], _ cells: [PlannedCell] = [],
    since firstShortfall: Int, from start: Int, into actions: inout [Action]
  ) {
    var cases = cases
    let late = findings.shortfalls[firstShortfall...] + late
    if isReplenishing || !late.isEmpty {
      replenish(item, sku, late: late, canSell: canSell, cells, &cases, from: start, into: &actions)
    }
    compareCases(self.cells?.ofItem[item].lowerBound ?? item, sku, cases, into: &actions)
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
