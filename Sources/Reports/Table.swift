import Diagnostics

/// Rows under aligned headings, for a terminal.
public struct Table {
  private let headings: [String]
  private let rows: [[String]]
  private let rightAligned: Set<Int>

  public init(_ headings: [String], _ rows: [[String]], rightAligned: Set<Int> = []) {
    self.headings = headings
    self.rows = rows
    self.rightAligned = rightAligned
  }

  /// Without a line feed at its end. Text from outside is made safe to print.
  public var text: String {
    let all = ([headings] + rows).map { $0.map(escapedLine) }
    let widths = headings.indices.map { column in all.map { $0[column].unicodeScalars.count }.max() ?? 0 }
    return all.map { row in
      let cells = row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.unicodeScalars.count)
        return rightAligned.contains(column) ? padding + cell : cell + padding
      }
      var line = cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }
}
