public import Operations

extension Action {
  enum Effect { case add, change, remove }

  var effect: Effect {
    switch self {
    case .claim, .openCase, .propose(_, _, nil), .setChannel(_, _, nil), .promise(_, _, nil),
      .setGrant(_, _, _, nil, _),
      .publish(_, _, _, nil, _), .setFallback(_, _?, nil), .noteDrift(_, _, _, nil):
      .add
    case .closeCase, .releaseClaim, .withdrawProposal, .setFallback(_, nil, _), .noteDrift(_, _, nil, _): .remove
    case .setRouting(let isOn, _): isOn ? .add : .remove
    case .setRegions(let map, let was): was.isEmpty ? .add : map.isEmpty ? .remove : .change
    case .route: .add
    default: .change
    }
  }

  /// The action as one line for people, with Terraform's symbols.
  public var sentence: String {
    switch self {
    case .setNode(let node, let isActive, _): "~ node \(node): \(isActive ? "its stock can be promised" : "is closed")"
    case .setFallback(let target, let state?, let was):
      "\(was == nil ? "+" : "~") fallback for \(target): \(state.words(target)) (\(state.rules.joined(separator: ", ")))"
    case .setFallback(let target, nil, _): "- fallback for \(target)"
    case .setChannel(let channel, let terms, let was):
      "\(was == nil ? "+" : "~") channel \(channel): \(terms.words)"
    case .setSupplier(let supplier, let standing, _):
      "~ supplier \(supplier): "
        + (standing?.words ?? "confidence no longer learned")
    case .setSafetyStock(let sku, let node, let units, let was):
      "~ \(sku) at \(node): safety stock \(was) → \(units)"
    case .claim(let sku, let claim):
      "+ \(sku): \(claim.quantity) for \(claim.order)/\(claim.line) from \(claim.pool)\(claim.region.words)"
        + (claim.node.map { " at \($0)" } ?? "") + (claim.expiresAt.map { " until \($0)" } ?? "")
    case .moveClaim(let sku, let move):
      "~ \(sku): \(move.quantity) for \(move.order)/\(move.line) from "
        + "\(place(move.wasPool, move.wasNode))\(move.wasRegion == move.region ? "" : move.wasRegion.words) to "
        + "\(place(move.pool, move.node))\(move.wasRegion == move.region ? "" : move.region.words)"
    case .releaseClaim(let sku, let release):
      "- \(sku): \(release.quantity) for \(release.order)/\(release.line) back to \(place(release.pool, nil))"
        + release.region.words
    case .promise(let sku, let promise, let was):
      "\(was == nil ? "+" : "~") \(sku) for \(promise.order)/\(promise.line): promised "
        + (was.map { "\($0) → " } ?? "") + (promise.at?.description ?? "nothing")
        + (promise.notice.map { ", the customer is told (\($0.rawValue))" } ?? "")
    case .setGrant(let sku, let channel, let grant, let was, let region):
      "\(was == nil ? "+" : "~") \(sku) for \(channel)\(region.words): " + (was.map { "\($0.words) → " } ?? "")
        + grant.words
    case .setShared(let sku, let units, let was, let region): "~ \(sku)\(region.words): shared pool \(was) → \(units)"
    case .publish(let sku, let channel, let units, let was, let region):
      "\(was == nil ? "+" : "~") \(sku) on \(channel)\(region.words): publish " + (was.map { "\($0) → " } ?? "")
        + "\(units)"
    case .noteDrift(let sku, let key, let note?, let was):
      "\(was == nil ? "+" : "~") \(sku) on \(key): shows \(note.observed)"
        + (note.observed == note.reference ? "" : " instead of \(note.reference), since \(note.since)")
    case .noteDrift(let sku, let key, nil, _): "- \(sku) on \(key): nothing to watch"
    case .heal(let sku, let healing):
      "~ \(sku) on \(healing.key): re-send \(healing.observed) → \(healing.value)"
        + (healing.writer.map { ", which '\($0)' wrote" } ?? "")
    case .startStockout(let sku, let region): "~ \(sku)\(region.words): sold out"
    case .endStockout(let sku, let stockout):
      "~ \(sku)\(stockout.region.words): can be sold again, after \(Instant(hour: stockout.from))"
    case .propose(let sku, let proposal, let was):
      "\(was == nil ? "+" : "~") \(sku)\(proposal.region.words): " + (was.map { "\($0.quantity) → " } ?? "")
        + proposal.words
    case .withdrawProposal(let sku, let proposal):
      "- \(sku)\(proposal.region.words): no longer necessary to \(proposal.request)"
    case .openCase(let sku, let what): "+ \(sku): case \(what.kind.rawValue) \(what.subject): \(what.detail)"
    case .closeCase(let sku, let what): "- \(sku): case \(what.kind.rawValue) \(what.subject)"
    case .setRouting(let isOn, _): isOn ? "+ orders are routed to nodes" : "- orders are no longer routed to nodes"
    case .setRegions(let map, let was):
      map.isEmpty
        ? "- all nodes serve all destinations again"
        : "\(was.isEmpty ? "+" : "~") \(map.destinations.count) destinations are served by \(map.nodes.count) nodes in "
          + "\(Set(map.nodes.values).count) regions"
    case .route(let order, let decision):
      "+ \(order): " + decision.parcels.map { "\($0.units) from \($0.node) by \($0.lane)" }.joined(separator: ", ")
        + ", arrives \(decision.parcels.map(\.arrivesAt).max()?.description ?? "never")"
    }
  }

  private func place(_ pool: Pool, _ node: NodeID?) -> String { node?.rawValue ?? pool.description }
}

extension RegionID {
  fileprivate var words: String { isEverywhere ? "" : " in \(self)" }
}

extension ChannelTerms {
  fileprivate var words: String {
    var words = ["reserves at \(reserveAt.rawValue)"]
    if let holdTTL { words.append("holds for \(holdTTL) before payment") }
    if let reserveAhead { words.append("at most \(reserveAhead) ahead of the ship date") }
    return words.joined(separator: ", ")
  }
}

extension PurchaseProposal {
  fileprivate var request: String {
    switch kind {
    case .order: "order \(quantity) from \(supplier) for \(node)"
    case .expedite:
      "expedite \(quantity) of " + (line.map { "\($0.purchaseOrder)/\($0.line)" } ?? "the inbound goods")
        + " with \(supplier)"
    }
  }

  /// The request and the numbers behind it.
  fileprivate var words: String {
    func number(_ name: String) -> String { reason[name]?.integer.map(String.init) ?? "?" }
    switch kind {
    case .order:
      let doubt = reason["low_confidence"]?.bool == true ? "; few days of sales known" : ""
      return "propose to \(request) (position \(number("position")), reorder at \(number("reorder_point")), "
        + "up to \(number("order_up_to"))\(doubt))"
    case .expedite:
      return "propose to \(request) (\(number("missing")) missing, needed by \(reason["needed_by"]?.string ?? "?"))"
    }
  }
}

extension Grant {
  fileprivate var words: String {
    var words = ["protected \(protected)"]
    if let capLeft { words.append("cap left \(capLeft)") }
    if !mayUseShared { words.append("no shared stock") }
    return words.joined(separator: ", ")
  }
}

extension SupplierStanding {
  fileprivate var words: String {
    let time = leadTime?.value.map { learnt in
      "; lead time \(learnt.mean)" + (learnt.deviation.map { " ± \($0)" } ?? "")
        + ", from \(learnt.deliveries) deliveries"
    }
    return "confidence \(confidence) (\(tier.rawValue))" + (time ?? "")
  }
}
