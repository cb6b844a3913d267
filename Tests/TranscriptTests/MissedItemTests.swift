import ActualState
import SQLiteStore
import TestSupport
import Testing

/// The hourly full plan as a check of the plans of what was touched: what they missed is put right and heard of.
@Suite struct MissedItemTests {
  private static func count(_ units: Int) -> String {
    #"{"specversion":"1.0","id":"c\#(units)","source":"/wms","type":"inventory.counted","data":{"sku":"#
      + #""SKU-1","node":"dc-leipzig","on_hand":\#(units),"as_of":"2026-11-24T10:20:00Z"}}"#
  }

  private static func run(_ company: CompanyFolder, at time: String) throws -> String {
    try company(
      "run", "--once", "--repo", "ops", "--store", "ops.db", "--now", "2026-11-24T\(time):00Z"
    ).errors
  }

  @Test(arguments: [true, false]) func whatWasMissedIsSaid(isMissed: Bool) throws {
    let company = try CompanyFolder()
    let item =
      #"{"specversion":"1.0","id":"i","source":"/pim","type":"catalog.item_upserted","data":{"sku":"SKU-1","uom":"each"}}"#
    try company.importEvents([item, Self.count(50)], as: "stock")
    _ = try Self.run(company, at: "10:25")
    try company.importEvents([Self.count(40).replacing("10:20", with: "10:30")], as: "count")
    if isMissed {
      let store = try SQLiteStore(path: company.store, mode: .create)
      try store.transaction { try store.clearDirtyMarks(of: nil) }
    }
    // Within the hour only what is marked is planned.
    let first = try Self.run(company, at: "10:35")
    #expect(first.contains("applied") == !isMissed, "\(first)")
    let second = try Self.run(company, at: "11:05")
    #expect(second.contains("that nothing had touched since the plan before: SKU-1") == isMissed, "\(second)")
    #expect(second.contains("applied") == isMissed, "\(second)")
    #expect(!(try Self.run(company, at: "12:05").contains("nothing had touched")))
  }
}
