import ActualState
import ArgumentParser
import Operations
import Planning

struct GetBackorders: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backorders",
    abstract: "Order lines that are waiting for inbound goods, and what customers were told.",
    discussion: """
      eta is the supplier's date for the goods that the order gets; the goods that arrive first go to whoever has waited \
      longest. Units covered by a ship notice (ASN) arrive when the notice says, even if the purchase order has a newer \
      date; its date applies to the other units. slack is the time between eta and the date that the customer expects; \
      below 0, the goods come too late. confidence is learned from the supplier's deliveries; a confidence declared in \
      the policy, also for ship notices (announced_confidence), is shown only with --repo. Lines that wait for a transfer \
      between two of your nodes name the transfer instead of a supplier, with its latest eta.
      """)

  @OptionGroup var options: ListOptions
  @Option(help: "Only of this item.") var sku: String?
  @Option(help: "Only of this channel.") var channel: String?
  @Option(help: "Only of this supplier.") var supplier: String?

  private static let columns = [
    Column(name: "order", isKey: true), Column(name: "line", isKey: true), Column(name: "sku"), Column(name: "channel"),
    Column(name: "units", isNumber: true), Column(name: "purchase_order", isKey: true),
    Column(name: "po_line", isKey: true), Column(name: "transfer", isKey: true),
    Column(name: "transfer_line", isKey: true), Column(name: "supplier"), Column(name: "confidence"),
    Column(name: "eta"),
    Column(name: "first_promised"), Column(name: "promised"), Column(name: "slack"),
    Column(name: "claimed_at", isJSONOnly: true), Column(name: "expires_at", isJSONOnly: true),
  ]

  func run() throws {
    let (wantedSKU, wantedChannel) = (sku.map { SKU($0) }, channel.map { ChannelID($0) })
    let wantedSupplier = supplier.map { SupplierID($0) }
    let desired = try options.repo.map { try CommittedState.load(.parse(["--repo", $0, "--store", options.store])) }
    let declared = desired.map { $0.declaredConfidence(at: .wallClock) } ?? [:]
    let announced = desired.map { $0.announcedConfidence(at: .wallClock) } ?? [:]
    try options.list(
      Self.columns, empty: "no order is waiting for inbound goods; a Channel's 'backorder' says which orders may",
      isFiltered: sku != nil || channel != nil || supplier != nil
    ) { store, writer in
      var waiting: [Pool: Quantity] = [:]
      try store.eachClaim { claim in
        guard claim.state == .active, claim.pool.isInbound else { return }
        // Goods go to claims in the order in which these were made.
        let ahead = waiting[claim.pool] ?? 0
        waiting[claim.pool] = ahead + claim.quantity
        guard claim.sku == wantedSKU ?? claim.sku,
          claim.channel == wantedChannel ?? claim.channel
        else { return }
        let (bought, moving) = try Self.goods(of: claim.pool, store)
        guard bought?.supplier == wantedSupplier ?? bought?.supplier else { return }
        let line = try store.line(claim.order, claim.line)
        let expected = bought?.expected(claim.quantity, behind: ahead)
        let eta = expected?.at ?? moving?.eta
        let confidence = try bought.flatMap { bought in
          let word = try store.supplier(bought.supplier)?.standing?.confidence ?? declared[bought.supplier]
          let notice = expected?.notice == nil ? nil : announced[bought.supplier]
          return [word, notice].compactMap(\.self).max()
        }
        try writer.add([
          JSONValue(claim.order), .string(claim.line), JSONValue(claim.sku), JSONValue(claim.channel),
          .integer(claim.quantity), JSONValue(bought?.purchaseOrder.rawValue), JSONValue(bought?.line),
          JSONValue(moving?.transfer.rawValue), JSONValue(moving?.line), JSONValue(bought?.supplier.rawValue),
          JSONValue(confidence?.description), JSONValue(eta?.description),
          JSONValue(line?.firstPromisedAt?.description), JSONValue(line?.promisedAt?.description),
          JSONValue(Self.slack(line?.promisedAt, after: eta)), JSONValue(claim.claimedAt),
          JSONValue(claim.expiresAt?.description),
        ])
      }
    }
  }

  private static func goods(
    of pool: Pool, _ store: some Store
  ) throws -> (bought: PurchaseOrderLineRow?, moving: TransferLineRow?) {
    switch pool {
    case .inbound(let order, let line): (try store.purchaseOrderLine(order, line), nil)
    case .transfer(let transfer, let line): (nil, try store.transferLine(transfer, line))
    case .protected, .shared: (nil, nil)
    }
  }

  /// In whole hours, and days from two of them on.
  private static func slack(_ promised: Instant?, after eta: Instant?) -> String? {
    guard let promised, let eta else { return nil }
    let hours = (promised - eta).milliseconds / TimeSpan.hour.milliseconds
    return abs(hours) < 48 ? "\(hours)h" : "\(hours / 24)d"
  }
}
