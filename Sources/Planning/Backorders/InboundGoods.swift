import Operations

/// Goods that are still to come: what is open of a purchase-order line, or of a transfer from one of our nodes to another.
struct InboundGoods: Hashable, Sendable {
  let pool: Pool
  /// Nil for what we send ourselves.
  let supplier: SupplierID?
  /// Where they come to.
  let node: NodeID
  /// Above 0.
  let open: Quantity
  let eta: Instant
  let originalETA: Instant

  init(_ line: InboundLine) {
    pool = .inbound(line.purchaseOrder, line: line.line)
    (supplier, node, open, eta, originalETA) = (line.supplier, line.node, line.open, line.eta, line.originalETA)
  }

  init(_ line: TransferLine) {
    pool = .transfer(line.transfer, line: line.line)
    (supplier, node, open, eta, originalETA) = (nil, line.to, line.open, line.eta, line.originalETA)
  }

  var name: String { pool.goodsName }
}

extension Pool {
  /// What people call the goods of a purchase-order or transfer line.
  var goodsName: String {
    switch self {
    case .inbound(let order, let line): "\(order)/\(line)"
    case .transfer(let transfer, let line): "\(transfer)/\(line)"
    case .protected, .shared: description
    }
  }
}

extension Policy.NodePolicy {
  /// What can be counted on of goods that another node sent here, and when it can be sold: all that is open, since it is
  /// ours already, at max(now, eta) + receiving time.
  ///
  /// Nothing is expected at a node whose stock cannot be promised, nor once the transfer is past due: that is measured from
  /// the date that was said first, so that re-dating a late transfer never revives it.
  /// - Source: domain.md §2.3 with ρ = 1 and k = 0.
  func expected(_ line: TransferLine, now: Instant) -> InboundBook.Part? {
    if now > line.originalETA + pastDueAfter { return nil }
    return isActive ? InboundBook.Part(at: max(now, line.eta) + receivingTime, units: line.open) : nil
  }
}

extension ItemPlanner {
  /// What is under way between our nodes and can be counted on.
  func moving(_ item: Int) -> [(goods: InboundGoods, part: InboundBook.Part?)] {
    let hour = Instant(hour: now.hour)
    return (snapshot.transfers[Int32(item)] ?? []).map { line in
      (InboundGoods(line), policy.nodes[line.to]?.expected(line, now: hour))
    }
  }

  /// A case for each transfer that is not there a day after its date, in full or in part: what became of the rest only
  /// people can say.
  func overdueTransfers(_ item: Int) -> [Case] {
    guard !snapshot.transfers.isEmpty else { return [] }
    let hour = Instant(hour: now.hour)
    return (snapshot.transfers[Int32(item)] ?? []).filter { $0.open > 0 && hour > $0.eta + .day }.map { line in
      Case(
        .transferOverdue, subject: "\(line.transfer)/\(line.line)",
        detail:
          "\(line.open) units were to be at \(line.to) at \(line.eta) and are not: transfer.received says that they "
          + "came, transfer.changed when they come, transfer.cancelled that they are returned or lost")
    }
  }

  /// What is bought, and what of it can be counted on.
  func bought(_ item: Int) -> [(goods: InboundGoods, parts: [InboundBook.Part])] {
    let hour = Instant(hour: now.hour)
    return (snapshot.inbound[Int32(item)] ?? []).map { line in
      let expected = beliefs.suppliers[line.supplier]?.expected(line, now: hour) ?? []
      return (
        InboundGoods(line),
        expected.map { InboundBook.Part(at: $0.at, units: fallbacks.counted($0.units, from: line.supplier)) }
      )
    }
  }
}
