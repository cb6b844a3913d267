import DesiredState
import Operations

/// A way from a node to a region, as it holds at a moment.
struct LanePolicy: Hashable, Sendable {
  var name: String
  var node: NodeID
  var region: String
  var carrier: String
  var isCarrierActive: Bool
  var service: String
  var transit: TimeSpan
  /// Minor units for a parcel, and for each unit in it on top.
  var parcelCost: Int64
  var unitCost: Int64
}

/// How orders are routed. What a field says that is left out: split as you like, count nothing but what it costs to ship.
struct RoutingProfile: Hashable, Sendable {
  /// Nil for what holds without any profile.
  var name: String?
  var split = SplitMode.any
  var shipsComplete = false
  var maxParcels: Int?
  /// Minor units.
  var splitPenalty: Int64 = 0
  var splitValueThreshold: Int64 = 0
  var latePenalty: Int64 = 0
  var storeUnitPenalty: Int64 = 0
  /// From the order, which is ready at its next full hour, to the customer; nil: only a promise can be late.
  var deliverWithin: TimeSpan?
  /// Whether nothing may leave that would be late.
  var refusesLate = false
  var usesStores = true
  /// Nil for all.
  var services: [String]?

  func uses(_ service: String) -> Bool { services?.contains { $0.isBytewiseEqual(to: service) } ?? true }
}

/// The ways between nodes and customers, and how to choose among them.
struct NetworkPolicy: Sendable {
  /// By node, region, service and name.
  var lanes: [LanePolicy] = []
  /// Beside the policy's channels.
  var profiles: [RoutingProfile] = []

  /// Without any lane nothing is routed: claims stay in their pools.
  var isRouting: Bool { !lanes.isEmpty }
}

extension PolicyResolver {
  func network() -> NetworkPolicy {
    let lanes = state.names(of: .lane).compactMap { name -> LanePolicy? in
      guard let lane = state.effective(.init(.lane, name), at: now) else { return nil }
      let carrier = lane["carrier"]?.text ?? ""
      // A carrier that is not there at the moment carries nothing.
      let status = state.effective(.init(.carrier, carrier), at: now).map { $0["status"]?.text ?? "active" }
      return LanePolicy(
        name: name, node: NodeID(lane["node"]?.text ?? ""), region: lane["to"]?.text ?? "", carrier: carrier,
        isCarrierActive: status == "active", service: lane["service"]?.text ?? Schema.standardService,
        transit: lane["transit"]?.span ?? .day, parcelCost: lane["parcel_cost"]?.money ?? 0,
        unitCost: lane["unit_cost"]?.money ?? 0)
    }
    let (own, others) = profiles()
    return NetworkPolicy(
      lanes: withoutReplaced(lanes), profiles: channels.map { own[$0] ?? others ?? RoutingProfile() })
  }

  /// Of two lanes that offer the same, the one that holds for a time replaces the other.
  private func withoutReplaced(_ lanes: [LanePolicy]) -> [LanePolicy] {
    func key(_ lane: LanePolicy) -> [String] { [lane.node.rawValue, lane.region, lane.service] }
    let bounded = Set(lanes.map(\.name).filter { isBounded(Resource.Key(.lane, $0)) })
    let sorted = lanes.sorted { left, right in
      let (first, second) = (key(left), key(right))
      for (one, other) in zip(first, second) where !one.isBytewiseEqual(to: other) {
        return one.isBytewiseLess(than: other)
      }
      if bounded.contains(left.name) != bounded.contains(right.name) { return bounded.contains(left.name) }
      return left.name.isBytewiseLess(than: right.name)
    }
    var kept: [LanePolicy] = []
    for lane in sorted {
      let isSame = kept.last.map { zip(key($0), key(lane)).allSatisfy { $0.isBytewiseEqual(to: $1) } } ?? false
      if !isSame { kept.append(lane) }
    }
    return kept
  }

  private func profiles() -> (own: [ChannelID: RoutingProfile], others: RoutingProfile?) {
    var own: [ChannelID: RoutingProfile] = [:]
    var others: RoutingProfile?
    let names = state.names(of: .routingProfile).map { Resource.Key(.routingProfile, $0) }
    // Those that hold for a time come last and replace what stands for good.
    for key in names.filter({ !isBounded($0) }) + names.filter(isBounded) {
      guard let resource = state.effective(key, at: now) else { continue }
      let profile = profile(key.name, resource)
      if let channel = resource["channel"]?.text { own[ChannelID(channel)] = profile } else { others = profile }
    }
    return (own, others)
  }

  private func isBounded(_ key: Resource.Key) -> Bool {
    (state.resources[key] ?? []).contains { $0.effective.isBounded && $0.effective.contains(now) }
  }

  private func profile(_ name: String, _ resource: EffectiveResource) -> RoutingProfile {
    RoutingProfile(
      name: name, split: resource["split"]?.text.flatMap(SplitMode.init(rawValue:)) ?? .any,
      shipsComplete: resource["ship_complete"]?.bool ?? false,
      maxParcels: resource["max_parcels"]?.integer.map { Int($0) },
      splitPenalty: resource["split_penalty"]?.money ?? 0,
      splitValueThreshold: resource["split_value_threshold"]?.money ?? 0,
      latePenalty: resource["late_penalty"]?.money ?? 0,
      storeUnitPenalty: resource["store_unit_penalty"]?.money ?? 0, deliverWithin: resource["deliver_within"]?.span,
      refusesLate: resource["late"]?.text == "refused",
      usesStores: resource["use_stores"]?.bool ?? true, services: resource["services"]?.list.compactMap(\.text))
  }
}
