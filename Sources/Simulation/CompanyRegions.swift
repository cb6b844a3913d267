import Operations
import TestSupport

/// A region of the simulated company.
struct SalesRegion: Hashable, Sendable {
  static let names = ["east", "west"]

  var name: String
  var nodes: [String]
  /// Without any it serves a destination of its own name, where nobody lives.
  var destinations: [String] = []
  var takesOthers = false

  fileprivate var document: String {
    "kind: Region\nname: \(name)\nnodes: [\(nodes.joined(separator: ", "))]"
      + (destinations.isEmpty ? "" : "\ndestinations: [\(destinations.joined(separator: ", "))]")
      + (takesOthers ? "\ntakes_others: true" : "")
  }
}

extension Company {
  var regionFiles: [String: String] {
    regions.isEmpty
      ? [:] : ["state/network/regions.yaml": regions.map(\.document).joined(separator: "\n---\n") + "\n"]
  }

  /// Where a destination is served; nil for nowhere, and "" where no region is named.
  func region(to destination: String) -> String? {
    if regions.isEmpty { return "" }
    return regions.first { region in
      (region.destinations.isEmpty && !region.takesOthers ? [region.name] : region.destinations).contains(destination)
    }?.name ?? regions.first(where: \.takesOthers)?.name
  }

  func region(of node: String) -> String { regions.first { $0.nodes.contains(node) }?.name ?? "" }

  /// The region that may be bought for on its own. What all the rest orders comes in at the other.
  var regionBoughtForApart: String? { regions.count > 1 ? regions[1].name : nil }

  /// Where a rule has its orders delivered.
  func node(of rule: Replenishment) -> String {
    let isApart = replenishment.contains { $0.region != nil }
    let region = rule.region.flatMap { name in regions.first { $0.name == name } } ?? regions.first
    return isApart ? region?.nodes.first ?? "dc" : "dc"
  }

  /// Every node and every destination goes to one region or another, or all regions go.
  mutating func changeRegions(_ random: inout SplitMix64) {
    regions = []
    if random.chance(75) {
      let isEast = nodes.map { _ in random.chance(60) }
      regions = zip(SalesRegion.names, [true, false]).map { name, side in
        SalesRegion(name: name, nodes: zip(nodes, isEast).filter { $1 == side }.map(\.0.name))
      }.filter { !$0.nodes.isEmpty }
      for destination in Shipping.regions where random.chance(80) {
        regions[random.number(0...(regions.count - 1))].destinations.append(destination)
      }
      if random.chance(40) { regions[random.number(0...(regions.count - 1))].takesOthers = true }
    }
    let names = regions.map(\.name)
    func isGone(_ region: String?) -> Bool { region.map { !names.contains($0) } ?? false }
    protections.removeAll { isGone($0.region) }
    safetyStock.removeAll { isGone($0.region) }
    backorders.removeAll { isGone($0.region) }
    drift.removeAll { isGone($0.region) }
    let apart = regionBoughtForApart
    replenishment.removeAll { $0.region != nil && $0.region != apart }
    for channel in channels.indices {
      if let cap = channels[channel].regionCap, !names.contains(cap.region) { channels[channel].regionCap = nil }
    }
  }
}
