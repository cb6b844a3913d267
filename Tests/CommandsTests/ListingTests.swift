import ActualState
import DesiredState
import DesiredStateFiles
import Operations
import Testing

@testable import Commands

@Suite struct ListingTests {
  /// Lines as `ordered claimed shipped cancelled`, and the status.
  static let orders: [(lines: [[Quantity]], status: String)] = [
    ([[5, 0, 0, 0]], "open"), ([[5, 5, 0, 0]], "claimed"), ([[5, 2, 0, 0]], "partly_claimed"),
    ([[5, 5, 0, 0], [3, 0, 0, 0]], "partly_claimed"), ([[5, 0, 5, 0]], "shipped"), ([[5, 2, 3, 0]], "partly_shipped"),
    ([[5, 0, 5, 0], [3, 3, 0, 0]], "partly_shipped"), ([[5, 0, 0, 5]], "cancelled"), ([[5, 0, 2, 3]], "shipped"),
    ([[5, 2, 0, 3]], "claimed"),
  ]

  @Test(arguments: orders)
  func anOrdersStatusFollowsFromItsLines(lines: [[Quantity]], expected: String) {
    let rows = lines.enumerated().map { index, units in
      var row = OrderLineRow(order: "o", line: "\(index)", sku: "s", ordered: units[0], unitPrice: nil)
      row.claimed = units[1]
      row.shipped = units[2]
      row.cancelled = units[3]
      return row
    }
    #expect(OrderStatus(rows).rawValue == expected)
  }

  @Test(arguments: [(0, "0.00"), (5, "0.05"), (250, "2.50"), (123_456, "1234.56")])
  func pricesArePrintedAsEventsGiveThem(minorUnits: Int64, expected: String) {
    #expect(JSONValue(minorUnits: minorUnits) == .decimal(expected))
  }

  @Test func onlyTheIntegrationThatOwnsATypeMaySendIt() throws {
    let yaml = """
      kind: Integration
      name: wms
      source: /wms
      owns: [inventory.counted]
      effective: {from: 2026-01-01T00:00:00Z}
      """
    let file = DecodedFile(decoding: SourceFile(path: "f.yaml", bytes: Array(yaml.utf8)))
    let state = DesiredState(file.resources)
    let during = try #require(Instant("2026-06-01T00:00:00Z"))
    #expect(EventOwners(state, at: during) == EventOwners(["inventory.counted": "/wms"]))
    #expect(EventOwners(state, at: during - TimeSpan(milliseconds: 366 * 86_400_000)) == EventOwners([:]))
  }
}
