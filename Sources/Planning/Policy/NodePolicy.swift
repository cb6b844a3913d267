import DesiredState
import Operations

extension Policy {
  /// What holds for a node at a moment.
  struct NodePolicy: Hashable, Sendable {
    enum NodeType: String, Sendable {
      case distributionCentre = "dc"
      case thirdParty = "3pl"
      case store
    }

    var isActive: Bool
    var minimumStock: Quantity
    var type: NodeType
    var region: String
    /// Among nodes that cost the same the lowest serves an order.
    var rank: Int64
    var calendar: WorkCalendar
    /// The local time until which an order is worked on the same day; nil until it closes.
    var cutOff: TimeOfDay?
    var processingTime: TimeSpan
    /// From the dock to the shelf, for what another node sends.
    var receivingTime = TimeSpan(milliseconds: 0)
    /// So late after the first date what another node sent counts as nothing.
    var pastDueAfter = Self.usualPastDue
    /// Units that it can pick and pack on an open day; nil for any number.
    var labourCapacity: Quantity?
    /// Minor units for each unit.
    var handlingCost: Int64

    /// - Source: domain.md §2.3: past-due supply days, of which 2 to 14 are worth choosing.
    static let usualPastDue = TimeSpan(milliseconds: 7 * TimeSpan.day.milliseconds)

    /// The moment at which an order leaves that is routed there at another; nil if it is closed for the whole horizon.
    func leaves(routedAt moment: Instant) -> Instant? {
      calendar.leaves(readyAt: moment, cutOff: cutOff, processing: processingTime)
    }

    /// The open day whose labour an order takes that is routed there at a moment.
    func workDay(routedAt moment: Instant) -> LocalDate? { calendar.workDay(readyAt: moment, cutOff: cutOff) }
  }
}

extension PolicyResolver {
  func nodes() -> [NodeID: Policy.NodePolicy] {
    var nodes: [NodeID: Policy.NodePolicy] = [:]
    for name in state.names(of: .node) {
      guard let node = state.effective(.init(.node, name), at: now) else { continue }
      nodes[NodeID(name)] = Policy.NodePolicy(
        isActive: (node["status"]?.text ?? "active") == "active", minimumStock: node["minimum_stock"]?.integer ?? 0,
        type: node["type"]?.text.flatMap { .init(rawValue: $0) } ?? .distributionCentre,
        region: node["region"]?.text ?? "", rank: node["rank"]?.integer ?? 1000,
        calendar: node["calendar"]?.text.flatMap { state.calendar($0, at: now) } ?? .alwaysOpen,
        cutOff: node["cut_off"]?.timeOfDay, processingTime: node["processing_time"]?.span ?? TimeSpan(milliseconds: 0),
        receivingTime: node["receiving_time"]?.span ?? TimeSpan(milliseconds: 0),
        pastDueAfter: node["past_due_after"]?.span ?? Policy.NodePolicy.usualPastDue,
        labourCapacity: node.labourCapacity, handlingCost: node["handling_cost"]?.money ?? 0)
    }
    return nodes
  }
}
