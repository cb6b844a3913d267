import Diagnostics
import Operations

/// Which nodes serve whom must be plain: every node serves one region, and every destination is served by one.
extension DesiredState {
  func regionProblems() -> [Diagnostic] {
    let regions = names(of: .region).flatMap { resources[.init(.region, $0)] ?? [] }.sorted {
      $0.location < $1.location
    }
    guard !regions.isEmpty else { return [] }
    return nodeProblems(regions) + destinationProblems(regions) + othersProblems(regions)
  }

  private func nodeProblems(_ regions: [Resource]) -> [Diagnostic] {
    var problems: [Diagnostic] = []
    for region in regions where region.fields["nodes"]?.list.isEmpty ?? true {
      problems.append(
        Diagnostic(
          "state.region_without_nodes", "\(region.key) has no node, so nothing can be sold there",
          at: region.fields["nodes"]?.location ?? region.location, hint: "add its nodes, or remove it"))
    }
    let named = regions.flatMap { region in (region.fields["nodes"]?.list ?? []).map { (region, $0) } }
    problems += twice(named, "state.node_twice") { name, region, other in
      (
        "the node '\(name)' \(other.key == region.key ? "is listed twice in \(region.key)" : "already serves \(other.key)")",
        "a node serves only one region, so that its stock is sold once"
      )
    }
    let served = Set(named.compactMap(\.1.text))
    for name in names(of: .node) where !served.contains(name) {
      problems += (resources[.init(.node, name)] ?? []).map { node in
        Diagnostic(
          "state.node_without_region", "\(node.key) serves no Region, so its stock cannot be sold",
          at: node.location, hint: "add it to the nodes of a Region: \(regions.map(\.key.name).joined(separator: ", "))"
        )
      }
    }
    return problems
  }

  private func destinationProblems(_ regions: [Resource]) -> [Diagnostic] {
    twice(regions.flatMap { region in region.servedDestinations.map { (region, $0) } }, "state.destination_twice") {
      name, region, other in
      (
        "'\(name)' \(other.key == region.key ? "is listed twice in \(region.key)" : "is already served by \(other.key)")",
        "only one region can claim stock for a destination"
      )
    }
  }

  private func othersProblems(_ regions: [Resource]) -> [Diagnostic] {
    let takers = regions.filter { $0.fields["takes_others"]?.bool == true }
    guard let first = takers.first else { return [] }
    return takers.dropFirst().map { region in
      Diagnostic(
        "state.others_twice", "\(region.key) has takes_others, but \(first.key) already has it",
        at: region.fields["takes_others"]?.location ?? region.location, hint: "keep it in one of them",
        notes: [.init("the other one", at: first.location)])
    }
  }

  /// Names that stand in two of the regions, or twice in one.
  private func twice(
    _ named: [(Resource, Field)], _ id: String, _ words: (String, Resource, Resource) -> (String, String)
  ) -> [Diagnostic] {
    // Byte by byte, as orders name them.
    var seen: [Identifier<Field>: (region: Resource, field: Field)] = [:]
    return named.compactMap { region, field in
      guard let name = field.text else { return nil }
      guard let other = seen[Identifier(name)] else {
        seen[Identifier(name)] = (region, field)
        return nil
      }
      let (message, hint) = words(name, region, other.region)
      return Diagnostic(
        id, message, at: field.location, hint: hint, notes: [.init("first here", at: other.field.location)])
    }
  }
}

extension Resource {
  /// Of a Region: the destinations that it lists; its own name, where it lists none and takes no others.
  public var servedDestinations: [Field] {
    if let list = fields["destinations"]?.list { return list }
    return fields["takes_others"]?.bool == true ? [] : [Field(.text(key.name), at: location)]
  }
}
