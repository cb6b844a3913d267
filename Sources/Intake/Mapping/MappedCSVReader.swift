public import Diagnostics
public import Operations

/// Reads the rows of an export as events, by a mapping.
public struct MappedCSVReader: EventReader {
  private var rows: CSVReader
  private var mapper: RowMapper
  private let width: Int
  private var number = 0
  private var ready: [Arrival] = []
  private var position = 0
  private var isFinished = false

  /// Reads the heading and finds the mapping's columns in it, so that a wrong file or mapping is refused before
  /// anything is imported.
  public init(
    _ source: ByteSource, mapping: Mapping, arrivalTime: @escaping () -> Instant
  ) throws(Diagnostics) {
    rows = CSVReader(source, format: mapping.format)
    let heading: CSVRow
    do throws(Diagnostic) {
      switch try rows.next() {
      case nil:
        throw Diagnostic(
          "csv.empty", "the file is empty", at: SourceLocation(file: source.name),
          hint: "the first row must name the columns")
      case .failure(let problem): throw problem.diagnostic(file: source.name)
      case .success(let row): heading = row
      }
    } catch {
      throw Diagnostics([error])
    }
    width = heading.cells.count
    let indices = try Self.find(mapping.columns, in: heading, file: source.name)
    mapper = RowMapper(mapping, file: source.name, indices: indices, arrivalTime: arrivalTime)
  }

  private static func find(
    _ columns: [Mapping.Column], in heading: CSVRow, file: String
  ) throws(Diagnostics) -> [Int] {
    let names = heading.cells
    if let problem = wrongDelimiter(heading, columns, file: file) { throw Diagnostics([problem]) }
    var problems: [Diagnostic] = []
    var indices: [Int] = []
    for column in columns {
      let found = names.indices.filter { names[$0].isBytewiseEqual(to: column.name) }
      if found.count == 1 {
        indices.append(found[0])
      } else {
        let isMissing = found.isEmpty
        problems.append(
          Diagnostic(
            isMissing ? "csv.wrong_column" : "csv.column_twice",
            isMissing ? "'\(file)' has no column '\(column.name)'" : "'\(file)' has the column '\(column.name)' twice",
            at: column.location,
            hint: didYouMean(column.name, among: isMissing ? names : [])
              ?? "its columns are \(names.prefix(30).joined(separator: ", "))"))
      }
    }
    guard problems.isEmpty else { throw Diagnostics(problems.inReadingOrder()) }
    return indices
  }

  /// What to say when the whole heading is one cell: that each column is missing is only the consequence.
  private static func wrongDelimiter(
    _ heading: CSVRow, _ columns: [Mapping.Column], file: String
  ) -> Diagnostic? {
    guard heading.cells.count == 1, columns.count > 1 else { return nil }
    let name = heading.cells[0]
    let delimiters: [Character] = [";", "\t", "|", ","]
    guard let delimiter = delimiters.first(where: { name.contains($0) }) else { return nil }
    let shown = delimiter == "\t" ? "\\t" : String(delimiter)
    return Diagnostic(
      "csv.wrong_delimiter", "the heading of '\(file)' is a single cell",
      at: SourceLocation(file: file, line: heading.line, column: 1),
      hint: "if the delimiter is '\(shown)', add to the mapping: delimiter: \"\(shown)\"")
  }

  /// What became of the rows so far.
  public var counts: RowCounts { mapper.counts }

  public mutating func next() throws(Diagnostic) -> Arrival? {
    while position == ready.count {
      guard !isFinished else { return nil }
      try readRow()
      ready = mapper.takeReady()
      position = 0
    }
    defer { position += 1 }
    return ready[position]
  }

  private mutating func readRow() throws(Diagnostic) {
    switch try rows.next() {
    case nil:
      isFinished = true
      mapper.finish()
    case .failure(let problem):
      mapper.add(
        problem: .init(problem.diagnostic(file: rows.name), line: problem.row.text(ofLine: problem.place.line)))
    case .success(var row):
      number += 1
      row.number = number
      if row.cells.count == width {
        mapper.add(row)
      } else {
        let diagnostic = Diagnostic(
          "csv.wrong_width", "the row has \(row.cells.count) cells, the heading \(width)",
          at: SourceLocation(file: rows.name, line: row.line, column: 1),
          hint: "the file may be truncated here, or a cell that contains the delimiter may lack quotes")
        mapper.add(problem: .init(diagnostic, line: row.text(ofLine: row.line)))
      }
    }
  }
}

extension CSVProblem {
  func diagnostic(file: String) -> Diagnostic {
    Diagnostic(
      "csv.\(id)", message, at: SourceLocation(file: file, line: place.line, column: place.column), hint: hint)
  }
}
