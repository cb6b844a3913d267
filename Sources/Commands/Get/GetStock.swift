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
    Column(name: "counted_at"),
  ]

  func run() throws {
    let (wantedSKU, wantedNode) = (sku.map { SKU($0) }, node.map { NodeID($0) })
    try options.list(
      Self.columns, empty: "no positions; 'purser import' takes in counts",
      isFiltered: wantedSKU != nil || wantedNode != nil
    ) { store, writer in
      try store.eachPosition { row, isActive in
        guard row.sku == wantedSKU ?? row.sku, row.node == wantedNode ?? row.node else { return }
        try writer.add([
          JSONValue(row.sku), JSONValue(row.node), .integer(row.onHand), .integer(row.sellable),
          .integer(row.allocated), .integer(row.safetyStock), .integer(row.availableToFulfil(isActive: isActive)),
          row.countedAt.map { JSONValue($0) } ?? .null,
        ])
      }
    }
  }
}

struct GetAvailability: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "availability", abstract: "What each channel can sell of each item now.",
    discussion: "on_hand and safety_stock are sums over all nodes; reserved is what the channel's open claims hold.")

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

  private struct ItemTotals {
    var shared: Quantity = 0
    var onHand: Quantity = 0
    var safetyStock: Quantity = 0
  }

  func run() throws {
    let (wantedSKU, wantedChannel) = (sku.map { SKU($0) }, channel.map { ChannelID($0) })
    try options.list(
      Self.columns, empty: "no availability yet; 'purser run --once' works it out",
      isFiltered: wantedSKU != nil || wantedChannel != nil
    ) { store, writer in
      let items = try totals(store, of: wantedSKU)
      try store.eachGrant { row in
        guard row.sku == wantedSKU ?? row.sku, row.channel == wantedChannel ?? row.channel else { return }
        let item = items[row.sku] ?? ItemTotals()
        // Before the first plan nothing is granted, so nothing can be sold.
        let mayUseShared = row.grant?.mayUseShared ?? false
        try writer.add([
          JSONValue(row.sku), JSONValue(row.channel), .integer(item.onHand),
          .integer(row.activeProtected + row.activeShared), .integer(item.safetyStock),
          .integer(row.grant?.protected ?? 0), .integer(mayUseShared ? item.shared : min(0, item.shared)),
          JSONValue(row.grant?.capLeft), .integer(row.grant?.available(shared: item.shared) ?? 0),
          JSONValue(row.published),
        ])
      }
    }
  }

  private func totals(_ store: any Store, of wanted: SKU?) throws -> [SKU: ItemTotals] {
    var items: [SKU: ItemTotals] = [:]
    try store.eachItem { if $0.sku == wanted ?? $0.sku { items[$0.sku] = ItemTotals(shared: $0.shared) } }
    try store.eachPosition { row, _ in
      items[row.sku]?.onHand += row.onHand
      items[row.sku]?.safetyStock += row.safetyStock
    }
    return items
  }
}
