import Operations

/// Text with places for cells: `INV-{InvoiceNo}`, `{UnitPrice|amount}`.
struct Template: Sendable {
  enum Part: Sendable {
    case text(String)
    case column(Int, [Filter])
    /// `{#}`
    case rowNumber
  }

  /// What is done to a cell, from left to right.
  enum Filter: Sendable {
    case trim
    case upper
    case lower
    /// An empty cell leaves the field out.
    case optional
    /// An empty cell counts as this.
    case or(String)
    case lookup(Table)
    case integer
    case negate
    /// An amount of money, rounded half away from zero to so many decimals.
    case amount(decimals: Int)
    case date(DatePattern)
  }

  /// Words of the export and what they mean here.
  struct Table: Sendable {
    var name: String
    var entries: [String: String]

    static let otherwise = "otherwise"
  }

  var parts: [Part]

  /// The value: of its type where the template is one place alone, else text; nil where an optional cell is empty.
  func value(_ cells: Cells) throws(CellProblem) -> JSONValue? {
    if parts.count == 1, case .column(let column, let filters) = parts[0] {
      return try Self.value(column, filters, cells)
    }
    return .string(try text(cells))
  }

  func text(_ cells: Cells) throws(CellProblem) -> String {
    var result = ""
    for part in parts {
      switch part {
      case .text(let text): result += text
      case .rowNumber: result += String(cells.number)
      case .column(let column, let filters):
        switch try Self.value(column, filters, cells) {
        case nil: break
        case .string(let text): result += text
        case let value?: result += value.canonical
        }
      }
    }
    return result
  }

  private static func value(_ column: Int, _ filters: [Filter], _ cells: Cells) throws(CellProblem) -> JSONValue? {
    var text = cells[column]
    var result: JSONValue?
    func problem(_ what: String) -> CellProblem { CellProblem(column: column, message: "'\(text)' \(what)") }
    func notANumber(_ what: String) -> CellProblem {
      CellProblem(column: column, notANumber: text, message: "'\(text)' \(what)")
    }
    for filter in filters {
      switch filter {
      case .trim: text = trimmed(text)
      case .upper: text = text.uppercased()
      case .lower: text = text.lowercased()
      case .optional: if text.isEmpty { return nil }
      case .or(let other): if text.isEmpty { text = other }
      case .lookup(let table):
        guard let found = table.entries[text] ?? table.entries[Table.otherwise] else {
          throw problem("is not in the table '\(table.name)'")
        }
        text = found
      case .integer:
        guard let number = DecimalText(text)?.integer else { throw notANumber("is not a whole number") }
        result = .integer(number)
      case .negate:
        guard let number = result?.integer else { continue }
        result = .integer(-number)
      case .amount(let decimals):
        guard let amount = DecimalText(text)?.rounded(to: decimals) else { throw notANumber("is not an amount") }
        result = .decimal(amount)
      case .date(let pattern):
        guard let time = pattern.instant(text) else { throw problem("does not match the date pattern \(pattern.text)") }
        result = .string(time.description)
      }
    }
    if result == nil, text.isEmpty {
      throw CellProblem(
        column: column, message: "the cell is empty; '|or …' or '|optional' in the mapping would allow that")
    }
    return result ?? .string(text)
  }
}

private func trimmed(_ text: String) -> String {
  let isSpace = { (character: Character) in character.isWhitespace }
  let end = text.reversed().drop(while: isSpace).count
  return String(text.prefix(end).drop(while: isSpace))
}

/// The data of an event, with templates where cells go.
indirect enum DataTemplate: Sendable {
  case constant(JSONValue)
  case template(Template)
  case object([(name: String, value: DataTemplate)])
  case list([DataTemplate])

  func value(_ cells: Cells) throws(CellProblem) -> JSONValue? {
    switch self {
    case .constant(let value): return value
    case .template(let template): return try template.value(cells)
    case .list(let elements):
      var values: [JSONValue] = []
      for element in elements { if let value = try element.value(cells) { values.append(value) } }
      return .array(values)
    case .object(let members):
      var values: [String: JSONValue] = [:]
      for member in members { values[member.name] = try member.value.value(cells) }
      return .object(values)
    }
  }
}
