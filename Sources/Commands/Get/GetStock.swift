import ActualState
import ArgumentParser
import Operations

struct GetPositions: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "positions", abstract: "Stock of each item at each node.")

  @OptionGroup var options: ListOptions
  @Option(help: "Only this item.") var sku: String?
  @Option(help: "Only this node.") var node: String?

  private static let columns = [
    Column(name: "sku", isKey: true), Column(name: "node", isKey: true), Column(name: "on_hand", isNumber: true),
    Column(name: "sellable", isNumber: true), Column(name: "allocated", isNumber: true),
    Column(name: "safety_stock", isNumber: true), Column(name: "available_to_fulfil", isNumber: true),
    Column(name: "counted_at"), Column(name: "withheld", isJSONOnly: true), Column(name: "shortage", isJSONOnly: true),
  ]

  func run() throws {
    let (wantedSKU, wantedNode) = (sku.map { SKU($0) }, node.map { NodeID($0) })
    try options.list(
      Self.columns, empty: "no positions; 'purser import' imports counts",
      isFiltered: wantedSKU != nil || wantedNode != nil
    ) { store, writer in
      try store.eachPosition { row, isActive in
        guard row.sku == wantedSKU ?? row.sku, row.node == wantedNode ?? row.node else { return }
        try writer.add([
          JSONValue(row.sku), JSONValue(row.node), .integer(row.onHand), .integer(row.sellable),
          .integer(row.allocated), .integer(row.safetyStock), .integer(row.availableToFulfil(isActive: isActive)),
          row.countedAt.map { JSONValue($0) } ?? .null, .integer(row.availability.withheld),
          .integer(row.availability.shortage),
        ])
      }
    }
  }
}

struct GetAvailability: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "availability", abstract: "What each channel can sell of each item now.",
    discussion: """
      on_hand and safety_stock are sums over all nodes; reserved is what the channel's open claims hold. If the policy has
      regions, each row is about one region and its nodes.
      """)

  @OptionGroup var options: ListOptions
  @Option(help: "Only this item.") var sku: String?
  @Option(help: "Only this channel.") var channel: String?

  private static let columns = [
    Column(name: "sku", isKey: true), Column(name: "channel", isKey: true), Column(name: "on_hand", isNumber: true),
    Column(name: "reserved", isNumber: true), Column(name: "safety_stock", isNumber: true),
    Column(name: "protected", isNumber: true), Column(name: "shared", isNumber: true),
    Column(name: "cap_left", isNumber: true), Column(name: "available", isNumber: true),
    Column(name: "published", isNumber: true),
  ]

  /// An item in a region.
  private struct Cell: Hashable {
    var sku: SKU
    var region: RegionID
  }

  private struct Totals {
    var shared: Quantity = 0
    var onHand: Quantity = 0
    var safetyStock: Quantity = 0
  }

  func run() throws {
    let (wantedSKU, wantedChannel) = (sku.map { SKU($0) }, channel.map { ChannelID($0) })
    try options.list(
      Self.columns(of:), empty: "no availability yet; 'purser run --once' computes it",
      isFiltered: wantedSKU != nil || wantedChannel != nil
    ) { store, writer in
      let map = try store.regionMap()
      let totals = try totals(store, map, of: wantedSKU)
      try store.eachGrant { row in
        guard row.sku == wantedSKU ?? row.sku, row.channel == wantedChannel ?? row.channel,
          row.region.isEverywhere == map.isEmpty
        else { return }
        let cell = totals[Cell(sku: row.sku, region: row.region)] ?? Totals()
        let shared = cell.shared
        let overall = map.isEmpty ? nil : try store.grant(row.sku, row.channel, .everywhere)?.grant?.capLeft
        let grant = row.grant.map { grant in
          Grant(
            protected: grant.protected, capLeft: [grant.capLeft, overall].compactMap(\.self).min(),
            mayUseShared: grant.mayUseShared)
        }
        // Before the first plan nothing is granted, so nothing can be sold.
        let mayUseShared = grant?.mayUseShared ?? false
        try writer.add(
          [JSONValue(row.sku), JSONValue(row.channel)] + (map.isEmpty ? [] : [row.region.json]) + [
            .integer(cell.onHand), .integer(row.activeProtected + row.activeShared), .integer(cell.safetyStock),
            .integer(grant?.protected ?? 0), .integer(mayUseShared ? shared : min(0, shared)),
            JSONValue(grant?.capLeft), .integer(grant?.available(shared: shared) ?? 0), JSONValue(row.published),
          ])
      }
    }
  }

  private static let region = Column(name: "region", isKey: true)

  /// With the region only where regions are named.
  private static func columns(of store: any Store) throws -> [Column] {
    try store.regionMap().isEmpty ? columns : columns[..<2] + [region] + columns[2...]
  }

  private func totals(_ store: any Store, _ map: RegionMap, of wanted: SKU?) throws -> [Cell: Totals] {
    var totals: [Cell: Totals] = [:]
    try store.eachItem { item in
      guard item.sku == wanted ?? item.sku else { return }
      for region in [.everywhere] + item.pools.keys {
        totals[Cell(sku: item.sku, region: region)] = Totals(shared: item[region].shared)
      }
    }
    try store.eachPosition { row, _ in
      guard row.sku == wanted ?? row.sku else { return }
      let cell = Cell(sku: row.sku, region: map.region(of: row.node))
      totals[cell, default: Totals()].onHand += row.onHand
      totals[cell, default: Totals()].safetyStock += row.safetyStock
    }
    return totals
  }
}
