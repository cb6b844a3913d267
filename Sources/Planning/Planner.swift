public import Operations

extension Plan {
  /// Works out what the policy means for a snapshot: a pure function of its arguments.
  ///
  /// - Parameters:
  ///   - previous: the policy that was in force before, so that each action can say whether the policy or the world made
  ///     it; nil when nothing was in force.
  ///   - policyChanged: whether `policy` is another than the one in force.
  public init(
    policy: Policy, pin: PolicyPin, previous: Policy?, policyChanged: Bool, snapshot: Snapshot, now: Instant
  ) {
    self.policy = pin
    self.snapshotVersion = snapshot.version
    self.scope = snapshot.scope
    self.now = now
    readVersions = zip(snapshot.items.sku, snapshot.items.version).map { ($0, $1) }
    var planner = ItemPlanner(policy: policy, snapshot: snapshot, now: now)
    var actions: [Action] = planner.nodeActions()
    for item in 0..<snapshot.items.count { planner.plan(item, into: &actions) }
    shortfalls = planner.shortfalls
    guard policyChanged else {
      self.actions = actions.map { PlannedAction($0, .worldMoved) }
      return
    }
    guard let previous else {
      self.actions = actions.map { PlannedAction($0, .policyChanged) }
      return
    }
    // What the policy before would have done on the same snapshot is what the world asks for.
    var before = ItemPlanner(policy: previous, snapshot: snapshot, now: now)
    var unchanged: [Action] = before.nodeActions()
    for item in 0..<snapshot.items.count { before.plan(item, into: &unchanged) }
    let moved = Set(unchanged)
    self.actions = actions.map { PlannedAction($0, moved.contains($0) ? .worldMoved : .policyChanged) }
  }
}

/// Plans one item after another; what is the same for all is worked out once, and scratch arrays are used again.
struct ItemPlanner {
  private let policy: Policy
  private let snapshot: Snapshot
  private let now: Instant
  /// The policy's index of each of the snapshot's channels; nil for a channel that is in no policy any more.
  private let policyChannel: [Int?]
  private let snapshotChannel: [Int32?]
  /// Beside the snapshot's traits: 0 for no class, else 1 + the class.
  private let classOfTraits: [Int]
  /// Beside the snapshot's nodes.
  private let nodeIsActive: [Bool]
  private let nodeIsKnown: [Bool]
  /// The safety stock of each class (as in `classOfTraits`) at each of the snapshot's nodes, for items of no own rule.
  private let safetyOfClass: [[Quantity]]
  private let capHour: [[Int32]]
  private let demandHour: Int32
  private var named: NamedItemCursor
  private var use: ContiguousArray<ChannelUse>
  private var exposure = Exposure()
  private var buffers = BufferTable()
  private(set) var shortfalls: [Shortfall] = []

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

