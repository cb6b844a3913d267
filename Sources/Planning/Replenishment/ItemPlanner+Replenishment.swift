import DesiredState
import Operations

// Stage 7: what to buy, and what to hurry. Orders depend on the UTC day of `now`, and hurry on its hour.
extension ItemPlanner {
  /// Where no policy is for an item nothing is ordered, and what customers wait for is hurried all the same.
  /// - Parameters:
  ///   - late: the item's shortfalls.
  ///   - canSell: whether some channel can sell the item.
  ///   - first: where the item's own actions begin.
  /// - Source: domain.md §2.5.
  func replenish(
    _ item: Int, _ sku: SKU, late: ArraySlice<Shortfall>, canSell: Bool, _ cases: inout [Case], from first: Int,
    into actions: inout [Action]
  ) {
    let standing = whole.proposals[Int32(item)] ?? []
    var wanted: [PurchaseProposal] = []
    // What is ordered by hand is hurried too.
    if !late.isEmpty, let hurry = expedite(item, late) { wanted.append(hurry) }
    let part = parts.parts[partOfTraits[Int(whole.items.traits[item])]]
    if let policy = policy.replenishment.policy(of: sku, part) {
      compareStockout(item, sku, canSell: canSell, into: &actions)
      do {
        let velocity = try velocity(item, days: policy.velocityDays)
        let order = try order(
          policy, velocity, inventory(item, after: actions[first...]), standing: standing.first { $0.kind == .order })
        if let order { wanted.append(order) }
      } catch {
        cases.append(Case(.replenishmentUnknown, subject: sku.rawValue, detail: error.words))
      }
    }
    for kind in PurchaseProposal.Kind.allCases {
      let was = standing.first { $0.kind == kind }
      switch (was, wanted.first { $0.kind == kind }) {
      // What asks for the same stays as it is, with the numbers of the day on which it was made.
      case (let was?, let new?): if !new.asksFor(was) { actions.append(.propose(sku, new, was: was)) }
      case (nil, let new?): actions.append(.propose(sku, new, was: nil))
      case (let was?, nil): actions.append(.withdrawProposal(sku, was))
      case (nil, nil): break
      }
    }
  }

  /// What to order now; between two reviews what was proposed at the last one, as long as it still makes sense.
  private func order(
    _ policy: ReplenishmentPolicy, _ velocity: Velocity, _ stock: InventoryPosition, standing: PurchaseProposal?
  ) throws(ReplenishmentProblem) -> PurchaseProposal? {
    guard var rule = policy.rule else { throw .noSupplier(policy.supplier) }
    let learnt = beliefs.leadTimes[policy.supplier]
    if let learnt {
      rule.leadTime = learnt.mean
      rule.leadTimeDeviation = learnt.deviation ?? rule.leadTimeDeviation
    }
    let decision = try Planning.replenish(rule, velocity: velocity, position: stock)
    let isReview = policy.reviews(on: now.day)
    guard decision.quantity > 0, isReview || standing != nil else { return nil }
    if !isReview, let standing, standing.supplier == policy.supplier, standing.node == policy.node,
      wholeLots(max(standing.quantity, rule.minimumOrder), of: rule.orderMultiple) == standing.quantity
    {
      return standing
    }
    return PurchaseProposal(
      .order, supplier: policy.supplier, node: policy.node, quantity: decision.quantity,
      reason: decision.explanation(stock, velocity, rule, learnt))
  }

