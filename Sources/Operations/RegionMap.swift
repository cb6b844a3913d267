/// Which nodes serve which destinations, as the last applied plan left it. Empty: all nodes serve all destinations.
public struct RegionMap: Hashable, Sendable {
  public enum Destination {}

  /// The region that each node serves: one.
  public var nodes: [NodeID: RegionID]
  /// The region that serves each destination: the region of an order's `ship_to`.
  public var destinations: [Identifier<Destination>: RegionID]
  /// What serves the destinations that no region lists; nil: nothing does.
  public var others: RegionID?

  public init(
    nodes: [NodeID: RegionID] = [:], destinations: [Identifier<Destination>: RegionID] = [:], others: RegionID? = nil
  ) {
    self.nodes = nodes
    self.destinations = destinations
    self.others = others
  }

  public var isEmpty: Bool { nodes.isEmpty && destinations.isEmpty && others == nil }

  /// The region whose stock lies at a node; `everywhere` for a node that serves none.
  public func region(of node: NodeID) -> RegionID { nodes[node] ?? .everywhere }

  /// The region whose stock an order claims; nil for a destination that none serves.
  public func region(to destination: String) -> RegionID? {
    isEmpty ? .everywhere : destinations[Identifier(destination)] ?? others
  }

  public var json: JSONValue {
    [
      "nodes": .object(Dictionary(nodes.map { ($0.key.rawValue, .string($0.value.rawValue)) }) { first, _ in first }),
      // Destinations are told apart byte by byte, as members of an object are not.
      "destinations": .array(
        destinations.sorted { $0.key < $1.key }.map {
          .array([.string($0.key.rawValue), .string($0.value.rawValue)])
        }),
      "others": JSONValue(others?.rawValue),
    ]
  }

  public init?(json: JSONValue) {
    guard let nodes = json["nodes"]?.object, let destinations = json["destinations"]?.array else { return nil }
    self.init(
      nodes: Dictionary(nodes.map { (NodeID($0.key), RegionID($0.value.string ?? "")) }) { first, _ in first },
      destinations: Dictionary(
        destinations.compactMap(\.array).compactMap { pair in
          guard pair.count == 2, let name = pair[0].string, let region = pair[1].string else { return nil }
          return (Identifier(name), RegionID(region))
        }
      ) { first, _ in first }, others: json["others"]?.string.map { RegionID($0) })
  }
}

/// The units of one item that are common to its channels in one region, or in all of them.
public struct RegionPool: Hashable, Sendable {
  /// Units left in the shared pool; below 0 when stock shrank after the last plan.
  public var shared: Quantity
  /// Units that active claims hold in pools of what is on hand, and on no node yet.
  public var claimed: Quantity

  public init(shared: Quantity = 0, claimed: Quantity = 0) {
    self.shared = shared
    self.claimed = claimed
  }
}
