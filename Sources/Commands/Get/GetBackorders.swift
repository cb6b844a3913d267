import ActualState
import ArgumentParser
import Operations

struct GetBackorders: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backorders",
    abstract: "Order lines that wait for purchase orders, and what their customers were told.",
    discussion: """
      eta is the supplier's own date, at the latest of what it says of the line's open units: what a ship notice (ASN) is \
      about comes when the notice says, however new the purchase order's own date is; that counts for the rest. slack is how long after that \
      the customer expects the goods; below 0 they come too late. confidence is what was learnt of the supplier; it is empty \
      where the policy declares it ('purser explain Supplier/NAME').
      """)

  @OptionGroup var options: ListOptions
  @Option(help: "Only of this item.") var sku: String?
  @Option(help: "Only of this channel.") var channel: String?
  @Option(help: "Only of this supplier.") var supplier: String?

  private static let columns = [
    Column(name: "order", isKey: true), Column(name: "line", isKey: true), Column(name: "sku"), Column(name: "channel"),
    Column(name: "units", isNumber: true), Column(name: "purchase_order", isKey: true),
    Column(name: "po_line", isKey: true), Column(name: "supplier"), Column(name: "confidence"), Column(name: "eta"),
    Column(name: "first_promised"), Column(name: "promised"), Column(name: "slack"),
    Column(name: "claimed_at", isJSONOnly: true), Column(name: "expires_at", isJSONOnly: true),
  ]

  func run() throws {
    let (wantedSKU, wantedChannel) = (sku.map { SKU($0) }, channel.map { ChannelID($0) })
    let wantedSupplier = supplier.map { SupplierID($0) }
    try options.list(
      Self.columns, empty: "no order waits for a purchase order; a Channel's 'backorder' says which may",
      isFiltered: sku != nil || channel != nil || supplier != nil
    ) { store, writer in
      try store.eachClaim { claim in
        guard claim.state == .active, case .inbound(let purchaseOrder, let name) = claim.pool,
          claim.sku == wantedSKU ?? claim.sku, claim.channel == wantedChannel ?? claim.channel
        else { return }
        let bought = try store.purchaseOrderLine(purchaseOrder, name)
        guard bought?.supplier == wantedSupplier ?? bought?.supplier else { return }
        let line = try store.line(claim.order, claim.line)
        let eta = bought?.expected.at
        let confidence = try bought.flatMap { try store.supplier($0.supplier)?.standing?.confidence }
        try writer.add([
          JSONValue(claim.order), .string(claim.line), JSONValue(claim.sku), JSONValue(claim.channel),
          .integer(claim.quantity), JSONValue(purchaseOrder), .string(name), JSONValue(bought?.supplier.rawValue),
          JSONValue(confidence?.description), JSONValue(eta?.description),
          JSONValue(line?.firstPromisedAt?.description), JSONValue(line?.promisedAt?.description),
          JSONValue(Self.slack(line?.promisedAt, after: eta)), JSONValue(claim.claimedAt),
          JSONValue(claim.expiresAt?.description),
        ])
      }
    }
  }

  /// In whole hours, and days from two of them on.
  private static func slack(_ promised: Instant?, after eta: Instant?) -> String? {
    guard let promised, let eta else { return nil }
    let hours = (promised - eta).milliseconds / TimeSpan.hour.milliseconds
    return abs(hours) < 48 ? "\(hours)h" : "\(hours / 24)d"
  }
}
