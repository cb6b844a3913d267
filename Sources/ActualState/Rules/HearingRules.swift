import Operations

// Up to when each node's stock is known: what a stale feed is told by.
extension Store {
  /// Notes that the nodes whose stock an event is about were heard of.
  ///
  /// A count says how things were at its `as_of`, whenever it is told: a system that sends last week's stock again has
  /// not been heard of today. Nobody can be heard of in the future, so that a clock which is ahead hides no silence.
  /// - Parameter arrival: when the event was handed in; nil: its time is taken as it is.
  func hear(_ fact: Fact, _ event: Event, arrival: Instant?) throws {
    var time = event.time
    if case .count(_, _, _, let asOf) = fact { time = asOf }
    if let arrival { time = min(time, arrival) }
    for node in try nodes(heardThrough: fact) {
      if let last = try heardAt(node), last >= time { continue }
      try setHeard(node, at: time)
    }
  }

  private func nodes(heardThrough fact: Fact) throws -> Set<NodeID> {
    switch fact {
    case .count(_, let node, _, _), .adjustment(_, let node, _), .shipment(_, let node, _): [node]
    case .receipt(let order, let lines): Set(try lines.compactMap { try purchaseOrderLine(order, $0.line)?.node })
    case .transfer(_, let lines): Set(lines.map(\.from))
    case .transferReceipt(let transfer, let lines):
      Set(try lines.compactMap { try transferLine(transfer, $0.line)?.to })
    case .transferCancellation(let transfer, .returned, let lines):
      Set(try transferLines(of: transfer, lines).map(\.from))
    case .item, .order, .stage, .cart, .cartEnd, .cancellation, .purchaseOrder, .purchaseOrderChange,
      .purchaseOrderCancellation, .shipNotice, .delivery, .listing, .transferChange, .transferCancellation:
      []
    }
  }
}
