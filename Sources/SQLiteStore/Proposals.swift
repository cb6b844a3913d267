import ActualState
public import Operations
import SQLite

struct ProposalQueries {
  let put, remove, each: Query
  let putStockout, removeStockouts: Query

  init(_ database: Database) {
    put = Query(database, "INSERT OR REPLACE INTO proposals VALUES (?, ?, ?, ?, ?, ?)")
    remove = Query(database, "DELETE FROM proposals WHERE item = ? AND kind = ? AND region = ?")
    each = Query(
      database,
      """
      SELECT i.sku, p.body, p.proposed_at FROM proposals AS p JOIN items AS i ON i.id = p.item
      ORDER BY i.sku, p.kind, p.region
      """)
    putStockout = Query(database, "INSERT OR REPLACE INTO stockouts VALUES (?, ?, ?, ?)")
    removeStockouts = Query(database, "DELETE FROM stockouts WHERE item = ? AND until_hour < ?")
  }
}

extension SQLiteStore {
  public func put(_ proposal: PurchaseProposal, of sku: SKU, at time: Instant) throws {
    try proposals.put.run(
      .integer(try items.number(of: sku.rawValue)), .text(proposal.kind.rawValue), .text(proposal.region.rawValue),
      .integer(proposal.quantity), .text(proposal.json.canonical), .integer(time.milliseconds))
  }

  public func remove(_ kind: PurchaseProposal.Kind, for region: RegionID, of sku: SKU) throws {
    guard let item = try items.find(sku.rawValue) else { return }
    try proposals.remove.run(.integer(item), .text(kind.rawValue), .text(region.rawValue))
  }

  public func eachProposal(_ body: (SKU, PurchaseProposal, Instant) throws -> Void) throws {
    try proposals.each.each { row in
      try body(SKU(row.text(0)), try proposal(row.text(1)), Instant(milliseconds: row.integer(2)))
    }
  }

  public func put(_ stockout: Stockout, of sku: SKU) throws {
    try proposals.putStockout.run(
      .integer(try items.number(of: sku.rawValue)), .text(stockout.region.rawValue), .integer(Int64(stockout.from)),
      Value(stockout.until.map(Int64.init)))
  }

  public func removeStockouts(of sku: SKU, endedBefore hour: Int32) throws {
    guard let item = try items.find(sku.rawValue) else { return }
    try proposals.removeStockouts.run(.integer(item), .integer(Int64(hour)))
  }

  func proposal(_ text: String) throws -> PurchaseProposal {
    try known((try? JSONValue.parse(text)).flatMap(PurchaseProposal.init(json:)), "proposal")
  }
}
