import ActualState
import ArgumentParser
import Operations

struct GetReservations: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reservations", abstract: "Units that order lines hold or have held, and the pools they came from.")

  @OptionGroup var options: ListOptions
  @Option(help: "Only of this item.") var sku: String?
  @Option(help: "Only of this channel.") var channel: String?

  private static let columns = [
    Column(name: "reservation", isNumber: true, isKey: true), Column(name: "order"), Column(name: "line"),
    Column(name: "sku"), Column(name: "channel"), Column(name: "pool"), Column(name: "node"),
    Column(name: "qty", isNumber: true),
    Column(name: "state"), Column(name: "claimed_at"),
  ]

  func run() throws {
    let (wantedSKU, wantedChannel) = (sku.map { SKU($0) }, channel.map { ChannelID($0) })
    try options.list(Self.columns, empty: "no reservations", isFiltered: wantedSKU != nil || wantedChannel != nil) {
      store, writer in
      try store.eachClaim { claim in
        guard claim.sku == wantedSKU ?? claim.sku, claim.channel == wantedChannel ?? claim.channel else { return }
        try writer.add([
          .integer(claim.id), JSONValue(claim.order), .string(claim.line), JSONValue(claim.sku),
          JSONValue(claim.channel), .string(claim.pool.description), JSONValue(claim.node?.rawValue),
          .integer(claim.quantity),
          .string(claim.state.rawValue), JSONValue(claim.claimedAt),
        ])
      }
    }
  }
}

struct GetOrders: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "orders", abstract: "Orders and how far each is.",
    discussion: "JSON also shows the lines of each order.")

  @OptionGroup var options: ListOptions
  @Option(help: "Only orders with this item.") var sku: String?
  @Option(help: "Only of this channel.") var channel: String?

  private static let columns = [
    Column(name: "order", isKey: true), Column(name: "channel"), Column(name: "region"), Column(name: "placed_at"),
    Column(name: "status"), Column(name: "ordered", isNumber: true), Column(name: "open", isNumber: true),
    Column(name: "nodes"), Column(name: "lines", isJSONOnly: true),
  ]

  func run() throws {
    let (wantedSKU, wantedChannel) = (sku.map { SKU($0) }, channel.map { ChannelID($0) })
    try options.list(Self.columns, empty: "no orders", isFiltered: wantedSKU != nil || wantedChannel != nil) {
      store, writer in
      try store.eachOrder { order in
        guard order.channel == wantedChannel ?? order.channel else { return }
        let lines = try store.lines(of: order.order)
        if let wantedSKU, !lines.contains(where: { $0.sku == wantedSKU }) { return }
        try writer.add([
          JSONValue(order.order), JSONValue(order.channel), .string(order.region), JSONValue(order.placedAt),
          .string(OrderStatus(lines).rawValue), .integer(lines.reduce(0) { $0 + $1.ordered }),
          .integer(lines.reduce(0) { $0 + $1.open }), try nodes(lines, store), .array(lines.map(json)),
        ])
      }
    }
  }

  /// Where what has not left yet ships from, in byte order.
  private func nodes(_ lines: [OrderLineRow], _ store: any Store) throws -> JSONValue {
    let claims = try lines.filter { $0.claimed > 0 }.flatMap { try store.activeClaims(of: $0.order, $0.line) }
    let names = Set(claims.compactMap(\.node)).sorted().map(\.rawValue)
    return names.isEmpty ? .null : .string(names.joined(separator: ","))
  }

  private func json(_ line: OrderLineRow) -> JSONValue {
    [
      "line": .string(line.line), "sku": JSONValue(line.sku), "ordered": .integer(line.ordered),
      "claimed": .integer(line.claimed), "shipped": .integer(line.shipped), "cancelled": .integer(line.cancelled),
      "open": .integer(line.open), "unit_price": JSONValue(minorUnits: line.unitPrice),
    ]
  }
}

/// How far an order is, in one word: derived from its lines, never stored.
enum OrderStatus: String {
  case open
  case partlyClaimed = "partly_claimed"
  case claimed
  case partlyShipped = "partly_shipped"
  case shipped
  case cancelled

  init(_ lines: [OrderLineRow]) {
    let open = lines.contains { $0.open > 0 }
    let claimed = lines.contains { $0.claimed > 0 }
    if lines.contains(where: { $0.shipped > 0 }) {
      self = open || claimed ? .partlyShipped : .shipped
    } else if open {
      self = claimed ? .partlyClaimed : .open
    } else {
      self = claimed ? .claimed : .cancelled
    }
  }
}
