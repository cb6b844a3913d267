import ActualState
import Diagnostics
import Operations

/// Turns rows into events by a mapping's rules, and gathers the rows of one order.
struct RowMapper {
  private let mapping: Mapping
  private let file: String
  private let indices: [Int]
  private let arrivalTime: () -> Instant
  /// What is ready to be handed on, in order.
  private(set) var ready: [Arrival] = []
  private(set) var counts = RowCounts()
  /// Ids that a `once` rule has sent, and groups that are finished. Their number bounds the memory of an import.
  private var sent: [Set<Key>]
  private var groups: [[Key: Group]]
  /// The groups that the row before belongs to.
  private var neighbours: [(rule: Int, key: Key)] = []
  /// Whether the row before could not be read.
  private var isAfterUnreadableRow = false

  /// What an export calls an event or an order, told apart byte by byte.
  private typealias Key = Identifier<Group>

  private struct Group {
    var id: String
    var location: SourceLocation
    var time: Instant
    var data: [String: JSONValue]
    var lines: [JSONValue] = []
    /// The number of the last row that belongs to it.
    var lastRow: Int
    /// A group of which a row is wrong is left out as a whole.
    var isBroken = false
  }

  init(_ mapping: Mapping, file: String, indices: [Int], arrivalTime: @escaping () -> Instant) {
    self.mapping = mapping
    self.file = file
    self.indices = indices
    self.arrivalTime = arrivalTime
    sent = Array(repeating: [], count: mapping.rules.count)
    groups = Array(repeating: [:], count: mapping.rules.count)
  }

  mutating func takeReady() -> [Arrival] {
    defer { ready.removeAll(keepingCapacity: true) }
    return ready
  }

  mutating func add(_ row: CSVRow) {
    counts.rows += 1
    // Now and then is enough: looking at every open group for every row would take quadratic time.
    if row.number % max(1, mapping.gatherRows / 4) == 0 { closeGroups(before: row.number - mapping.gatherRows) }
    let cells = Cells(row: row, indices: indices, number: row.number)
    neighbours = []
    defer { isAfterUnreadableRow = false }
    do throws(CellProblem) {
      for conditions in mapping.skip where try holds(conditions, cells) {
        counts.skipped += 1
        return
      }
      var isUsed = false
      for (index, rule) in mapping.rules.enumerated() where try holds(rule.conditions, cells) {
        isUsed = true
        try apply(rule, index, cells)
      }
      if !isUsed { counts.unmatched += 1 }
    } catch {
      report("csv.bad_value", error.message, error.column, row, hint: error.hint)
    }
  }

  /// Takes note of a row that could not be read. It may have been a line of the order before it or after it, and an
  /// order that lacks a line could never be put right by importing again, so both are left out.
  mutating func add(problem: Arrival.Problem) {
    counts.rows += 1
    for neighbour in neighbours { groups[neighbour.rule][neighbour.key]?.isBroken = true }
    isAfterUnreadableRow = true
    var problem = problem
    if mapping.rules.contains(where: \.isGroup) {
      problem.diagnostic.message += "; the event that its neighbouring rows belong to is skipped as well"
    }
    ready.append(.problem(problem))
  }

  mutating func finish() { closeGroups(before: .max) }

  private func holds(_ conditions: [Condition], _ cells: Cells) throws(CellProblem) -> Bool {
    for condition in conditions where !(try condition.holds(for: cells)) { return false }
    return true
  }

  private mutating func apply(_ rule: Mapping.Rule, _ index: Int, _ cells: Cells) throws(CellProblem) {
    switch rule.shape {
    case .each:
      emit(rule, try rule.id.text(cells), try time(rule, cells), try rule.data.value(cells), location(cells.row))
    case .once:
      let id = try rule.id.text(cells)
      guard !sent[index].contains(Key(id)) else { return }
      emit(rule, id, try time(rule, cells), try rule.data.value(cells), location(cells.row))
      sent[index].insert(Key(id))
    case .group(let by, let line):
      let key = Key(try by.text(cells))
      guard !sent[index].contains(key) else {
        report(
          "csv.rows_apart", "the rows of '\(key)' are too far apart", nil, cells.row,
          hint: "sort the file so that they are together, or raise gather_rows in the mapping")
        return
      }
      neighbours.append((index, key))
      do throws(CellProblem) {
        try gather(rule, index, key, line, cells)
        if isAfterUnreadableRow { groups[index][key]?.isBroken = true }
      } catch {
        var broken = groups[index][key] ?? brokenGroup(key, cells)
        broken.isBroken = true
        groups[index][key] = broken
        throw CellProblem(
          column: error.column, message: "\(error.message); all of '\(key)' is skipped", hint: error.hint)
      }
    }
  }