  func nodeActions() -> [Action] {
    snapshot.nodes.indices.compactMap { index in
      let (node, isActive, was) = (snapshot.nodes[index], nodeIsActive[index], snapshot.nodeIsActive[index])
      return isActive == was ? nil : .setNode(node, isActive: isActive, was: was)
    }
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

  private func safetyStock(_ item: Policy.NamedItem, _ rules: Policy.ItemPolicy) -> [Quantity] {
    snapshot.nodes.map { policy.safetyStock($0, item: item, ofClass: rules) }
  }

  private mutating func plan(
    _ item: Int, _ sku: SKU, _ rules: Policy.ItemPolicy, _ capHours: [Int32], _ safety: [Quantity],
    into actions: inout [Action]
  ) {
    var cases: [Case] = []
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
    if claimed > stock.sellable {
      cases.append(
        Case(.countBelowReserved, subject: sku.rawValue, detail: "\(claimed) reserved, \(stock.sellable) sellable"))
    }
    exposure.publish(policy: rules, use: use, buffers: &buffers)
    compareGrants(item, sku, into: &actions)
    compareCases(item, sku, cases, into: &actions)
  }

  /// The safety stock of each node, and the sums over nodes.
  private func positions(
    _ item: Int, _ sku: SKU, _ safety: [Quantity], _ cases: inout [Case], into actions: inout [Action]
  ) -> (available: Quantity, onHand: Quantity, sellable: Quantity) {
    var available: Quantity = 0
    var onHand: Quantity = 0
    var sellable: Quantity = 0
    for row in snapshot.positions.rows(of: item) {
      let node = Int(snapshot.positions.node[row])
      let here = snapshot.positions.sellable[row]
      onHand += snapshot.positions.onHand[row]
      sellable += here
      let was = snapshot.positions.safetyStock[row]
      if safety[node] != was { actions.append(.setSafetyStock(sku, snapshot.nodes[node], safety[node], was: was)) }
      if here < 0 {
        available += here
        cases.append(Self.case(.negativeStock, sku, snapshot.nodes[node], "\(here) sellable: more left than was there"))
      }
      if here > 0, !nodeIsKnown[node] {
        cases.append(Self.case(.unknownNode, sku, snapshot.nodes[node], "\(here) units at a node that no Node names"))
      }
      guard nodeIsActive[node] else { continue }
      available += max(0, here - snapshot.positions.allocated[row] - safety[node])
    }
    return (available, onHand, sellable)
  }

  private static func `case`(_ kind: Case.Kind, _ sku: SKU, _ node: NodeID, _ detail: String) -> Case {
    Case(kind, subject: "\(sku) at \(node)", detail: detail)
  }

  private mutating func gatherUse(_ item: Int, _ rules: Policy.ItemPolicy, _ capHours: [Int32]) {
    for index in use.indices { use[index] = ChannelUse() }
    for row in snapshot.grants.rows(of: item) {
      guard let channel = policyChannel[Int(snapshot.grants.channel[row])] else { continue }
      guard let protection = rules.channels[channel].protection, !protection.window.isBounded else { continue }
      use[channel].consumed = snapshot.grants.activeProtected[row]
    }
    for row in snapshot.usage.rows(of: item) {
      let hour = snapshot.usage.hour[row]
      let claimed = snapshot.usage.claimed[row]
      for index in capHours.indices where hour >= capHours[index] { use[index].usedByAll += claimed }
      guard let channel = policyChannel[Int(snapshot.usage.channel[row])] else { continue }
      if hour >= capHours[channel] { use[channel].used += claimed }
      if hour >= demandHour { use[channel].soldFromShared += claimed - snapshot.usage.protected[row] }
      guard let window = rules.channels[channel].protection?.window, window.isBounded,
        window.contains(hourFrom: hour)
      else { continue }
      use[channel].consumed += snapshot.usage.protected[row]
      use[channel].consumedShipped += snapshot.usage.protectedShipped[row]
    }
  }

  /// - Returns: the units that were claimed.
  private mutating func allocateLines(
    _ lines: [OpenLine], _ item: Int, _ sku: SKU, _ rules: Policy.ItemPolicy, _ net: Quantity, _ cases: inout [Case],
    into actions: inout [Action]
  ) -> Quantity {
    let channels = lines.map { line in policy.channels.firstIndex(of: line.channel) }
    let results = allocate(
      lines, channels: channels, ranks: { rules.channels[$0].rank }, grants: &exposure.grants,
      shared: &exposure.shared)
    var taken: Quantity = 0
    var missing: [(line: OpenLine, units: Quantity)] = []
    for (index, result) in results.enumerated() {
      let line = lines[index]
      for claim in result.claims {
        actions.append(.claim(sku, claim))
        taken += claim.quantity
        count(claim, channels[index])
      }
      let subject = "\(line.order)/\(line.line)"
      if channels[index] == nil {
        cases.append(Case(.unknownChannel, subject: subject, detail: "no Channel is named '\(line.channel)'"))
      } else if result.missing > 0 {
        cases.append(
          Case(.shortage, subject: subject, detail: "\(result.missing) units are not covered"))
        missing.append((line, result.missing))
      }
    }
    expect(missing, item, sku, net - taken)
    return taken
  }

  /// Counts a planned claim as the store will count it, so that the grants that follow are those of the next plan too.
  private mutating func count(_ claim: PlannedClaim, _ channel: Int?) {
    guard let channel else { return }
    use[channel].used += claim.quantity
    for index in use.indices { use[index].usedByAll += claim.quantity }
    if claim.pool.isProtected {
      use[channel].consumed += claim.quantity
    } else {
      use[channel].soldFromShared += claim.quantity
    }
  }

  /// When supply is expected to cover what is missing: line after line, each behind those before it.
  private mutating func expect(
    _ missing: [(line: OpenLine, units: Quantity)], _ item: Int, _ sku: SKU, _ net: Quantity
  ) {
    guard !missing.isEmpty else { return }
    let supply = (snapshot.inbound[Int32(item)] ?? []).flatMap { line in
      policy.suppliers[line.supplier]?.expected(line, now: now).map { ($0.at, $0.units) } ?? []
    }
    let curve = LookAheadATP(start: now, onHand: min(0, net), supply: supply, demand: [])
    var wanted: Quantity = 0
    for (line, units) in missing {
      wanted += units
      shortfalls.append(
        Shortfall(
          sku: sku, order: line.order, line: line.line, units: units, expectedAt: curve.firstMoment(for: wanted)))
    }
  }

  private func compareGrants(_ item: Int, _ sku: SKU, into actions: inout [Action]) {
    let rows = snapshot.grants.rows(of: item)
    var row = rows.lowerBound
    for channel in policy.channels.indices {
      // Channels that left the policy keep their claims and can make no new ones.
      while row < rows.upperBound, policyChannel[Int(snapshot.grants.channel[row])] == nil {
        compareClosed(row, sku, into: &actions)
        row += 1
      }
      let isKnown = row < rows.upperBound && snapshotChannel[channel] == snapshot.grants.channel[row]
      let grant = exposure.grants[channel]
      let wasGrant = isKnown ? snapshot.grants.grant[row] : nil
      if grant != wasGrant { actions.append(.setGrant(sku, policy.channels[channel], grant, was: wasGrant)) }
      let units = exposure.published[channel]
      let was = isKnown ? snapshot.grants.published[row] : nil
      if units != was { actions.append(.publish(sku, policy.channels[channel], units, was: was)) }
      if isKnown { row += 1 }
    }
    while row < rows.upperBound {
      compareClosed(row, sku, into: &actions)
      row += 1
    }
    let shared = snapshot.items.shared[item]
    if exposure.shared != shared { actions.append(.setShared(sku, exposure.shared, was: shared)) }
  }

  private func compareClosed(_ row: Int, _ sku: SKU, into actions: inout [Action]) {
    let channel = snapshot.channels[Int(snapshot.grants.channel[row])]
    let closed = Grant(protected: 0, capLeft: 0, mayUseShared: false)
    let grant = snapshot.grants.grant[row]
    if grant != closed { actions.append(.setGrant(sku, channel, closed, was: grant)) }
    let published = snapshot.grants.published[row]
    if published != 0 { actions.append(.publish(sku, channel, 0, was: published)) }
  }

  /// Cases that a plan opens, it also closes when their reason is gone; others stay until a person closes them.
  private func compareCases(_ item: Int, _ sku: SKU, _ wanted: [Case], into actions: inout [Action]) {
    let open = snapshot.cases[Int32(item)] ?? []
    guard !open.isEmpty || !wanted.isEmpty else { return }
    for one in open where one.kind != .overShipped {
      if !wanted.contains(where: { $0.kind == one.kind && $0.subject == one.subject }) {
        actions.append(.closeCase(sku, one))
      }
    }
    for one in wanted where !open.contains(one) { actions.append(.openCase(sku, one)) }
  }
}

/// Walks the items that the policy names beside the snapshot's items: both are sorted, so no item is looked up twice.
struct NamedItemCursor {
  private let skus: ContiguousArray<SKU>
  private let items: ContiguousArray<Policy.NamedItem>
  private var next = 0

  init(policy: Policy) {
    skus = policy.namedItems
    items = policy.namedBy
  }

  /// What the policy says of an item that is not before the one asked for last.
  mutating func find(_ sku: SKU) -> Policy.NamedItem? {
    guard next < skus.count, skus[next] <= sku else { return nil }
    var step = 1
    while next + step < skus.count, skus[next + step] <= sku { step *= 2 }
    var low = next + step / 2
    var high = min(next + step, skus.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if skus[middle] <= sku { low = middle } else { high = middle }
    }
    next = low
    return skus[low] == sku ? items[low] : nil
  }
}
