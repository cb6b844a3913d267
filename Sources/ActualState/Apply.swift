import Digest
public import Operations

extension Store {
  /// Applies a plan in one transaction: all of it, once, and only onto the world that it was made for.
  /// - Parameter moment: when that is, for channels are told no sooner; the plan's own moment if left out.
  public func apply(_ application: Application, at moment: Instant? = nil) throws -> ApplyOutcome {
    try transaction {
      if try wasApplied(application.key) { return .alreadyApplied }
      if let conflict = try conflict(application) { return .conflict(conflict) }
      // What could not be recorded must not be done.
      let end = try checkedAuditHead()
      let isCurrent = try version() == application.snapshotVersion
      let told = max(application.now, moment ?? application.now)
      for group in groups(application.actions) {
        try perform(group, at: application.now, told: told, by: application.pin.commit)
      }
      try clearDirtyMarks(of: isCurrent && application.fullPlan ? nil : application.readVersions.map(\.sku))
      if isCurrent { try clearSupplierMarks() }
      if application.fullPlan {
        try set(.fullPlanAt, String(application.now.milliseconds))
        if isCurrent { try set(.labourFreed, nil) }
        try forgetLoads(before: LocalDate(days: Int64(application.now.day) - Self.daysOfLoad))
        if let hour = application.usageFloor { try raiseUsageFloor(to: hour) }
      }
      if let spent = application.spent { try set(.spent, spent.json.canonical) }
      if let authors = application.authors {
        try set(.authors, JSONValue.array(authors.map { .string($0) }).canonical)
      }
      if let holds = application.holds { try set(.holds, holds.after.json.canonical) }
      guard let draft = application.record else { return .applied(record: nil) }
      if application.pin != application.expectedPin {
        try set(.formerTrees, application.formerTrees.json.canonical)
        try set(.pin, application.pin.json.canonical)
        try set(.refused, nil)
        if !application.reviewCases.isEmpty { try set(try reviewCases() + application.reviewCases) }
        if let root = application.trustRoot { try set(.trustRoot, root) }
      }
      if let observed = application.observed { try set(.observed, observed.description) }
      let record = try append(draft, after: end)
      try recordApplied(application.key, record: record.sequence)
      try announcePublications(of: application, record: record.sequence)
      try announceProposals(of: application, record: record.sequence)
      try announcePromises(of: application, record: record.sequence)
      return .applied(record: record.sequence)
    }
  }

  /// How long what was routed for a node's day is kept, so that nobody's today is forgotten wherever they are.
  private static var daysOfLoad: Int64 { 7 }

  /// Tells whoever delivers publications that there are some. What is to be told again is no news, and so is written out.
  private func announcePublications(of application: Application, record: Int64) throws {
    let published = application.actions.count { if case .publish = $0 { true } else { false } }
    let healed = application.actions.filter { if case .heal = $0 { true } else { false } }
    guard published > 0 || !healed.isEmpty else { return }
    var payload: [String: JSONValue] = [
      "plan": .string(application.planDigest.description), "publications": .integer(Int64(published)),
    ]
    if !healed.isEmpty { payload["told_again"] = .array(healed.map(\.json)) }
    try append(OutboxRow(record: record, payload: .object(payload)))
  }

  /// Tells the buyers of every proposal that is new or changed.
  private func announceProposals(of application: Application, record: Int64) throws {
    for action in application.actions {
      guard case .propose(let sku, let proposal, _) = action else { continue }
      try append(
        OutboxRow(
          record: record,
          key: "purchase_proposal/\(sku.rawValue.utf8.count):\(sku)/\(proposal.kind.rawValue)"
            + (proposal.region.isEverywhere ? "" : "/\(proposal.region)") + "/\(record)",
          payload: [
            "kind": "purchase_proposal", "plan": .string(application.planDigest.description),
            "sku": .string(sku.rawValue), "proposal": proposal.json,
          ]))
    }
  }

  private func conflict(_ application: Application) throws -> String? {
    guard try pin() == application.expectedPin else { return "a different policy took effect meanwhile" }
    if let holds = application.holds, try self.holds() != holds.before { return "the pending holds have changed" }
    for node in application.silentNodes.keys.sorted() where try heardAt(node) != application.silentNodes[node] {
      return "the node '\(node)' has reported since the plan treated it as silent"
    }
    if try version() == application.snapshotVersion { return nil }
    if application.isExact { return "the store has changed since the impact of the change was worked out" }
    for (sku, version) in application.readVersions where try item(sku)?.version != version {
      return "'\(sku)' has changed since the plan read it"
    }
    return nil
  }

