import Diagnostics
import Operations

/// What is bought for a region has to come in there, and nothing else: it would count there, and be bought again.
extension DesiredState {
  func regionalSupplyProblems() -> [Diagnostic] {
    let policies = names(of: .replenishmentPolicy).flatMap { resources[.init(.replenishmentPolicy, $0)] ?? [] }
      .sorted { $0.location < $1.location }
    let regional = policies.filter { $0.targetRegion != nil }
    guard !regional.isEmpty else { return [] }
    var regionOfNode: [String: String] = [:]
    for region in names(of: .region).flatMap({ resources[.init(.region, $0)] ?? [] }) {
      for node in region.fields["nodes"]?.list.compactMap(\.text) ?? [] { regionOfNode[node] = region.key.name }
    }
    return regional.compactMap { outside($0, regionOfNode) }
      + policies.filter { $0.targetRegion == nil }.compactMap {
        delivers($0, intoAnyOf: regional, regionOfNode, policies)
      }
  }

  /// A policy for a region whose node serves another.
  private func outside(_ policy: Resource, _ regionOfNode: [String: String]) -> Diagnostic? {
    guard let field = policy.fields["node"], let node = field.text, let region = policy.targetRegion,
      names(of: .region).contains(region), regionOfNode[node] != region
    else { return nil }
    let nodes = regionOfNode.filter { $0.value == region }.keys.sorted()
    return Diagnostic(
      "state.node_outside_region",
      "\(policy.key) is for the Region '\(region)', but the node '\(node)' serves "
        + (regionOfNode[node].map { "'\($0)'" } ?? "no Region"),
      at: field.location,
      hint: nodes.isEmpty
        ? "give the Region a node" : "choose a node that serves the Region: \(nodes.joined(separator: ", "))")
  }

  /// A policy for all the rest whose node is not of it, since another policy buys for that node's region. Which items a
  /// class or a brand has is not known here; a plan finds what this cannot.
  private func delivers(
    _ policy: Resource, intoAnyOf regional: [Resource], _ regionOfNode: [String: String], _ policies: [Resource]
  ) -> Diagnostic? {
    guard let field = policy.fields["node"], let region = field.text.flatMap({ regionOfNode[$0] }) else { return nil }
    let isAlone = policies.filter { $0.targetRegion == nil }.allSatisfy { $0.key == policy.key }
    let other = regional.first { other in
      other.targetRegion == region && other.effective.overlaps(policy.effective)
        && (other.target == policy.target || policy.target == .everything && isAlone)
    }
    return other.map { other in
      Diagnostic(
        "state.delivers_into_region",
        "\(policy.key) is for the regions without a policy of their own, but its node serves '\(region)', which has \(other.key)",
        at: field.location,
        hint:
          "what it buys would count there and be bought again: choose a node of another Region, or give the policy a region",
        notes: [.init("the other one", at: other.location)])
    }
  }
}
