import Operations

/// From which nodes orders can leave at all: by their channel's RoutingProfile, its services and the lanes that there are.
///
/// Where they lead to and whether their carrier is there at the moment does not count, so that only those nodes are left
/// out that nothing of an order could leave from. What lies at a node that nobody's orders can leave from is promised to
/// nobody, as at one that is closed.
struct Reach: Sendable {
  /// A channel whose orders cannot leave from every node from which those of some other can.
  struct Narrow: Sendable {
    var channel: Int
    /// Beside the snapshot's nodes: whether its orders can leave from there.
    var includes: [Bool]
    /// The channels whose orders can leave from no other node than its own can; it is one of them.
    var within: [Int]
  }

  let narrow: [Narrow]
  /// Beside the policy's channels: the nodes of the policy that its orders cannot leave from.
  private let closed: [Set<NodeID>]
  private let closedToAll: Set<NodeID>

  init(_ policy: Policy, nodes: [NodeID]) {
    let network = policy.network
    let ways = Dictionary(grouping: network.lanes, by: \.node)
    // Most channels have the same profile.
    var known: [RoutingProfile: Set<NodeID>] = [:]
    let closed = network.profiles.map { profile -> Set<NodeID> in
      guard network.isRouting else { return [] }
      if let nodes = known[profile] { return nodes }
      let nodes = policy.nodes.filter { profile.obstacle(at: $0.value.type, among: ways[$0.key] ?? []) != nil }
      known[profile] = Set(nodes.keys)
      return Set(nodes.keys)
    }
    let closedToAll = closed.dropFirst().reduce(closed.first ?? []) { $0.intersection($1) }
    narrow = closed.indices.filter { closed[$0] != closedToAll }.map { channel in
      Narrow(
        channel: channel, includes: nodes.map { !closed[channel].contains($0) },
        within: closed.indices.filter { closed[$0].isSuperset(of: closed[channel]) })
    }
    (self.closed, self.closedToAll) = (closed, closedToAll)
  }

  /// Whether orders of a channel can leave from a node; of any channel where none is given.
  func leads(from node: NodeID, for channel: Int? = nil) -> Bool {
    !(channel.map { closed[$0] } ?? closedToAll).contains(node)
  }
}

/// Why nothing can leave from a node.
public enum ReachObstacle: Hashable, Sendable {
  /// No lane leads from there.
  case noLane
  /// The profile uses no stores.
  case stores(profile: String?)
  /// No lane from there is of a service that the profile uses.
  case services(profile: String?)
}

extension RoutingProfile {
  /// Why orders of the profile can never leave from a node; nil if they can.
  /// - Parameters:
  ///   - type: of the node; nil where no Node stands for it.
  ///   - lanes: that lead from the node.
  func obstacle(at type: Policy.NodePolicy.NodeType?, among lanes: [LanePolicy]) -> ReachObstacle? {
    if lanes.isEmpty { return .noLane }
    if type == .store, !usesStores { return .stores(profile: name) }
    return lanes.contains { uses($0.service) } ? nil : .services(profile: name)
  }
}
