import ActualState
import Diagnostics
import FoundationEssentials
import Operations
import Testing

@testable import Intake

/// The mappings that users copy, on rows like those of the real exports.
@Suite struct ExampleMappingTests {
  static func importing(_ csv: String, _ mapping: Mapping, into store: any Store) throws -> (ImportSummary, RowCounts) {
    var importer = Importer(store: store, owners: EventOwners([:]))
    var reader = try MappedCSVReader(ByteSource(Array(csv.utf8), name: "f.csv"), mapping: mapping) {
      Instant(milliseconds: 0)
    }
    try importer.run(&reader) { Issue.record("\($0.diagnostic)") }
    return (importer.summary, reader.counts)
  }

  static func shipped(_ name: String) throws -> Mapping {
    let path = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let file = "/\(path)/templates/mappings/\(name).yaml"
    return try Mapping(decoding: [UInt8](try #require(FileManager.default.contents(atPath: file))), file: file)
  }

  /// Quotes, letters beyond ASCII, and words where a date should be, as in the SCMS history.
  @Test func deliveriesGoInWithTheirShippedMapping() throws {
    let csv = """
      vendor,mode,country,fulfil_via,po_sent,scheduled,delivered,quantity
      Aurobindo Pharma Limited,Air,Vietnam,Direct Drop,Date Not Captured,2006-11-14,2006-11-14,1000
      S. BUYS WHOLESALER,Truck,South Africa,Direct Drop,2009-03-27,2009-06-25,2009-07-02,7000
      "Orgenics, Ltd",Air,Côte d'Ivoire,Direct Drop,2010-06-21,2010-10-27,2010-10-26,336
      SCMS from RDC,Truck,Zambia,From RDC,N/A - From RDC,2011-03-18,2011-03-18,45
      """
    let store = InMemoryStore()
    let (summary, rows) = try Self.importing(csv, try Self.shipped("deliveries"), into: store)
    #expect(summary.reasons.isEmpty && summary.applied == 4 && rows.unmatched == 0)
    let buys = try #require(try store.deliveries(of: "S. BUYS WHOLESALER").first)
    #expect(buys.orderedAt == Instant("2009-03-27T00:00:00Z") && buys.ordered == 7000)
    #expect(buys.promised == Instant("2009-06-25T23:59:59Z"))
    #expect(buys.receipts == [.init(at: try #require(Instant("2009-07-02T23:59:59Z")), units: 7000)])
    #expect(try store.deliveries(of: "Orgenics, Ltd").first?.ordered == 336)
    #expect(try store.deliveries(of: "SCMS from RDC").first?.orderedAt == nil)
    #expect(try Self.importing(csv, try Self.shipped("deliveries"), into: store).0.repeated == 4)
  }

  @Test func onlineRetailGoesInWithItsShippedMapping() throws {
    let csv = """
      InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
      536365,85123A,"LANTERN, WHITE",6,2010-12-01 08:26:00,2.55,17850,United Kingdom
      536366,22633,HAND WARMER,4,2010-12-01 08:26:00,1.855,,Germany
      536365,71053,METAL LANTERN,2,2010-12-01 08:27:00,3.39,17850,United Kingdom
      536365,POST,POSTAGE,1,2010-12-01 08:27:00,18,17850,United Kingdom
      C536379,85123A,"LANTERN, WHITE",-1,2010-12-01 09:41:00,2.55,17850,United Kingdom
      536380,22633,damages,-10,2010-12-01 09:42:00,0,,United Kingdom
      A563185,B,Adjust bad debt,1,2011-08-12 14:50:00,11062.06,,United Kingdom
      """
    let store = InMemoryStore()
    let (summary, rows) = try Self.importing(csv, try Self.shipped("online-retail"), into: store)
    #expect(summary.reasons.isEmpty && summary.applied == 10)
    #expect((rows.rows, rows.skipped, rows.unmatched) == (7, 2, 0))
    #expect(try store.position("85123A", "dc-leipzig")?.onHand == 601)
    #expect(try store.position("22633", "dc-leipzig")?.onHand == 590)
    let lines = try store.lines(of: "536365")
    #expect(lines.map(\.sku) == ["85123A", "71053"] && lines.map(\.unitPrice) == [255, 339])
    #expect(try store.order("536366")?.region == "central")
    #expect(try store.lines(of: "536366").first?.unitPrice == 186)
  }

  /// Orders whose first row alone carries what holds for the whole order, as shop systems export them.
  @Test func anExportThatFillsOnlyTheFirstRowOfAnOrder() throws {
    let yaml = """
      source: /web-shop
      dates: yyyy-MM-dd HH:mm:ss Z
      rules:
        - event: catalog.item_upserted
          once: true
          id: "item/{Lineitem sku}"
          data: {sku: "{Lineitem sku}", uom: piece}
        - event: order.placed
          group_by: "{Name}"
          id: "{Name}"
          time: "{Created at|date}"
          data: {order: "{Name}", channel: storefront, ship_to: {region: "{Shipping Country|or unknown}"}}
          lines: {line: "{#}", sku: "{Lineitem sku}", qty: "{Lineitem quantity|integer}", unit_price: "{Lineitem price|amount}"}
        - event: order.cancelled
          when: {Cancelled at: not_empty}
          id: "{Name}/cancelled"
          time: "{Cancelled at|date}"
          data: {order: "{Name}"}
      """
    let csv = """
      Name,Created at,Lineitem quantity,Lineitem sku,Lineitem price,Shipping Country,Cancelled at
      #1001,2026-03-01 10:00:00 +0100,2,TEA,4.50,DE,
      #1001,,1,MUG,12,,
      #1002,2026-03-01 11:00:00 +0100,1,TEA,4.50,,2026-03-01 12:00:00 +0100
      """
    let store = InMemoryStore()
    let (summary, _) = try Self.importing(csv, try Mapping(decoding: Array(yaml.utf8), file: "m"), into: store)
    #expect(summary.refused == 0)
    #expect(try store.lines(of: "#1001").map(\.ordered) == [2, 1])
    #expect(try store.order("#1001")?.placedAt == Instant("2026-03-01T09:00:00Z"))
    #expect(try store.lines(of: "#1002").map(\.cancelled) == [1])
    #expect(try store.countEvents() == EventCounts(applied: 5))
  }
}
