public import Operations

/// Whether to order an item now, how much, and why.
public struct ReplenishmentDecision: Hashable, Sendable {
  /// The units to order; 0 when there is enough.
  public let quantity: Quantity
  /// IP: what the decision compares with `levels`.
  public let position: Quantity
  public let levels: StockLevels
}

/// Decides on an order of one item.
///
/// Costs about a microsecond for normal demand and ten for intermittent demand. For many decisions on unchanged levels keep
/// them and call `decide`.
/// - Throws: what a rule cannot mean, and quantities beyond `Limits.quantity`.
/// - Source: domain.md §2.5.
public func replenish(
  _ rule: ReplenishmentRule, velocity: Velocity, position: InventoryPosition
) throws(ReplenishmentProblem) -> ReplenishmentDecision {
  try StockLevels(rule, velocity: velocity).decide(rule, position: position)
}

extension StockLevels {
  /// - Parameter rule: the one that the levels were made from.
  /// - Throws: `.notAQuantity(.order)` for an order beyond `Limits.quantity`.
  public func decide(
    _ rule: ReplenishmentRule, position: InventoryPosition
  ) throws(ReplenishmentProblem) -> ReplenishmentDecision {
    let quantity = orderQuantity(
      position: position.units, reorderPoint: reorderPoint, orderUpTo: orderUpTo, minimum: rule.minimumOrder,
      multiple: rule.orderMultiple)
    guard quantity <= Limits.quantity else { throw .notAQuantity(.order) }
    return ReplenishmentDecision(quantity: quantity, position: position.units, levels: self)
  }
}
