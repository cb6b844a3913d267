import Diagnostics
import Intake
import Operations

/// Deliveries from a CSV file with a line for each: `vendor`, `scheduled` and `delivered` as `2012-12-31`, `quantity`.
///
/// A date stands for the end of its day: whoever delivers on the scheduled day is in time, and what came on a day is known
/// from the next on. Other columns are not read.
struct DeliveryHistory {
  private(set) var deliveries: [Delivery] = []
  private(set) var skipped = 0
  /// What is wrong with the first row that was skipped.
  private(set) var firstProblem: String?

  init(path: String) throws(Diagnostic) {
    var rows = CSVReader(try ByteSource(path: path), format: CSVFormat())
    guard case .success(let heading) = try rows.next() else {
      throw Diagnostic("history.no_heading", "'\(path)' has no heading")
    }
    func column(_ name: String) throws(Diagnostic) -> Int {
      guard let index = heading.cells.firstIndex(of: name) else {
        throw Diagnostic("history.no_column", "'\(path)' has no column '\(name)'")
      }
      return index
    }
    let columns = (
      vendor: try column("vendor"), scheduled: try column("scheduled"), delivered: try column("delivered"),
      quantity: try column("quantity")
    )
    var number = 0
    while let row = try rows.next() {
      number += 1
      guard case .success(let row) = row, row.cells.count == heading.cells.count else {
        skip(number, "is not a row of the heading's columns")
        continue
      }
      guard !row.cells[columns.vendor].isEmpty else {
        skip(number, "names no vendor")
        continue
      }
      guard let scheduled = Instant(endOf: row.cells[columns.scheduled]),
        let delivered = Instant(endOf: row.cells[columns.delivered])
      else {
        skip(number, "has no date such as 2012-12-31 in 'scheduled' or 'delivered'")
        continue
      }
      guard let units = Quantity(row.cells[columns.quantity]), (1...Limits.quantity).contains(units) else {
        skip(number, "has no whole quantity above 0")
        continue
      }
      deliveries.append(
        Delivery(
          supplier: SupplierID(row.cells[columns.vendor]), ordered: units, promised: scheduled,
          receipts: [.init(at: delivered, units: units)]))
    }
  }

  private mutating func skip(_ row: Int, _ problem: String) {
    skipped += 1
    firstProblem = firstProblem ?? "row \(row) \(problem)"
  }
}

extension Instant {
  /// The last moment of a day of UTC, written `2012-12-31`.
  init?(endOf day: String) { self.init(day + "T23:59:59.999Z") }
}
