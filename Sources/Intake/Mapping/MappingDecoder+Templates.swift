import Diagnostics
import Operations
import YAML

extension MappingDecoder {
  mutating func dataTemplate(_ node: YAMLTree.Index) -> DataTemplate {
    switch tree[node].kind {
    case .sequence: return .list(elements(node).map { dataTemplate($0) })
    case .mapping:
      if let hint = quoteHint(node) {
        report("not_quoted", "a cell in braces without quotes", node, hint)
        return .constant(.null)
      }
      var values: [(name: String, value: DataTemplate)] = []
      var children = tree.children(node)
      while let key = children.next(), let value = children.next() {
        values.append((tree.string(key), dataTemplate(value)))
      }
      return .object(values)
    case .plain, .quoted:
      if let number = tree.integer(node) { return .constant(.integer(number)) }
      if let flag = tree.bool(node) { return .constant(.bool(flag)) }
      if tree[node].kind == .plain, case .decimal(let digits) = try? JSONValue.parse(tree.string(node)) {
        return .constant(.decimal(digits))
      }
      return .template(template(node))
    }
  }

  /// Reads `INV-{InvoiceNo}` and `{UnitPrice|amount}`.
  mutating func template(_ node: YAMLTree.Index) -> Template {
    var parts: [Template.Part] = []
    var rest = text(node)[...]
    while let open = rest.firstIndex(of: "{") {
      if open > rest.startIndex { parts.append(.text(String(rest[..<open]))) }
      guard let close = rest[open...].firstIndex(of: "}") else {
        report("bad_template", "this '{' is not closed", node, "write {Column}")
        return Template(parts: parts)
      }
      parts.append(place(String(rest[rest.index(after: open)..<close]), node))
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { parts.append(.text(String(rest))) }
    if parts.isEmpty, isScalar(node) { report("bad_template", "the value is empty", node, "write text or {Column}") }
    return Template(parts: parts)
  }

  private mutating func place(_ content: String, _ node: YAMLTree.Index) -> Template.Part {
    if content == "#" { return .rowNumber }
    let pieces = content.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    var filters: [Template.Filter] = []
    for piece in pieces.dropFirst() {
      guard let filter = filter(piece, node) else { continue }
      filters.append(filter)
    }
    // Once a cell is a number or a date it is no text any more; only a number can change its sign.
    let typed = filters.firstIndex(where: \.givesType) ?? filters.count
    for (index, filter) in filters.enumerated() where index != typed {
      if index > typed, case .negate = filter, case .integer = filters[typed] { continue }
      guard index < typed, !filter.isNegate else {
        report(
          "bad_template", "the filters of '\(content)' are in the wrong order", node,
          "text filters come first, then the type")
        break
      }
    }
    return .column(column(pieces[0], at: tree.location(node)), filters)
  }

  private mutating func filter(_ text: String, _ node: YAMLTree.Index) -> Template.Filter? {
    let words = text.split(separator: " ", maxSplits: 1).map(String.init)
    let argument = words.count == 2 ? words[1] : nil
    switch (words.first, argument) {
    case ("trim", nil): return .trim
    case ("upper", nil): return .upper
    case ("lower", nil): return .lower
    case ("optional", nil): return .optional
    case ("integer", nil): return .integer
    case ("negate", nil): return .negate
    case ("amount", nil): return .amount(decimals: decimals)
    case ("or", let other?): return .or(other)
    case ("date", nil):
      if let dates { return .date(dates) }
      report(
        "bad_template", "'date' needs a date pattern", node, "add 'dates: yyyy-MM-dd HH:mm:ss' to the mapping")
    case ("lookup", let name?):
      if let table = tables[name] { return .lookup(table) }
      report(
        "bad_template", "there is no table '\(name)'", node,
        didYouMean(name, among: tables.keys.sorted()) ?? "add it under 'tables'")
    default:
      let known = ["trim", "upper", "lower", "optional", "or", "lookup", "integer", "negate", "amount", "date"]
      report(
        "bad_template", "unknown filter '\(text)'", node,
        didYouMean(words.first ?? "", among: known) ?? "known: or TEXT, lookup TABLE, \(known.joined(separator: ", "))")
    }
    return nil
  }

  mutating func column(_ name: String, at location: SourceLocation) -> Int {
    if let index = mapping.columns.firstIndex(where: { $0.name.isBytewiseEqual(to: name) }) { return index }
    mapping.columns.append(Mapping.Column(name: name, location: location))
    return mapping.columns.count - 1
  }

  // MARK: Conditions

  /// `Quantity: positive`, `InvoiceNo: {starts_with: C}`, `StockCode: {not_in: [POST, M]}`.
  mutating func conditions(_ node: YAMLTree.Index) -> [Condition] {
    guard tree[node].kind == .mapping else {
      report("wrong_type", "conditions map columns to what they must be", node, "for example 'Quantity: positive'")
      return []
    }
    var result: [Condition] = []
    var children = tree.children(node)
    while let key = children.next(), let value = children.next() {
      let column = column(tree.string(key), at: tree.location(key))
      if isScalar(value) {
        word(value, column).map { result.append($0) }
      } else {
        for (name, operand) in members(value, of: "a condition").sorted(by: { $0.key < $1.key }) {
          comparison(name, operand, column, value).map { result.append($0) }
        }
      }
    }
    return result
  }

  private mutating func word(_ node: YAMLTree.Index, _ column: Int) -> Condition? {
    let tests: [String: (Condition.Test, Bool)] = [
      "positive": (.positive, false), "not_positive": (.positive, true), "negative": (.negative, false),
      "not_negative": (.negative, true), "empty": (.empty, false), "not_empty": (.empty, true),
    ]
    let name = tree.string(node)
    if let (test, isNegated) = tests[name] { return Condition(column: column, test: test, isNegated: isNegated) }
    let known = tests.keys.sorted()
    report(
      "bad_condition", "unknown condition '\(name)'", node,
      didYouMean(name, among: known) ?? "a word (\(known.joined(separator: ", "))) or {equals: \(name)}")
    return nil
  }

  private mutating func comparison(
    _ name: String, _ operand: YAMLTree.Index, _ column: Int, _ node: YAMLTree.Index
  ) -> Condition? {
    let isList = tree[operand].kind == .sequence
    let values = isList ? elements(operand).map { text($0) } : [text(operand)]
    let isNegated = name.hasPrefix("not_")
    switch isNegated ? String(name.dropFirst(4)) : name {
    case "equals", "in": return Condition(column: column, test: .equals(values), isNegated: isNegated)
    case "starts_with": return Condition(column: column, test: .startsWith(values), isNegated: isNegated)
    default:
      let known = ["equals", "in", "starts_with", "not_equals", "not_in", "not_starts_with"]
      report(
        "bad_condition", "unknown condition '\(name)'", node,
        didYouMean(name, among: known) ?? "known: \(known.joined(separator: ", "))")
      return nil
    }
  }
}

extension Template.Filter {
  var givesType: Bool {
    switch self {
    case .integer, .amount, .date: true
    default: false
    }
  }

  var isNegate: Bool { if case .negate = self { true } else { false } }
}
