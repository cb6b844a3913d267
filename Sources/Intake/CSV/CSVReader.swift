public import Diagnostics

/// How a CSV file is written, as its mapping says.
public struct CSVFormat: Hashable, Sendable {
  public enum Encoding: String, Sendable, CaseIterable {
    case utf8 = "utf-8"
    case latin1
  }

  public var delimiter = UInt8(ascii: ",")
  public var encoding = Encoding.utf8

  public init() {}
}

/// One row: its cells, where each starts, and its text for excerpts.
public struct CSVRow: Sendable {
  struct Place: Sendable {
    var line: Int
    var column: Int
  }

  public internal(set) var cells: [String] = []
  var places: [Place] = []
  /// The bytes of the row as they stand in the file, at most `Arrival.Problem.excerptBytes`.
  var text: [UInt8] = []
  /// From 1; the heading is not counted.
  var number = 0

  var line: Int { places.first?.line ?? 1 }
}

/// A row that is not CSV.
public struct CSVProblem: Error {
  var id: String
  var message: String
  var hint: String
  var place: CSVRow.Place
  /// What was read of the row.
  var row: CSVRow
}

/// Reads RFC 4180 piece by piece: quotes, line ends and delimiters inside quotes, CRLF, a byte order mark, blank lines.
public struct CSVReader {
  /// The longest row, in bytes: what a quote without its partner may swallow.
  static let rowLimit = 1 << 20

  let name: String
  private let source: ByteSource
  private let format: CSVFormat
  private var piece: [UInt8] = []
  private var position = 0
  private var line = 1
  private var column = 1
  private var isAtStart = true

  public init(_ source: ByteSource, format: CSVFormat) {
    name = source.name
    self.source = source
    self.format = format
  }

  private enum State {
    case start
    case bare
    case quoted
    /// After a quote inside quotes: the end of the cell, or half of a doubled quote.
    case closed
  }

  /// The next row that is not blank; nil at the end. After a problem reading goes on with the next line.
  public mutating func next() throws(Diagnostic) -> Result<CSVRow, CSVProblem>? {
    while let result = try row() {
      if case .success(let row) = result, row.cells.count == 1, row.cells[0].isEmpty { continue }
      return result
    }
    return nil
  }

  private mutating func row() throws(Diagnostic) -> Result<CSVRow, CSVProblem>? {
    var row = CSVRow()
    var cell: [UInt8] = []
    var bytes = 0
    var state = State.start
    var problem: CSVProblem?
    var start = CSVRow.Place(line: line, column: column)
    while let byte = try byte() {
      bytes += 1
      if byte == 0x0A, state != .quoted || problem != nil { break }
      if row.text.count < Arrival.Problem.excerptBytes { row.text.append(byte) }
      if problem != nil { continue }
      if bytes > Self.rowLimit {
        problem = tooLong(state, start, row)
        continue
      }
      switch (state, byte) {
      case (.quoted, UInt8(ascii: "\"")): state = .closed
      case (.quoted, _): cell.append(byte)
      case (_, format.delimiter):
        problem = close(&cell, start, &row)
        state = .start
        start = CSVRow.Place(line: line, column: column)
      case (.start, UInt8(ascii: "\"")): state = .quoted
      case (.closed, UInt8(ascii: "\"")):
        cell.append(byte)
        state = .quoted
      case (.closed, 0x0D): break
      case (.closed, _):
        problem = CSVProblem(
          id: "bad_quote", message: "text after the closing quote", hint: "inside quotes, double each quote: \"\"",
          place: .init(line: line, column: column - 1), row: row)
      default:
        cell.append(byte)
        state = .bare
      }
    }
    if bytes == 0 { return nil }
    if problem == nil {
      if state == .bare, cell.last == 0x0D { cell.removeLast() }
      problem = state == .quoted ? unclosed(start, row) : close(&cell, start, &row)
    }
    return problem.map { .failure($0) } ?? .success(row)
  }

  private func tooLong(_ state: State, _ start: CSVRow.Place, _ row: CSVRow) -> CSVProblem {
    if state == .quoted { return unclosed(start, row) }
    return CSVProblem(
      id: "too_long", message: "the row is longer than \(Self.rowLimit) bytes",
      hint: "is the delimiter in the mapping the right one?", place: row.places.first ?? start, row: row)
  }

  private func unclosed(_ start: CSVRow.Place, _ row: CSVRow) -> CSVProblem {
    CSVProblem(
      id: "unclosed_quote", message: "this quote is not closed", hint: "the file may be truncated here",
      place: start, row: row)
  }

  /// Ends a cell.
  private func close(_ cell: inout [UInt8], _ start: CSVRow.Place, _ row: inout CSVRow) -> CSVProblem? {
    defer { cell.removeAll(keepingCapacity: true) }
    row.places.append(start)
    switch format.encoding {
    case .latin1:
      row.cells.append(String(String.UnicodeScalarView(cell.map { Unicode.Scalar($0) })))
    case .utf8:
      guard let text = String(validating: cell, as: UTF8.self) else {
        return CSVProblem(
          id: "not_utf8", message: "the cell is not valid UTF-8",
          hint: "save the file as UTF-8, or write 'encoding: latin1' in the mapping", place: start, row: row)
      }
      row.cells.append(text)
    }
    return nil
  }

  /// The next byte, keeping count of lines and columns.
  private mutating func byte() throws(Diagnostic) -> UInt8? {
    while position == piece.count {
      piece = try source.next()
      position = 0
      if piece.isEmpty { return nil }
      if isAtStart {
        isAtStart = false
        try start()
      }
    }
    let byte = piece[position]
    position += 1
    if byte == 0x0A {
      line += 1
      column = 1
    } else if format.encoding == .latin1 || byte & 0xC0 != 0x80 {
      column += 1
    }
    return byte
  }

  private mutating func start() throws(Diagnostic) {
    while piece.count < 3 {
      let more = try source.next()
      if more.isEmpty { break }
      piece += more
    }
    if piece.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    if piece.starts(with: [0xFF, 0xFE]) || piece.starts(with: [0xFE, 0xFF]) {
      throw Diagnostic(
        "csv.utf16", "the file is UTF-16", at: SourceLocation(file: name), hint: "save it as 'CSV UTF-8'")
    }
  }
}
