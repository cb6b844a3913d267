import DesiredState
import Operations

/// The regions that are named, and which nodes and destinations are theirs.
struct RegionPolicy: Hashable, Sendable {
  /// In byte order; the one that is everywhere, if none is named.
  var names: [RegionID] = [.everywhere]
  var map = RegionMap()

  var areNamed: Bool { !map.isEmpty }
}

extension PolicyResolver {
  func regions() -> RegionPolicy {
    let names = state.names(of: .region)
    guard !names.isEmpty else { return RegionPolicy() }
    var map = RegionMap()
    for resource in names.flatMap({ state.resources[.init(.region, $0)] ?? [] }) {
      let region = RegionID(resource.key.name)
      for node in resource.fields["nodes"]?.list ?? [] { if let name = node.text { map.nodes[NodeID(name)] = region } }
      for field in resource.servedDestinations {
        if let name = field.text { map.destinations[Identifier(name)] = region }
      }
      if resource.fields["takes_others"]?.bool == true { map.others = region }
    }
    return RegionPolicy(names: names.map { RegionID($0) }, map: map)
  }
}
