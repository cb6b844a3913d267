import DesiredState
import Operations
import YAML

extension ResourceDecoder {
  /// The rows of a SafetyStock resource. They are the bulk of a large repository, so a row that is plainly right is
  /// read without the general decoder; any other row goes through it for its errors and warnings.
  mutating func rows(_ sequence: YAMLTree.Index) -> SafetyStockRows {
    var rows = SafetyStockRows(file: tree.file, capacity: tree.childCount(of: sequence))
    var next = tree.firstChild(of: sequence)
    while !isFull, let row = next {
      if !appendPlainRow(row, to: &rows) { appendCheckedRow(row, to: &rows) }
      next = tree.sibling(of: row)
    }
    return rows
  }

  private func appendPlainRow(_ row: YAMLTree.Index, to rows: inout SafetyStockRows) -> Bool {
    guard tree[row].kind == .mapping else { return false }
    var sku: String?
    var node: Int32 = -1
    var units: Quantity?
    var next = tree.firstChild(of: row)
    while let key = next, let value = tree.sibling(of: key) {
      if tree.matches(key, "sku") {
        sku = plainText(value)
        if sku == nil { return false }
      } else if tree.matches(key, "node") {
        guard let name = plainText(value) else { return false }
        node = rows.index(ofNode: name, at: tree.location(value))
      } else if tree.matches(key, "units") {
        units = tree.integer(value)
      } else {
        return false
      }
      next = tree.sibling(of: value)
    }
    guard let sku, let units, (0...Limits.quantity).contains(units) else { return false }
    append(row, SKU(sku), node, units, to: &rows)
    return true
  }

  /// Text that needs neither an error nor a warning; nil for any other.
  private func plainText(_ value: YAMLTree.Index) -> String? {
    guard tree[value].kind == .plain || tree[value].kind == .quoted, !tree.looksLikeAnotherType(value) else {
      return nil
    }
    let text = tree.string(value)
    return text.nameProblem == nil ? text : nil
  }

  private mutating func appendCheckedRow(_ row: YAMLTree.Index, to rows: inout SafetyStockRows) {
    guard tree[row].kind == .mapping else {
      return report("wrong_type", "a row has the wrong shape", row, "write {sku: A, units: 1}")
    }
    var members = Members()
    decode(row, Schema.safetyStockRow, of: "a row") { members.append($0, $1) }
    guard let sku = members["sku"]?.text, let units = members["units"]?.integer else { return }
    let node = members["node"].flatMap { field in field.text.map { rows.index(ofNode: $0, at: field.location) } }
    append(row, SKU(sku), node ?? -1, units, to: &rows)
  }

  private func append(
    _ row: YAMLTree.Index, _ sku: SKU, _ node: Int32, _ units: Quantity, to rows: inout SafetyStockRows
  ) {
    rows.append(sku: sku, node: node, units: units, line: tree[row].line + 1, column: tree[row].column + 1)
  }
}