  /// Consecutive actions on one item, so that its row is read and written once.
  private func groups(_ actions: [Action]) -> [ArraySlice<Action>] {
    var groups: [ArraySlice<Action>] = []
    var start = actions.startIndex
    for index in actions.indices.dropFirst() where actions[index].sku != actions[start].sku {
      groups.append(actions[start..<index])
      start = index
    }
    if start < actions.endIndex { groups.append(actions[start...]) }
    return groups
  }

  private func perform(_ actions: ArraySlice<Action>, at now: Instant, told: Instant, by policy: String) throws {
    guard let sku = actions.first?.sku else {
      for action in actions {
        switch action {
        case .setNode(let node, let isActive, _): try setActive(node, isActive)
        case .setFallback(let target, let state, _): try setFallback(of: target, state)
        case .setChannel(let channel, let terms, _): try setTerms(of: channel, terms)
        case .setRouting(let isOn, _): try set(.routing, isOn ? "on" : nil)
        case .setRegions(let map, _): try set(.regions, map.isEmpty ? nil : map.json.canonical)
        case .route(let order, let decision): try keep(decision, of: order, at: now, by: policy)
        case .setSupplier(let supplier, let standing, _): try set(standing, of: supplier)
        case .setSafetyStock, .claim, .moveClaim, .releaseClaim, .promise, .setGrant, .setShared, .publish, .noteDrift,
          .heal, .startStockout, .endStockout, .propose, .withdrawProposal, .openCase, .closeCase:
          throw StoreError.refusedRow("an action of the kind '\(action.kind.rawValue)' names no item")
        }
      }
      return
    }
    guard var item = try item(sku) else {
      throw StoreError.refusedRow("a plan speaks of the item '\(sku)', which does not exist")
    }
    for action in actions { try perform(action, of: &item, at: now, told: told, by: policy) }
    try touch(&item)
  }

  private func perform(
    _ action: Action, of item: inout ItemRow, at now: Instant, told: Instant, by policy: String
  ) throws {
    switch action {
    case .setNode, .setFallback, .setChannel, .setSupplier, .setRouting, .setRegions, .route: break
    case .setSafetyStock(let sku, let node, let units, _):
      var position = try position(sku, node) ?? PositionRow(sku: sku, node: node)
      position.safetyStock = units
      try put(position)
    case .claim(let sku, let claim):
      try add(
        ClaimRow(
          order: claim.order, line: claim.line, sku: sku, channel: claim.channel, pool: claim.pool, node: claim.node,
          service: claim.service, quantity: claim.quantity, claimedAt: now, expiresAt: claim.expiresAt,
          region: claim.region), of: &item)
    case .moveClaim(_, let move): try self.move(move, of: &item)
    case .releaseClaim(_, let release): try giveBack(release, of: &item)
    case .promise(_, let promise, _): try keep(promise, at: now, by: policy)
    case .setGrant(let sku, let channel, let grant, _, let region):
      var row = try self.grant(sku, channel, region) ?? GrantRow(sku: sku, channel: channel, region: region)
      row.grant = grant
      try put(row)
      // Where something is granted there are pools, if empty ones.
      item[region] = item[region]
    case .setShared(_, let units, _, let region): item[region].shared = units
    case .publish(let sku, let channel, let units, _, let region):
      var row = try grant(sku, channel, region) ?? GrantRow(sku: sku, channel: channel, region: region)
      row.published = units
      // What was seen before counts as seen of what was told before, whatever the clocks say.
      row.tell(at: max(told, try listing(sku, ListingKey(channel, .units, in: region))?.observation.asOf ?? told))
      try put(row)
    case .noteDrift(let sku, let key, let note, _): try keep(note, of: key, sku)
    case .heal(let sku, let healing): try heal(healing, of: sku, at: told)
    case .startStockout(let sku, let region):
      try put(Stockout(from: now.hour, in: region), of: sku)
      try removeStockouts(of: sku, endedBefore: (now - Stockout.remembered).hour)
    case .endStockout(let sku, let stockout):
      try put(Stockout(from: stockout.from, until: now.hour, in: stockout.region), of: sku)
    case .propose(let sku, let proposal, _): try put(proposal, of: sku, at: now)
    case .withdrawProposal(let sku, let proposal): try remove(proposal.kind, for: proposal.region, of: sku)
    case .openCase(let sku, let what): try open(what, of: sku, at: now)
    case .closeCase(let sku, let what): try close(what, of: sku)
    }
  }
}
