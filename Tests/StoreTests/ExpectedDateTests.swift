import ActualState
import Operations
import Testing

/// By when a supplier says that goods come which somebody waits for.
@Suite struct ExpectedDateTests {
  private static func at(_ day: Int64) -> Instant { Instant(day: day) }

  /// Of a hundred for day 30: ship notices as (id, units, received, day), units that are wanted and those ahead, and the
  /// answer.
  @Test(
    arguments: [
      ([], 100, 0, 30, nil), ([("a", 50, 0, 5)], 45, 0, 5, "a"), ([("a", 50, 0, 5)], 6, 45, 30, nil),
      ([("a", 50, 0, 5)], 5, 45, 5, "a"), ([("a", 50, 20, 5)], 31, 0, 30, nil),
      // What no notice is about comes first where the notice is for later.
      ([("a", 60, 0, 40)], 40, 0, 30, nil), ([("a", 60, 0, 40)], 41, 0, 40, "a"),
      ([("b", 30, 0, 8), ("a", 30, 0, 6)], 31, 0, 8, "b"),
      // More is announced than is open, and more is waited for than comes.
      ([("a", 70, 0, 5), ("b", 70, 0, 9)], 100, 0, 9, "b"), ([("a", 50, 0, 5)], 60, 90, 30, nil),
    ] as [([(String, Quantity, Quantity, Int64)], Quantity, Quantity, Int64, String?)])
  func theFirstThatComesIsForTheFirst(
    notices: [(String, Quantity, Quantity, Int64)], units: Quantity, ahead: Quantity, day: Int64, notice: String?
  ) {
    var line = PurchaseOrderLineRow(
      purchaseOrder: "p", line: "1", sku: "A", supplier: "s", node: "n", ordered: 100, eta: Self.at(30),
      originalETA: Self.at(20))
    line.shipNotices = notices.map { ShipNotice(id: $0.0, quantity: $0.1, received: $0.2, eta: Self.at($0.3)) }
    let expected = line.expected(units, behind: ahead)
    #expect(expected.at == Self.at(day) && expected.notice == notice)
  }

  @Test func ofWhatIsThereNothingIsExpected() {
    let line = PurchaseOrderLineRow(
      purchaseOrder: "p", line: "1", sku: "A", supplier: "s", node: "n", ordered: 10, received: 10, eta: Self.at(30),
      originalETA: Self.at(20))
    #expect(line.expected(1, behind: 0).at == Self.at(30))
  }
}