  private func brokenGroup(_ key: Key, _ cells: Cells) -> Group {
    Group(id: key.rawValue, location: location(cells.row), time: .distantPast, data: [:], lastRow: cells.number)
  }

  private mutating func gather(
    _ rule: Mapping.Rule, _ index: Int, _ key: Key, _ line: DataTemplate, _ cells: Cells
  ) throws(CellProblem) {
    var group: Group
    if let open = groups[index][key] {
      group = open
    } else {
      group = Group(
        id: try rule.id.text(cells), location: location(cells.row), time: try time(rule, cells),
        data: try rule.data.value(cells)?.object ?? [:], lastRow: cells.number)
    }
    var cells = cells
    group.lastRow = cells.row.number
    cells.number = group.lines.count + 1
    if let value = try line.value(cells) { group.lines.append(value) }
    groups[index][key] = group
  }

  /// Hands on the groups whose last row came before a row, in the order of their first rows.
  private mutating func closeGroups(before row: Int) {
    for index in groups.indices where groups[index].contains(where: { $0.value.lastRow < row }) {
      let done = groups[index].filter { $0.value.lastRow < row }
      for (key, group) in done.sorted(by: { $0.value.location < $1.value.location }) {
        groups[index][key] = nil
        sent[index].insert(key)
        guard !group.isBroken else { continue }
        var data = group.data
        data["lines"] = .array(group.lines)
        emit(mapping.rules[index], group.id, group.time, .object(data), group.location)
      }
    }
  }

  private func time(_ rule: Mapping.Rule, _ cells: Cells) throws(CellProblem) -> Instant {
    guard let template = rule.time else { return arrivalTime() }
    let text = try template.text(cells)
    guard let time = Instant(text) else {
      throw CellProblem(column: nil, message: "'\(text)' is not a time; is '|date' missing in 'time'?")
    }
    return time
  }

  private mutating func emit(
    _ rule: Mapping.Rule, _ id: String, _ time: Instant, _ data: JSONValue?, _ location: SourceLocation
  ) {
    let event = Event(source: mapping.source, id: id, type: rule.type, time: time, data: data ?? .null)
    ready.append(.event(event, at: location))
  }

  private func location(_ row: CSVRow) -> SourceLocation { SourceLocation(file: file, line: row.line, column: 1) }

  private mutating func report(_ id: String, _ message: String, _ column: Int?, _ row: CSVRow, hint: String? = nil) {
    let place = column.map { row.places[indices[$0]] } ?? CSVRow.Place(line: row.line, column: 1)
    let name = column.map { "column '\(mapping.columns[$0].name)': " } ?? ""
    let diagnostic = Diagnostic(
      id, name + message, at: SourceLocation(file: file, line: place.line, column: place.column),
      hint: hint ?? "correct the cell, or the rule in the mapping")
    ready.append(.problem(.init(diagnostic, line: row.text(ofLine: place.line))))
  }
}

/// What became of the rows of a file.
public struct RowCounts: Hashable, Sendable {
  public var rows = 0
  /// Left out because the mapping says so.
  public var skipped = 0
  /// For which no rule holds.
  public var unmatched = 0

  public init() {}
}

extension CSVRow {
  /// One line of a row that may go over several.
  func text(ofLine wanted: Int) -> [UInt8] {
    let lines = text.split(separator: 0x0A, omittingEmptySubsequences: false)
    let index = wanted - line
    return lines.indices.contains(index) ? Array(lines[index]) : text
  }
}
