import ActualState
import DesiredState
import Operations
import Planning

// A routing decision in sentences.
extension OrderStory {
  func routed(_ row: RouteRow) -> [Point] {
    let decision = row.decision
    var points = decision.parcels.map { parcel in
      let lines = parcel.lines.map { "\($0.units) of \($0.sku)" }.joined(separator: ", ")
      return Point(
        text: "decided \(row.decidedAt): \(lines) from \(parcel.node) by \(parcel.carrier) (\(parcel.service)), leaves "
          + "\(parcel.leavesAt), arrives \(parcel.arrivesAt)",
        because: policy.places(.lane, parcel.lane, ["parcel_cost", "unit_cost", "transit"])
          + policy.places(.node, parcel.node.rawValue, ["handling_cost"]))
    }
    points.append(cost(decision))
    if let other = decision.runnerUp { points.append(runnerUp(other)) }
    points += decision.limits.map { limit($0, decision) }
    points += decision.candidates.filter { $0.outcome != .chosen }.map(candidate)
    if !decision.isProved { points.append(Point(text: "too large to look at every way: a cheaper one may exist")) }
    return points
  }

  private func cost(_ decision: RouteDecision) -> Point {
    let cost = decision.cost
    var words = "it costs \(money(cost.total)): parcels \(money(cost.parcels)), units \(money(cost.units))"
    var places: [PolicyPlaces.Place] = []
    if cost.split > 0 {
      words += ", splitting \(money(cost.split))"
      places += profilePlaces(decision, ["split_penalty"])
    }
    if cost.late > 0 {
      words += ", being late \(money(cost.late))"
      places += profilePlaces(decision, ["deliver_within", "late_penalty"])
    }
    return Point(text: words, because: places)
  }

  private func runnerUp(_ other: RouteDecision.RunnerUp) -> Point {
    let nodes = other.nodes.isEmpty ? "shipping nothing" : other.nodes.map(\.rawValue).joined(separator: " and ")
    guard let extra = other.extra else { return Point(text: "next best: \(nodes), which leaves units behind") }
    return Point(text: "next best: \(nodes), \(extra == 0 ? "which costs the same" : "\(money(extra)) dearer")")
  }

  private func limit(_ limit: RouteDecision.Limit, _ decision: RouteDecision) -> Point {
    let node = limit.node?.rawValue ?? ""
    switch limit.kind {
    case .stock: return Point(text: "cheaper, if \(node) had more of \(limit.sku?.rawValue ?? "it")")
    case .labour:
      return Point(
        text: "cheaper, if \(node) could ship more that day",
        because: policy.places(.node, node, ["labour_capacity", "labour_time", "handling_time"]))
    case .maxParcels:
      return Point(text: "cheaper in more parcels", because: profilePlaces(decision, ["max_parcels"]))
    case .shipComplete:
      return Point(text: "cheaper, if it need not be complete", because: profilePlaces(decision, ["ship_complete"]))
    case .splitValueThreshold:
      return Point(
        text: "cheaper with parcels of less value", because: profilePlaces(decision, ["split_value_threshold"]))
    case .split: return Point(text: "cheaper, if it could be split", because: profilePlaces(decision, ["split"]))
    }
  }

  private func candidate(_ candidate: RouteDecision.Candidate) -> Point {
    let lane = candidate.lane
    func point(_ words: String, _ places: [PolicyPlaces.Place] = []) -> Point {
      Point(text: "not by \(lane): \(words)", because: places)
    }
    switch candidate.outcome {
    case .chosen: return Point(text: "by \(lane)")
    case .dominated: return point("another is no dearer in anything and has as much")
    case .dearer:
      return point(candidate.alone.map { "\(money($0)) from there alone" } ?? "it would not be enough alone")
    case .noStock: return point("\(candidate.node) had nothing of it to give")
    case .noLabour: return point("\(candidate.node) could ship no more that day")
    case .nodeClosed:
      return point("\(candidate.node) was closed", policy.places(.node, candidate.node.rawValue, ["status"]))
    case .carrierDisrupted:
      let carrier = policy.field(.lane, lane, "carrier")?.text ?? ""
      return point("its carrier was disrupted", policy.places(.carrier, carrier, ["status"]))
    case .serviceNotUsed: return point("its service is not used for these orders")
    case .storesNotUsed: return point("stores are not used for these orders")
    case .tooLate: return point("it would come too late, which the routing profile refuses")
    case .otherNode: return point("no further node may be used")
    }
  }

  private func profilePlaces(_ decision: RouteDecision, _ fields: [String]) -> [PolicyPlaces.Place] {
    decision.profile.map { policy.places(.routingProfile, $0, fields) } ?? []
  }

  private func money(_ amount: Int64) -> String { MoneyText.text(minorUnits: amount) }
}
