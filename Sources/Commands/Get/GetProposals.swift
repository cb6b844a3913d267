import ActualState
import ArgumentParser
import Operations

struct GetProposals: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "proposals", abstract: "What to order from suppliers, and which orders to expedite.",
    discussion: """
      JSON also shows the numbers behind each proposal. A proposal for one region names it; the others are for all regions \
      that have no replenishment policy of their own.
      """)

  @OptionGroup var options: ListOptions
  @Option(help: "Only of this item.") var sku: String?
  @Option(help: "Only at this supplier.") var supplier: String?

  private static let columns = [
    Column(name: "sku", isKey: true), Column(name: "kind", isKey: true), Column(name: "supplier"),
    Column(name: "node"), Column(name: "qty", isNumber: true), Column(name: "position", isNumber: true),
    Column(name: "reorder_point", isNumber: true), Column(name: "order_up_to", isNumber: true),
    Column(name: "purchase_order"), Column(name: "line"), Column(name: "proposed_at"),
    Column(name: "reason", isJSONOnly: true),
  ]

  func run() throws {
    let (wantedSKU, wantedSupplier) = (sku.map { SKU($0) }, supplier.map { SupplierID($0) })
    try options.list(
      Self.columns(of:), empty: "nothing to order; only items with a ReplenishmentPolicy are considered",
      isFiltered: wantedSKU != nil || wantedSupplier != nil
    ) { store, writer in
      let isByRegion = try Self.isByRegion(store)
      try store.eachProposal { sku, proposal, time in
        guard sku == wantedSKU ?? sku, proposal.supplier == wantedSupplier ?? proposal.supplier else { return }
        let numbers = ["position", "reorder_point", "order_up_to"].map { proposal.reason[$0] ?? .null }
        try writer.add(
          [
            JSONValue(sku), .string(proposal.kind.rawValue),
          ] + (isByRegion ? [proposal.region.json] : []) + [
            JSONValue(proposal.supplier), JSONValue(proposal.node), .integer(proposal.quantity),
          ] + numbers + [
            JSONValue(proposal.line?.purchaseOrder.rawValue), JSONValue(proposal.line?.line), JSONValue(time),
            proposal.reason,
          ])
      }
    }
  }

  private static func isByRegion(_ store: any Store) throws -> Bool {
    var isByRegion = false
    try store.eachProposal { _, proposal, _ in isByRegion = isByRegion || !proposal.region.isEverywhere }
    return isByRegion
  }

  private static func columns(of store: any Store) throws -> [Column] {
    try isByRegion(store) ? columns[..<2] + [Column(name: "region", isKey: true)] + columns[2...] : columns
  }
}
