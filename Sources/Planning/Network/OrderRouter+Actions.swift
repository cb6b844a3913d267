import Operations

// What was routed, as actions among those of the items.
extension OrderRouter {
  /// Actions that stand in place of others, which begin at a place.
  private struct Edit {
    var place: Int
    var removed: Int
    var inserted: [Action]
  }

  mutating func apply(to actions: inout [Action]) {
    var edits: [Edit] = []
    var added: [Int: [Action]] = [:]
    for (claim, parts) in zip(unrouted.claims, assigned) {
      switch claim.source {
      case .held(let held):
        added[claim.item, default: []] += moves(of: held, claim.units, parts).map {
          .moveClaim(snapshot.items.sku[claim.item], $0)
        }
      case .planned(let place):
        if !parts.isEmpty { edits.append(Edit(place: place, removed: 1, inserted: split(actions[place], parts))) }
      }
    }
    let concluded = addPromises(&added)
    addCases(&added)
    if !concluded.promises.isEmpty || !concluded.cases.isEmpty {
      // What other stages promised is what they expected before they knew the way.
      for (place, action) in actions.enumerated() {
        switch action {
        case .promise(_, let promise, _) where concluded.promises.contains(.init(promise.order, promise.line)): break
        case .openCase(_, let one) where concluded.covers(one): break
        case .closeCase(_, let one) where concluded.covers(one): break
        default: continue
        }
        edits.append(Edit(place: place, removed: 1, inserted: []))
      }
    }
    for (item, own) in added.sorted(by: { $0.key < $1.key }) where !own.isEmpty {
      edits.append(Edit(place: unrouted.ends[item], removed: 0, inserted: own))
    }
    insert(edits, into: &actions)
    actions += decisions.map { .route($0.0, $0.1) }
  }

  /// What was made of one claim: each part onto its node, and what stays behind off the node that it cannot leave.
  private func moves(of held: HeldClaim, _ units: Quantity, _ parts: [Part]) -> [ClaimMove] {
    let rest = units - parts.reduce(0) { $0 + $1.units }
    let moves = parts.map { ClaimMove(held, quantity: $0.units, to: held.pool, at: $0.node, by: $0.service) }
    guard held.node != nil, rest > 0 else { return moves }
    return moves + [ClaimMove(held, quantity: rest, to: held.pool, at: nil)]
  }

  /// A claim that this plan makes, or moves, in parts.
  private func split(_ action: Action, _ parts: [Part]) -> [Action] {
    func part(_ units: Quantity, _ place: Part?) -> Action {
      switch action {
      case .claim(let sku, var claim):
        (claim.quantity, claim.node, claim.service) = (units, place?.node, place?.service)
        return .claim(sku, claim)
      case .moveClaim(let sku, var move):
        (move.quantity, move.node, move.service) = (units, place?.node, place?.service)
        return .moveClaim(sku, move)
      default: return action
      }
    }
    let whole =
      switch action {
      case .claim(_, let claim): claim.quantity
      case .moveClaim(_, let move): move.quantity
      default: Quantity(0)
      }
    let rest = whole - parts.reduce(0) { $0 + $1.units }
    return parts.map { part($0.units, $0) } + (rest > 0 ? [part(rest, nil)] : [])
  }

  private func insert(_ edits: [Edit], into actions: inout [Action]) {
    guard !edits.isEmpty else { return }
    var result: [Action] = []
    result.reserveCapacity(actions.count + edits.reduce(0) { $0 + $1.inserted.count })
    var next = 0
    // What is added at the end of an item stands before what replaces the first action of the next.
    // Items without actions of their own end where the one before them does, and keep their order.
    let order = edits.indices.sorted {
      (edits[$0].place, edits[$0].removed, $0) < (edits[$1].place, edits[$1].removed, $1)
    }
    for edit in order.map({ edits[$0] }) {
      result += actions[next..<edit.place]
      result += edit.inserted
      next = edit.place + edit.removed
    }
    result += actions[next...]
    actions = result
  }
}
