import ActualState
import DesiredState
import Operations
import Planning

// A routing decision in sentences.
extension OrderStory {
  /// - Parameter holding: units of each parcel that are still to leave, or have left, as it says. Of a decision of which
  ///   nothing holds, only what it was is told.
  func routed(_ row: RouteRow, _ holding: [Quantity]) throws -> [Point] {
    let (decision, then) = (row.decision, try past.policy(of: row.policy, at: row.decidedAt))
    var points = try zip(decision.parcels, holding).map { parcel, units in
      let lines = parcel.lines.map { "\($0.units) of \($0.sku)" }.joined(separator: ", ")
      let words =
        "decided \(row.decidedAt)\(then.note): \(lines) from \(parcel.node) by \(parcel.carrier) (\(parcel.service))"
      guard units > 0 else { return Point(text: words + "; no longer valid") }
      let rest = units == parcel.units ? "" : "; still valid for \(units) units"
      return try then.point(words + ", leaves \(parcel.leavesAt), arrives \(parcel.arrivesAt)" + rest) { policy in
        policy.places(.lane, parcel.lane, ["parcel_cost", "unit_cost", "transit"])
          + policy.places(.node, parcel.node.rawValue, ["handling_cost"])
      }
    }
    guard holding.contains(where: { $0 > 0 }) else { return points }
    points.append(try cost(decision, then))
    if let other = decision.runnerUp { points.append(runnerUp(other)) }
    points += try decision.limits.map { try limit($0, decision, then) }
    points += try decision.candidates.filter { $0.outcome != .chosen }.map { try candidate($0, then) }
    if !decision.isProved { points.append(Point(text: "too large to try every combination: a cheaper one may exist")) }
    return points
  }

  private func cost(_ decision: RouteDecision, _ then: DecidingPolicy) throws -> Point {
    let cost = decision.cost
    var words = "it costs \(money(cost.total)): parcels \(money(cost.parcels)), units \(money(cost.units))"
    var fields: [String] = []
    if cost.split > 0 {
      words += ", splitting \(money(cost.split))"
      fields += ["split_penalty"]
    }
    if cost.late > 0 {
      let isBeyondLimit = isBeyondLimit(decision, then)
      words += ", being late \(money(cost.late))" + (isBeyondLimit ? "" : " (later than promised)")
      fields += isBeyondLimit ? ["deliver_within", "late_penalty"] : ["late_penalty"]
    }
    return try then.point(words) { Self.profilePlaces(decision, fields, $0) }
  }

  /// Whether a parcel comes later than the channel delivers; else it can be late only for what was promised.
  private func isBeyondLimit(_ decision: RouteDecision, _ then: DecidingPolicy) -> Bool {
    guard let limit = decision.profile.flatMap({ then.field(.routingProfile, $0, "deliver_within")?.span }) else {
      return false
    }
    return decision.parcels.contains { $0.arrivesAt > facts.order.placedAt.nextFullHour + limit }
  }

  private func runnerUp(_ other: RouteDecision.RunnerUp) -> Point {
    let nodes = other.nodes.isEmpty ? "shipping nothing" : other.nodes.map(\.rawValue).joined(separator: " and ")
    guard let extra = other.extra else { return Point(text: "next best: \(nodes), which leaves units unsent") }
    return Point(text: "next best: \(nodes), \(extra == 0 ? "which costs the same" : "\(money(extra)) more expensive")")
  }

  private func limit(
    _ limit: RouteDecision.Limit, _ decision: RouteDecision, _ then: DecidingPolicy
  ) throws -> Point {
    func profile(_ words: String, _ field: String) throws -> Point {
      try then.point(words) { Self.profilePlaces(decision, [field], $0) }
    }
    let node = limit.node?.rawValue ?? ""
    switch limit.kind {
    case .stock: return Point(text: "cheaper, if \(node) had more of \(limit.sku?.rawValue ?? "it")")
    case .labour:
      return try then.point("cheaper, if \(node) could ship more that day") {
        $0.places(.node, node, ["labour_capacity", "labour_time", "handling_time"])
      }
    case .maxParcels: return try profile("cheaper in more parcels", "max_parcels")
    case .shipComplete: return try profile("cheaper, if it need not be complete", "ship_complete")
    case .splitValueThreshold: return try profile("cheaper with parcels of less value", "split_value_threshold")
    case .split: return try profile("cheaper, if it could be split", "split")
    }
  }

  private func candidate(_ candidate: RouteDecision.Candidate, _ then: DecidingPolicy) throws -> Point {
    let lane = candidate.lane
    func point(_ words: String, _ places: (PolicyPlaces) -> [PolicyPlaces.Place] = { _ in [] }) throws -> Point {
      try then.point("not by \(lane): \(words)", places)
    }
    switch candidate.outcome {
    case .chosen: return Point(text: "by \(lane)")
    case .dominated: return try point("another lane costs no more in any respect and has as much stock")
    case .dearer:
      return try point(candidate.alone.map { "\(money($0)) from there alone" } ?? "it would not be enough by itself")
    case .noStock: return try point("\(candidate.node) had no stock of it available")
    case .noLabour: return try point("\(candidate.node) could ship no more that day")
    case .nodeClosed:
      return try point("\(candidate.node) was closed") { $0.places(.node, candidate.node.rawValue, ["status"]) }
    case .nodeNotTrusted:
      return try point("a FallbackRule did not let the stock of \(candidate.node) count") {
        $0.fallbackRules(candidate.rules)
      }
    case .carrierDisrupted:
      return try point("its carrier was disrupted") { policy in
        policy.field(.lane, lane, "carrier")?.text.map { policy.places(.carrier, $0, ["status"]) } ?? []
      }
    case .serviceNotUsed: return try point("its service is not used for these orders")
    case .storesNotUsed: return try point("stores are not used for these orders")
    case .tooLate: return try point("it would arrive too late, which the routing profile refuses")
    case .otherNode: return try point("no further node may be used")
    }
  }

  private static func profilePlaces(
    _ decision: RouteDecision, _ fields: [String], _ policy: PolicyPlaces
  ) -> [PolicyPlaces.Place] {
    decision.profile.map { policy.places(.routingProfile, $0, fields) } ?? []
  }

  private func money(_ amount: Int64) -> String { MoneyText.text(minorUnits: amount) }
}
