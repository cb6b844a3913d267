import Operations

/// Units of an item that stand on nodes and stay there, by order line.
struct StandingUnits {
  /// Nil for a line of which some wait for a node or leave theirs by the plan that is made.
  private var units: [LineName: Quantity?] = [:]

  init(_ claims: [HeldClaim], _ freed: [FreedClaim]) {
    let leaving = Set(freed.map(\.claim.id))
    for claim in claims {
      let name = LineName(claim.order, claim.line)
      let before = units[name] ?? .some(0)
      let stays = claim.node != nil && !leaving.contains(claim.id)
      units.updateValue(stays ? before.map { $0 + claim.quantity } : nil, forKey: name)
    }
  }

  /// How many of a line stand; nil where not all of them do.
  func count(_ line: LineName) -> Quantity? { units[line] ?? 0 }
}
