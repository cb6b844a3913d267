import ArgumentParser
import Diagnostics
import Glibc
import Operations

/// How a listing is printed.
enum ListFormat: String, ExpressibleByArgument, CaseIterable { case table, json, name }

/// A column of a listing. The name is the key in JSON and, in capitals, the heading of the table.
struct Column {
  var name: String
  /// Numbers stand at the right.
  var isNumber = false
  /// Whether it says which row it is: what `-o name` prints.
  var isKey = false
  /// Whether it stands in JSON only, because it would not fit a table.
  var isJSONOnly = false
}

/// Prints the rows of a listing as they come, so that a million of them need no memory.
struct RowWriter {
  /// Rows that the widths of a table are taken from.
  private static let sampleRows = 1000
  private static let flushBytes = 64 << 10

  private let columns: [Column]
  private let format: ListFormat
  private let hasHeading: Bool
  private var buffer: [UInt8] = []
  private var sample: [[String]] = []
  private var widths: [Int]?
  private(set) var count = 0

  init(_ columns: [Column], format: ListFormat, hasHeading: Bool) {
    self.columns = columns
    self.format = format
    self.hasHeading = hasHeading
  }

  /// - Parameter values: one for each column.
  mutating func add(_ values: [JSONValue]) throws {
    count += 1
    switch format {
    case .json:
      buffer += (count == 1 ? "[\n  {" : ",\n  {").utf8
      for (index, value) in values.enumerated() {
        buffer += "\(index > 0 ? ", " : "")\"\(columns[index].name)\": ".utf8
        buffer += value.canonicalBytes
      }
      buffer.append(UInt8(ascii: "}"))
    case .name:
      let keys = zip(columns, values).filter(\.0.isKey).map { Self.cell($0.1) }
      buffer += (keys.joined(separator: "/") + "\n").utf8
    case .table:
      let cells = zip(columns, values).filter { !$0.0.isJSONOnly }.map { Self.cell($0.1) }
      if widths != nil {
        line(cells)
      } else {
        sample.append(cells)
        if sample.count == Self.sampleRows { startTable() }
      }
    }
    if buffer.count >= Self.flushBytes { try flush() }
  }

  mutating func finish() throws {
    switch format {
    case .json: buffer += (count == 0 ? "[]\n" : "\n]\n").utf8
    case .table: if widths == nil, count > 0 { startTable() }
    case .name: break
    }
    try flush()
  }

  private var tableColumns: [Column] { columns.filter { !$0.isJSONOnly } }

  private mutating func startTable() {
    let headings = tableColumns.map { $0.name.uppercased() }
    widths = headings.indices.map { index in
      max(hasHeading ? headings[index].count : 0, sample.map { $0[index].count }.max() ?? 0)
    }
    if hasHeading { line(headings) }
    for cells in sample { line(cells) }
    sample = []
  }

  private mutating func line(_ cells: [String]) {
    guard let widths else { return }
    var text = ""
    for (index, column) in tableColumns.enumerated() {
      let padding = String(repeating: " ", count: max(0, widths[index] - cells[index].count))
      let isLast = index == cells.count - 1
      text += column.isNumber ? padding + cells[index] : cells[index] + (isLast ? "" : padding)
      text += isLast ? "\n" : "  "
    }
    buffer += text.utf8
  }

  /// A value for people: text without quotes, nothing as a dash, and no character that moves the cursor.
  private static func cell(_ value: JSONValue) -> String {
    switch value {
    case .null: "-"
    case .string(let text): String(escaped(text).map { $0.isNewline || $0 == "\t" ? " " : $0 })
    default: value.canonical
    }
  }

  private mutating func flush() throws {
    var rest = buffer[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      if written < 0, errno == EPIPE { throw ExitCode(0) }
      guard written > 0 else {
        throw Diagnostic("output.failed", "the output cannot be written: \(String(cString: strerror(errno)))")
      }
      rest = rest.dropFirst(written)
    }
    buffer.removeAll(keepingCapacity: true)
  }
}
