import ActualState
import DesiredState
import Operations
import Planning

// Goods that an order waits for, and what its customer was told, in sentences.
extension OrderStory {
  /// What the supplier says, and how far its word holds; of what we send ourselves, where it is on its way to.
  func waitingWords(of claim: ClaimRow) -> String {
    if let line = facts.transfers[claim.pool] {
      return ", which left \(line.from) and is expected at \(line.to) at \(line.eta)"
    }
    guard let line = facts.inbound[claim.pool] else { return "" }
    let learnt = facts.confidence[line.supplier]
    let declared = policy.field(.supplier, line.supplier.rawValue, "confidence")?.rate
    let expected = expected(claim, line)
    let announced = policy.field(.supplier, line.supplier.rawValue, "announced_confidence")?.rate
    let rate = [learnt ?? declared, expected.notice == nil ? nil : announced].compactMap(\.self).max()
    let confidence = rate.map { " (confidence \($0))" } ?? ""
    var words = ", which \(line.supplier) is to bring to \(line.node) at \(expected.at)\(confidence)"
    if let notice = expected.notice {
      words += ", according to ship notice \(notice)"
      if line.eta != expected.at {
        words += "; the purchase order's own date, \(line.eta), applies only to units without a ship notice"
      }
    }
    return words
  }

  /// Why the order may wait, and how far the supplier is trusted.
  func backorderPlaces(of claim: ClaimRow) -> [PolicyPlaces.Place] {
    var places = policy.places(.channel, claim.channel.rawValue, ["backorder"])
    if let rule = rule(of: claim.channel, claim.sku, policy) {
      let fields =
        facts.transfers[claim.pool] == nil ? ["min_supplier_confidence", "accept_untrusted"] : ["accept_transfers"]
      places += policy.places(.backorderRule, rule, ["accept", "max_units", "horizon"] + fields)
    }
    if let line = facts.transfers[claim.pool] {
      return places + policy.places(.node, line.to.rawValue, ["receiving_time", "past_due_after"])
    }
    guard let line = facts.inbound[claim.pool] else { return places }
    places += policy.inboundProtections(of: claim.channel, for: part(of: claim.sku))
    let isAnnounced =
      expected(claim, line).notice != nil
      && policy.field(.supplier, line.supplier.rawValue, "announced_confidence") != nil
    let word = isAnnounced ? "announced_confidence" : "confidence"
    return places + policy.places(.supplier, line.supplier.rawValue, [word, "learning"] + Self.delays)
  }

  /// When goods for a claim come by the supplier's own dates.
  private func expected(_ claim: ClaimRow, _ line: PurchaseOrderLineRow) -> (at: Instant, notice: String?) {
    line.expected(claim.quantity, behind: facts.ahead[claim.id] ?? 0)
  }

  /// What of a supplier makes goods count later than its own date says.
  private static let delays = ["lead_time_deviation", "delay_margin", "receiving_time"]

  /// How long after its order a line is promised whatever comes; nil where its date rests on something else.
  func fence(of line: OrderLineRow, promisedFor moment: Instant, _ policy: PolicyPlaces) -> TimeSpan? {
    guard line.open > 0,
      let rule = policy.state.backorders(
        of: facts.order.channel.rawValue, for: part(of: line.sku, policy), at: policy.now),
      let fence = rule.infiniteAfter, facts.order.placedAt + fence + rule.transit == moment
    else { return nil }
    return fence
  }

  /// What a date rests on that was promised without any goods.
  func fencePlaces(of line: OrderLineRow, _ policy: PolicyPlaces) -> [PolicyPlaces.Place] {
    let fields = ["infinite_supply_after", "transit", "horizon", "max_units", "move_limit", "tell_earlier"]
    return rule(of: facts.order.channel, line.sku, policy).map { policy.places(.backorderRule, $0, fields) } ?? []
  }

  /// What a date rests on that no parcel says yet.
  /// - Parameter claims: the line's, on goods to come.
  func promisePlaces(
    of line: OrderLineRow, waiting claims: [ClaimRow], _ policy: PolicyPlaces
  ) -> [PolicyPlaces.Place] {
    let nodes = Set(claims.compactMap { facts.inbound[$0.pool]?.node ?? facts.transfers[$0.pool]?.to }).sorted()
    let suppliers = Set(claims.compactMap { facts.inbound[$0.pool]?.supplier }).sorted()
    var places = suppliers.flatMap { policy.places(.supplier, $0.rawValue, Self.delays) }
    places += nodes.flatMap { policy.places(.node, $0.rawValue, ["calendar", "cut_off", "processing_time"]) }
    let lanes = policy.lanes(to: facts.order.region).filter { lane in
      nodes.contains { policy.field(.lane, lane, "node")?.text == $0.rawValue }
    }
    places += lanes.flatMap { policy.places(.lane, $0, ["transit"]) }
    if let rule = rule(of: facts.order.channel, line.sku, policy) {
      let fields = (lanes.isEmpty ? ["transit"] : []) + ["move_limit", "tell_earlier"]
      places += policy.places(.backorderRule, rule, fields)
    }
    return places
  }

  /// What was told before, where more than one thing was.
  var told: [Point] {
    var points: [Point] = []
    let counts = facts.promises.reduce(into: [:]) { $0[Array($1.line.utf8), default: 0] += 1 }
    for row in facts.promises where counts[Array(row.line.utf8), default: 0] > 1 {
      let what = row.promisedAt.map { "for \($0)" } ?? "that it cannot be kept"
      let how = row.number == 1 ? "first told" : "told again"
      points.append(Point(text: "line \(row.line) was \(how) \(row.decidedAt): \(what)"))
    }
    return points
  }

  private func rule(of channel: ChannelID, _ sku: SKU, _ policy: PolicyPlaces) -> String? {
    policy.state.backorders(of: channel.rawValue, for: part(of: sku, policy), at: policy.now)?.rule?.key.name
  }
}
