import DesiredState
import Operations

/// Which lanes can be used at the moment of a plan, and why the others cannot.
struct Ways: Sendable {
  enum Closure: Hashable, Sendable {
    /// The carrier's own `status`.
    case status
    /// A FallbackRule that says so of the lane's node.
    case rule(String)
  }

  /// Beside the policy's lanes; nil for one that can be used.
  let closures: [Closure?]
  private let open: Set<Way>

  private enum Region {}
  private enum Service {}

  private struct Way: Hashable {
    var node: NodeID
    var region: Identifier<Region>
    var service: Identifier<Service>

    init(_ node: NodeID, _ region: String, _ service: String) {
      (self.node, self.region, self.service) = (node, Identifier(region), Identifier(service))
    }
  }

  init(_ policy: Policy) {
    let disruptions = policy.fallbacks.filter { $0.when == .carrierDisruption }
    closures = policy.network.lanes.map { lane in
      guard lane.isCarrierActive else { return .status }
      let rule = disruptions.first { rule in
        let node = FallbackTarget.node(lane.node)
        return rule.carrier?.isBytewiseEqual(to: lane.carrier) ?? false && rule.targets.contains(node)
          && (rule.isDeclaredActive || policy.drill?.triggers(rule, node) ?? false)
      }
      return rule.map { .rule($0.name) }
    }
    open = Set(
      zip(policy.network.lanes, closures).compactMap { lane, closure in
        closure == nil ? Way(lane.node, lane.region, lane.service) : nil
      })
  }

  /// Whether some lane that can be used leads from a node to a region by a service. What was routed over a lane that was
  /// renamed, or that another stands in for, goes on as it was.
  func lead(from node: NodeID, to region: String, by service: String) -> Bool {
    open.contains(Way(node, region, service))
  }
}

extension FallbackPolicy {
  fileprivate var isDeclaredActive: Bool { if case .declared(isActive: true, _) = trigger { true } else { false } }
}
