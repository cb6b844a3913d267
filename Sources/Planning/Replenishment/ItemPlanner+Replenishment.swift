import DesiredState
import Operations

// Stage 7: what to buy, and what to hurry. Orders depend on the UTC day of `now`, and hurry on its hour.
extension ItemPlanner {
  /// Where no policy is for an item nothing is ordered, and what customers wait for is hurried all the same.
  /// - Parameters:
  ///   - late: the item's shortfalls.
  ///   - canSell: whether some channel can sell the item.
  ///   - cells: what the plans of its cells left, where items are bought by region.
  ///   - first: where the item's own actions begin.
  /// - Source: domain.md §2.5.
  func replenish(
    _ item: Int, _ sku: SKU, late: ArraySlice<Shortfall>, canSell: Bool, _ cells: [PlannedCell], _ cases: inout [Case],
    from first: Int, into actions: inout [Action]
  ) {
    let standing = whole.proposals[Int32(item)] ?? []
    var wanted: [PurchaseProposal] = []
    let own = first..<actions.count
    for supply in supplyParts(item, sku) {
      let ours = supply.isWhole ? [] : cells.filter { supply.covers($0.region) }
      let late = supply.isWhole ? late : ours.flatMap(\.late)[...]
      // What is ordered by hand is hurried too.
      if !late.isEmpty, let hurry = expedite(item, late, supply, after: actions[own]) { wanted.append(hurry) }
      guard let buying = supply.policy else { continue }
      let canSell = supply.isWhole ? canSell : ours.contains(where: \.canSell)
      compareStockout(item, sku, supply, canSell: canSell, into: &actions)
      do {
        let velocity = try velocity(item, days: buying.velocityDays, supply)
        let position =
          supply.isWhole ? inventory(item, after: actions[own]) : inventory(supply, cells, after: actions[own])
        let kept = standing.first { $0.kind == .order && $0.region == supply.region }
        if let order = try order(buying, velocity, position, supply, standing: kept) { wanted.append(order) }
      } catch {
        cases.append(Case(.replenishmentUnknown, subject: supply.name(sku), detail: error.words))
      }
    }
    for kind in PurchaseProposal.Kind.allCases {
      let (before, after) = (standing.filter { $0.kind == kind }, wanted.filter { $0.kind == kind })
      for region in Set((before + after).map(\.region)).sorted() {
        compare(before.first { $0.region == region }, after.first { $0.region == region }, sku, into: &actions)
      }
    }
  }

  private func compare(
    _ was: PurchaseProposal?, _ new: PurchaseProposal?, _ sku: SKU, into actions: inout [Action]
  ) {
    switch (was, new) {
    // What asks for the same stays as it is, with the numbers of the day on which it was made.
    case (let was?, let new?): if !new.asksFor(was) { actions.append(.propose(sku, new, was: was)) }
    case (nil, let new?): actions.append(.propose(sku, new, was: nil))
    case (let was?, nil): actions.append(.withdrawProposal(sku, was))
    case (nil, nil): break
    }
  }

  /// What to order now; between two reviews what was proposed at the last one, as long as it still makes sense.
  private func order(
    _ policy: ReplenishmentPolicy, _ velocity: Velocity, _ stock: InventoryPosition, _ supply: SupplyPart,
    standing: PurchaseProposal?
  ) throws(ReplenishmentProblem) -> PurchaseProposal? {
    let region = self.policy.regions.map.region(of: policy.node)
    guard supply.covers(region) else { throw .deliversElsewhere(policy.node, region) }
    guard var rule = policy.rule else { throw .noSupplier(policy.supplier) }
    let learnt = beliefs.leadTimes[policy.supplier]
    if let learnt {
      rule.leadTime = learnt.mean
      rule.leadTimeDeviation = learnt.deviation ?? rule.leadTimeDeviation
    }
    let decision = try Planning.replenish(rule, velocity: velocity, position: stock)
    let isReview = policy.reviews(on: now.day)
    guard decision.quantity > 0, isReview || standing != nil else { return nil }
    // What was ordered since the review is not ordered again.
    if !isReview, let standing, standing.supplier == policy.supplier, standing.node == policy.node,
      standing.quantity <= decision.quantity,
      wholeLots(max(standing.quantity, rule.minimumOrder), of: rule.orderMultiple) == standing.quantity
    {
      return standing
    }
    return PurchaseProposal(
      .order, supplier: policy.supplier, node: policy.node, quantity: decision.quantity, region: supply.region,
      reason: decision.explanation(stock, velocity, rule, learnt))
  }

  /// Notes when no channel can sell the item, and when one can again.
  private func compareStockout(
    _ item: Int, _ sku: SKU, _ supply: SupplyPart, canSell: Bool, into actions: inout [Action]
  ) {
    let last = whole.stockouts[Int32(item)]?.last { $0.region == supply.region }
    let open = last.flatMap { $0.until == nil ? $0 : nil }
    if let open, canSell { actions.append(.endStockout(sku, open)) }
    if open == nil, !canSell { actions.append(.startStockout(sku, in: supply.region)) }
  }

  /// What was ordered on the whole days before today, but for those on which it could not be bought: nobody could sell it,
  /// or it did not exist yet. Whether anything could be claimed for it does not matter, so that no plan changes it.
  func velocity(
    _ item: Int, days: Int64, _ supply: SupplyPart = SupplyPart()
  ) throws(ReplenishmentProblem) -> Velocity {
    let today = now.day
    let window = today - days..<today
    let stockouts = whole.stockouts[Int32(item)] ?? []
    let sold = sold(item, supply)
    let unborn = window.lowerBound..<max(window.lowerBound, min(today, firstDay(item, sold) ?? .min))
    let out = stockouts.reduce(into: Set(unborn)) { out, stockout in
      guard stockout.region == supply.region else { return }
      let days = stockout.days(until: now)
      guard days.overlaps(window) else { return }
      out.formUnion(days.clamped(to: window.lowerBound...window.upperBound - 1))
    }
    return try Velocity(sold: sold, window: window, outOfStock: out)
  }

  /// The first whole day on which the item could be bought: after the one on which the catalogue named it first, or when
  /// the first was sold if that is earlier; nil where nobody knows.
  private func firstDay(_ item: Int, _ sold: [(day: Int64, units: Quantity)]) -> Int64? {
    guard item < whole.items.since.count, whole.items.since[item] > .min else { return nil }
    let firstSale = sold.lazy.filter { $0.units > 0 }.map(\.day).min()
    return min(Int64(whole.items.since[item]) + 1, firstSale ?? .max)
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
      "backorders": .integer(stock.backorders), "reorder_point": .integer(max(0, levels.reorderPoint)),
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
