public import DesiredState
public import Operations

extension Plan {
  /// How much applying some of the plan's actions would change.
  public static func blastRadius(of actions: [Action]) -> BlastRadius {
    var radius = BlastRadius()
    var items = Set<SKU>()
    var lost: [LineKey: Quantity] = [:]
    for action in actions {
      // What is remembered of a channel changes nothing for its item.
      if case .noteDrift = action { continue }
      if let sku = action.sku { items.insert(sku) }
      switch action {
      case .publish(_, _, let units, let was, _):
        radius.publish(units, was: was)
      case .heal(_, let healing) where healing.key.field == .units:
        radius.publish(healing.value, was: healing.observed)
      case .releaseClaim(let sku, let release):
        lost[LineKey(sku: sku, order: release.order, line: release.line), default: 0] += release.quantity
      case .claim(let sku, let claim):
        lost[LineKey(sku: sku, order: claim.order, line: claim.line), default: 0] -= claim.quantity
      default: break
      }
    }
    let losing = lost.filter { $0.value > 0 }
    radius.items = Int64(items.count)
    radius.ordersLosing = Int64(Set(losing.keys.map(\.order)).count)
    radius.unitsLosing = losing.values.reduce(0, +)
    return radius
  }

  private struct LineKey: Hashable {
    var sku: SKU
    var order: OrderID
    var line: String
  }
}

extension Action {
  /// The part of what plans do that it belongs to.
  public var domain: Domain {
    switch self {
    case .publish, .heal: .publishing
    case .propose, .withdrawProposal: .replenishment
    case .setNode, .setFallback, .setSafetyStock, .setChannel, .setSupplier, .claim, .moveClaim, .releaseClaim,
      .promise, .setGrant, .setShared, .startStockout, .endStockout, .openCase, .closeCase, .setRouting, .setRegions,
      .route, .noteDrift:
      .allocation
    }
  }
}

extension BlastRadius {
  fileprivate mutating func publish(_ units: Quantity, was: Quantity?) {
    let change = units.subtractingReportingOverflow(was ?? 0)
    let (sum, overflows) = publishedUnits.addingReportingOverflow(
      change.overflow ? .max : Quantity(clamping: change.partialValue.magnitude))
    publishedUnits = overflows ? .max : sum
    if units == 0, let was, was > 0 { soldOut += 1 }
  }
}
