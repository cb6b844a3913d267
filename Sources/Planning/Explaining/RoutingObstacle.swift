import DesiredState
public import Operations

/// What keeps units that are covered from being sent. A case and `purser why` say the same of an order.
public enum RoutingObstacle: Hashable, Sendable {
  /// The policy has no lane at all: nothing is routed.
  case notRouted
  /// Someone with a role must let the order go; the rule, and what is wanted.
  case release(rule: String, wanted: String)
  /// The order leaves complete or not at all, and so many units of it are not there.
  case waitsForUnits(profile: String?, Quantity)
  /// No more parcels may be under way.
  case maxParcels(profile: String?, Int)
  /// How far it may be split.
  case split(profile: String?, SplitMode)
  case splitValueThreshold(profile: String?, Int64)
  /// All that is left must leave at once.
  case shipComplete(profile: String?)
  case carrier(String)
  /// A FallbackRule says that a carrier fetches nothing.
  case carrierRule(String, rule: String)
  case nodeClosed(NodeID)
  /// The node's calendar opens on no day within a year.
  case calendar(NodeID)
  /// The node can pack no unit on any day.
  case noLabour(NodeID)
  case service(profile: String?, String)
  case stores(profile: String?)
  /// It would come after its promise, or later than its channel delivers, and may not.
  case late(profile: String?)
  /// Nothing new is sent from a node that is not taken at its word, or no more than the share of it that counts.
  case fallback(NodeID, [String])
  case safetyStock(NodeID)
  /// A node has it, and no lane leads from there.
  case noLaneFrom(NodeID, String)
  case noLane(String)
  /// A day's work at these nodes is full.
  case labour([NodeID])
  /// What must leave at once is more than a node's whole day of work, which is so many units.
  case wholeDay(NodeID, Quantity)
  /// No node has it.
  case stock
  /// The amounts are too large to be weighed.
  case tooLarge
  /// Nothing forbids it, and the search, which is limited, found no way.
  case notFound

  /// In the order in which they are told.
  var rank: Int {
    switch self {
    case .notRouted: 0
    case .release: 1
    case .waitsForUnits: 2
    case .labour, .wholeDay: 3
    case .maxParcels: 4
    case .split: 5
    case .splitValueThreshold: 6
    case .shipComplete: 7
    case .carrier: 8
    case .carrierRule: 9
    case .nodeClosed: 10
    case .calendar: 11
    case .noLabour: 12
    case .service: 13
    case .late: 14
    case .stores: 15
    case .fallback: 16
    case .safetyStock: 17
    case .noLaneFrom: 18
    case .noLane: 19
    case .stock: 20
    case .tooLarge: 21
    case .notFound: 22
    }
  }

  static func isTold(_ left: Self, before right: Self) -> Bool {
    left.rank == right.rank ? left.words.isBytewiseLess(than: right.words) : left.rank < right.rank
  }

  /// The stable name of its kind, in JSON.
  public var kind: String {
    switch self {
    case .notRouted: "not_routed"
    case .release: "release_pending"
    case .waitsForUnits, .shipComplete: "ship_complete"
    case .maxParcels: "max_parcels"
    case .split: "split"
    case .splitValueThreshold: "split_value_threshold"
    case .carrier, .carrierRule: "carrier_disrupted"
    case .nodeClosed: "node_closed"
    case .calendar: "never_open"
    case .service: "service_not_used"
    case .stores: "stores_not_used"
    case .late: "too_late"
    case .fallback: "fallback"
    case .safetyStock: "safety_stock"
    case .noLaneFrom, .noLane: "no_lane"
    case .labour, .noLabour, .wholeDay: "labour"
    case .stock: "no_stock"
    case .tooLarge: "too_large"
    case .notFound: "not_found"
    }
  }