  /// What is there, what will come and what is owed. Claiming moves units between the last two terms and within the
  /// first, so a plan does not change the position that it rests on.
  ///
  /// Stock at nodes that cannot promise does not count; what is on its way counts wherever it goes, since it is bought.
  /// - Parameter actions: those of this plan for the item. What claims at such a node hold is owed from elsewhere once
  ///   they leave it.
  func inventory(_ item: Int, after actions: ArraySlice<Action> = []) -> InventoryPosition {
    let returned = actions.reduce(into: [NodeID: Quantity]()) { returned, action in
      guard case .releaseClaim(_, let release) = action, let node = release.node else { return }
      returned[node, default: 0] += release.quantity
    }
    var onHand: Quantity = 0
    for row in whole.positions.rows(of: item) {
      let node = Int(whole.positions.node[row])
      let free =
        whole.positions.sellable[row] - whole.positions.allocated[row] + freedUnits(at: node)
        + (returned[whole.nodes[node]] ?? 0)
      // What is missing is missing everywhere, whatever becomes of the node.
      if free < 0 || nodeIsActive[node] { onHand += free }
    }
    let key = Int32(item)
    onHand -= (whole.pools[key] ?? []).reduce(whole.items.claimed[item] + freedUnits) { $0 + $1.pool.claimed }
    let ordered = (whole.inbound[key] ?? []).reduce(0) { $0 + $1.open }
    let moving = (whole.transfers[key] ?? []).reduce(0) { $0 + $1.open }
    // Who did not pay in time is owed nothing.
    let open = (whole.openLines[key] ?? []).reduce(0) { $0 + ($1.isLapsed ? 0 : $1.open) }
    let promised = (whole.claims[key] ?? []).reduce(0) { $0 + ($1.pool.isInbound ? $1.quantity : 0) }
    let lost = returned.values.reduce(0, +)
    return InventoryPosition(onHand: onHand, onOrder: ordered + moving, backorders: open + promised + lost)
  }

  /// Notes when no channel can sell the item, and when one can again.
  private func compareStockout(_ item: Int, _ sku: SKU, canSell: Bool, into actions: inout [Action]) {
    let last = whole.stockouts[Int32(item)]?.last.flatMap { $0.until == nil ? $0 : nil }
    if let last, canSell { actions.append(.endStockout(sku, last)) }
    if last == nil, !canSell { actions.append(.startStockout(sku)) }
  }

  /// What was ordered on the whole days before today, but for those on which it could not be bought. Whether anything
  /// could be claimed for it does not matter, so that no plan changes it.
  func velocity(_ item: Int, days: Int64) throws(ReplenishmentProblem) -> Velocity {
    let today = now.day
    let sold = whole.usage.rows(of: item).map {
      (day: Instant(hour: whole.usage.hour[$0]).day, units: whole.usage.sold[$0])
    }
    let window = today - days..<today
    let stockouts = whole.stockouts[Int32(item)] ?? []
    let out = stockouts.reduce(into: Set<Int64>()) { out, stockout in
      let days = stockout.days(until: now)
      guard days.overlaps(window) else { return }
      out.formUnion(days.clamped(to: window.lowerBound...window.upperBound - 1))
    }
    return try Velocity(sold: sold, window: window, outOfStock: out)
  }
}

extension ReplenishmentDecision {
  /// The numbers that led there.
  /// - Parameter learnt: where the lead time comes from deliveries.
  func explanation(
    _ stock: InventoryPosition, _ velocity: Velocity, _ rule: ReplenishmentRule, _ learnt: LeadTime?
  ) -> JSONValue {
    [
      "position": .integer(position), "on_hand": .integer(stock.onHand), "on_order": .integer(stock.onOrder),
      "backorders": .integer(stock.backorders), "reorder_point": .integer(levels.reorderPoint),
      "order_up_to": .integer(levels.orderUpTo), "safety_stock": .integer(levels.safetyStock),
      "per_day": levels.perDay.json, "deviation_per_day": levels.deviationPerDay.json,
      "lead_time_demand": levels.leadTimeDemand.json, "lead_time_deviation": levels.leadTimeDeviation.json,
      "service_factor": levels.serviceFactor?.json ?? .null, "model": JSONValue(levels.model?.rawValue),
      "expected_fill_rate": JSONValue(levels.expectedFillRate?.description),
      "lead_time": .string(rule.leadTime.description), "lead_time_learnt_from": JSONValue(learnt?.deliveries),
      "protected_time": .string(levels.protectedTime.description), "days": JSONValue(velocity.days),
      "low_confidence": .bool(levels.isLowConfidence),
      "zones": levels.zones.map {
        ["red": .integer($0.red), "yellow": .integer($0.yellow), "green": .integer($0.green)]
      } ?? .null,
    ]
  }
}

extension Millionths {
  /// A whole number is written as one, so that reading it again gives the same value.
  var json: JSONValue { count % 1_000_000 == 0 ? .integer(count / 1_000_000) : .decimal(description) }
}
