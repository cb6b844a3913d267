public import DesiredState
public import Operations

extension Plan {
  /// How much applying some of the plan's actions would change.
  public static func blastRadius(of actions: [Action]) -> BlastRadius {
    var radius = BlastRadius()
    var items = Set<SKU>()
    var lost: [LineItem: Quantity] = [:]
    for action in actions {
      // What is remembered of a channel changes nothing for its item.
      if case .noteDrift = action { continue }
      if let sku = action.sku { items.insert(sku) }
      switch action {
      case .publish(_, _, let units, let was, _):
        publish(units, was: was ?? 0, &radius)
      case .heal(_, let healing) where healing.key.field == .units:
        publish(healing.value, was: healing.observed, &radius)
      case .releaseClaim(let sku, let release):
        lost[LineItem(sku: sku, name: LineName(release.order, release.line)), default: 0] += release.quantity
      case .claim(let sku, let claim):
        lost[LineItem(sku: sku, name: LineName(claim.order, claim.line)), default: 0] -= claim.quantity
        add(claim.quantity, to: &radius.claimedUnits)
      case .setGrant(_, _, let grant, let was, _):
        add(distance(grant.protected, was?.protected ?? 0), to: &radius.grantedUnits)
      case .setShared(_, let units, let was, _): add(distance(units, was), to: &radius.grantedUnits)
      case .propose(_, let proposal, let was):
        add(distance(proposal.quantity, was?.quantity ?? 0), to: &radius.proposedUnits)
      case .withdrawProposal(_, let was): add(was.quantity, to: &radius.proposedUnits)
      default: break
      }
    }
    let losing = lost.filter { $0.value > 0 }
    radius.items = Int64(items.count)
    radius.ordersLosing = Int64(Set(losing.keys.map(\.name.order)).count)
    radius.unitsLosing = losing.values.reduce(0, +)
    return radius
  }

  private static func publish(_ units: Quantity, was: Quantity, _ radius: inout BlastRadius) {
    add(distance(units, was), to: &radius.publishedUnits)
    if units == 0, was > 0 { radius.soldOut += 1 }
  }

  private static func distance(_ new: Quantity, _ old: Quantity) -> Quantity {
    let change = new.subtractingReportingOverflow(old)
    return change.overflow ? .max : Quantity(clamping: change.partialValue.magnitude)
  }

  private static func add(_ units: Quantity, to sum: inout Int64) {
    let (both, overflows) = sum.addingReportingOverflow(units)
    sum = overflows ? .max : both
  }

  /// An item on a line: an edit may have put another item on the line while claims on the old one are released.
  private struct LineItem: Hashable {
    var sku: SKU
    var name: LineName
  }
}

extension Action {
  /// The part of what plans do that it belongs to.
  public var domain: Domain { kind.domain }
}

extension Action.Kind {
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