  /// What it is: the same words as long as the policy and the order's own stock are the same.
  public var words: String {
    switch self {
    case .notRouted: "the policy has no Lane, so orders are not routed"
    case .release(_, let wanted): wanted
    case .waitsForUnits(_, let units): "it must ship complete, and \(units) units of it are missing"
    case .maxParcels(_, let most):
      "it may have at most \(most) \(most == 1 ? "parcel" : "parcels") (max_parcels)"
    case .split(_, .byLine): "each of its lines must ship from one node (split: by_line)"
    case .split: "it must ship from one node (split: none)"
    case .splitValueThreshold(_, let amount):
      "its parcels would be worth less than \(MoneyText.text(minorUnits: amount)) (split_value_threshold)"
    case .shipComplete: "it must ship complete (ship_complete)"
    case .carrier(let carrier): "the carrier \(carrier) is disrupted"
    case .carrierRule(let carrier, let rule): "the carrier \(carrier) is disrupted: the FallbackRule '\(rule)'"
    case .nodeClosed(let node): "\(node) is not active"
    case .calendar(let node): "\(node) is not open on any day within a year"
    case .noLabour(let node): "\(node) has no labour capacity"
    case .service(_, let service): "the service \(service) is not used for these orders"
    case .stores: "stores are not used for these orders"
    case .late: "it would arrive too late (late: refused)"
    case .fallback(let node, let rules): "\(node) ships nothing more: \(rules.asFallbackRules)"
    case .safetyStock(let node): "the stock at \(node) is safety stock"
    case .noLaneFrom(let node, let region): "\(node) has it, but no lane leads from there to '\(region)'"
    case .noLane(let region): "no lane leads to the region '\(region)'"
    case .labour(let nodes):
      "waiting for labour at " + nodes.prefix(6).map(\.rawValue).joined(separator: ", ")
        + (nodes.count > 6 ? " and \(nodes.count - 6) more" : "")
    case .wholeDay(let node, let units): "a whole day's work at \(node) is \(units) \(units == 1 ? "unit" : "units")"
    case .stock: "waiting for stock: no node has the reserved units"
    case .tooLarge: "too many units to compute the cost: split the order"
    case .notFound: "too many lines and nodes to try every combination, and none was found: split the order"
    }
  }

  /// The values of the policy that make it so; none where only the world does.
  public func places(in policy: PolicyPlaces) -> [PolicyPlaces.Place] {
    func profile(_ name: String?, _ fields: String...) -> [PolicyPlaces.Place] {
      name.map { policy.places(.routingProfile, $0, fields) } ?? []
    }
    switch self {
    case .notRouted, .noLane, .noLaneFrom, .stock, .tooLarge, .notFound: return []
    case .release(let rule, _): return policy.places(.releaseRule, rule, ["above_units", "role"])
    case .waitsForUnits(let name, _), .shipComplete(let name): return profile(name, "ship_complete")
    case .maxParcels(let name, _): return profile(name, "max_parcels")
    case .split(let name, _): return profile(name, "split")
    case .splitValueThreshold(let name, _): return profile(name, "split_value_threshold")
    case .carrier(let carrier): return policy.placeOrAbsence(.carrier, carrier, "status")
    case .carrierRule(_, let rule): return policy.fallbackRules([rule])
    case .nodeClosed(let node): return policy.placeOrAbsence(.node, node.rawValue, "status")
    case .calendar(let node): return policy.places(.node, node.rawValue, ["calendar", "cut_off", "processing_time"])
    case .noLabour(let node), .wholeDay(let node, _): return policy.labour(node)
    case .service(let name, _): return profile(name, "services")
    case .stores(let name): return profile(name, "use_stores")
    case .late(let name): return profile(name, "late", "deliver_within")
    case .fallback(_, let rules): return policy.fallbackRules(rules)
    case .safetyStock(let node): return policy.safetyStock(node, for: CatalogPart())
    case .labour(let nodes): return nodes.flatMap(policy.labour)
    }
  }
}

extension PolicyPlaces {
  /// What says how much a node can do on a day.
  fileprivate func labour(_ node: NodeID) -> [Place] {
    places(.node, node.rawValue, ["labour_capacity", "labour_time", "handling_time"])
  }
}
