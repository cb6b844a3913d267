/// Where the units of an order leave from, and why from there: kept for good, so that the decision can be told later.
public struct RouteDecision: Hashable, Sendable {
  /// What leaves one node by one service.
  public struct Parcel: Hashable, Sendable {
    public var node: NodeID
    /// The names of the policy's lane and of its carrier.
    public var lane: String
    public var carrier: String
    public var service: String
    /// The day whose labour it takes.
    public var workDay: LocalDate
    public var leavesAt: Instant
    public var arrivesAt: Instant
    public var lines: [Line]

    public init(
      node: NodeID, lane: String, carrier: String, service: String, workDay: LocalDate, leavesAt: Instant,
      arrivesAt: Instant, lines: [Line] = []
    ) {
      self.node = node
      self.lane = lane
      self.carrier = carrier
      self.service = service
      self.workDay = workDay
      self.leavesAt = leavesAt
      self.arrivesAt = arrivesAt
      self.lines = lines
    }

    public var units: Quantity { lines.reduce(0) { $0 + $1.units } }
  }

  public struct Line: Hashable, Sendable {
    public var line: String
    public var sku: SKU
    public var units: Quantity

    public init(line: String, sku: SKU, units: Quantity) {
      self.line = line
      self.sku = sku
      self.units = units
    }
  }

  /// What it costs, in minor units: parcels, units (shipping, handling and what a shelf is worth), lateness, splitting.
  public struct Cost: Hashable, Sendable {
    public var parcels: Int64
    public var units: Int64
    public var late: Int64
    public var split: Int64

    public init(parcels: Int64, units: Int64, late: Int64, split: Int64) {
      self.parcels = parcels
      self.units = units
      self.late = late
      self.split = split
    }

    public var total: Int64 { parcels + units + late + split }
  }

  /// The next best answer that leaves out one of the nodes.
  public struct RunnerUp: Hashable, Sendable {
    /// Empty where it would have been to ship nothing.
    public var nodes: [NodeID]
    /// What it would have cost more, in minor units; nil where it would have left units unshipped.
    public var extra: Int64?

    public init(nodes: [NodeID], extra: Int64?) {
      self.nodes = nodes
      self.extra = extra
    }
  }

  /// What would have made it cheaper if there had been more of it, or if it had not held.
  public struct Limit: Hashable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
      case stock, labour
      case maxParcels = "max_parcels"
      case shipComplete = "ship_complete"
      case splitValueThreshold = "split_value_threshold"
      case split
    }

    public var kind: Kind
    public var node: NodeID?
    public var sku: SKU?

    public init(_ kind: Kind, node: NodeID? = nil, sku: SKU? = nil) {
      self.kind = kind
      self.node = node
      self.sku = sku
    }
  }

  /// A lane that was looked at, and what became of it.
  public struct Candidate: Hashable, Sendable {
    public enum Outcome: String, Sendable, CaseIterable {
      case chosen, dominated, dearer
      case noStock = "no_stock"
      case noLabour = "no_labour"
      case nodeClosed = "node_closed"
      /// A FallbackRule lets nothing of the node count.
      case nodeNotTrusted = "node_not_trusted"
      case carrierDisrupted = "carrier_disrupted"
      case serviceNotUsed = "service_not_used"
      case storesNotUsed = "stores_not_used"
      /// It would come after its promise, or later than its channel delivers, and may not.
      case tooLate = "too_late"
      /// The order may not come from one more node.
      case otherNode = "other_node"
    }

    public var lane: String
    public var node: NodeID
    public var outcome: Outcome
    /// What the order would have cost from there only, in minor units; nil where that cannot be.
    public var alone: Int64?
    /// The fallback rules that say so, of a node of which nothing counts.
    public var rules: [String]

    public init(lane: String, node: NodeID, outcome: Outcome, alone: Int64? = nil, rules: [String] = []) {
      self.lane = lane
      self.node = node
      self.outcome = outcome
      self.alone = alone
      self.rules = rules
    }
  }

  public var region: String
  /// The policy's profile; nil where none is for the order's channel.
  public var profile: String?
  public var parcels: [Parcel]
  public var cost: Cost
  public var runnerUp: RunnerUp?
  public var limits: [Limit]
  public var candidates: [Candidate]
  /// Whether nothing was better, given what other orders took.
  public var isProved: Bool

  public init(
    region: String, profile: String?, parcels: [Parcel], cost: Cost, runnerUp: RunnerUp?, limits: [Limit],
    candidates: [Candidate], isProved: Bool
  ) {
    self.region = region
    self.profile = profile
    self.parcels = parcels
    self.cost = cost
    self.runnerUp = runnerUp
    self.limits = limits
    self.candidates = candidates
    self.isProved = isProved
  }
}

/// What a node has to do on one of its work days: units that are to leave by that day's labour and those that have left.
public struct NodeLoad: Hashable, Sendable {
  public var node: NodeID
  public var day: LocalDate
  public var units: Quantity

  public init(node: NodeID, day: LocalDate, units: Quantity) {
    self.node = node
    self.day = day
    self.units = units
  }
}
