import Diagnostics
import Operations

/// How the rows of an export become events, as a person wrote it down in YAML.
///
/// Columns are numbered by the mapping; `columns` holds their names, to be found in the heading of a file.
public struct Mapping: Sendable {
  struct Column: Sendable {
    var name: String
    /// Where the mapping first names it.
    var location: SourceLocation
  }

  struct Rule: Sendable {
    enum Shape: Sendable {
      /// One event for each row.
      case each
      /// One event for the first row of each id.
      case once
      /// One event for all rows with the same text; each row gives an element of `data.lines`.
      case group(by: Template, line: DataTemplate)
    }

    var type: String
    var id: Template
    var time: Template?
    /// All must hold.
    var conditions: [Condition]
    var shape: Shape
    var data: DataTemplate

    var isGroup: Bool { if case .group = shape { true } else { false } }
  }

  public internal(set) var format = CSVFormat()
  var source = ""
  /// How many rows a group waits for another of its rows. Exports interleave orders that came in together.
  var gatherRows = 100
  /// A row for which all conditions of one of these hold is left out.
  var skip: [[Condition]] = []
  var rules: [Rule] = []
  var columns: [Column] = []
}

/// What a cell must be for a rule to take its row.
struct Condition: Sendable {
  enum Test: Sendable {
    case equals([String])
    case startsWith([String])
    case positive
    case negative
    case empty
  }

  var column: Int
  var test: Test
  /// Whether the test must fail instead.
  var isNegated: Bool

  func holds(for cells: Cells) throws(CellProblem) -> Bool {
    let text = cells[column]
    let holds: Bool
    switch test {
    case .equals(let values): holds = values.contains { $0.isBytewiseEqual(to: text) }
    case .startsWith(let prefixes): holds = prefixes.contains { text.utf8.starts(with: $0.utf8) }
    case .empty: holds = text.isEmpty
    case .positive: holds = try sign(text) > 0
    case .negative: holds = try sign(text) < 0
    }
    return holds != isNegated
  }

  private func sign(_ text: String) throws(CellProblem) -> Int {
    guard let number = DecimalText(text) else {
      throw CellProblem(column: column, notANumber: text, message: "'\(text)' is not a number")
    }
    return number.sign
  }
}

/// The cells of one row under the numbers that the mapping gave their columns.
struct Cells {
  var row: CSVRow
  /// For each column of the mapping its index in the file.
  var indices: [Int]
  /// The number of the row, in its group or in the file.
  var number: Int

  subscript(column: Int) -> String { row.cells[indices[column]] }
}

/// A cell that cannot be used as the mapping says.
struct CellProblem: Error {
  /// Nil when it is about the whole row.
  var column: Int?
  var message: String
  var hint: String?

  init(column: Int?, message: String, hint: String? = nil) {
    self.column = column
    self.message = message
    self.hint = hint
  }

  /// A cell that is no number.
  init(column: Int, notANumber text: String, message: String) {
    let isComma = text.contains(",")
    self.init(
      column: column, message: message,
      hint: isComma ? "use a decimal point and no thousands separator: 1234.50" : nil)
  }
}
