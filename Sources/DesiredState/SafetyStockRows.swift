public import Diagnostics
public import Operations

/// The rows of a SafetyStock resource in columns, so that a hundred thousand of them are a handful of allocations.
public struct SafetyStockRows: Hashable, Sendable {
  public struct Row: Sendable {
    public var sku: SKU
    /// Nil stands for all nodes.
    public var node: String?
    public var units: Quantity
    public var location: SourceLocation
  }

  /// A node that rows name, and where it stands first.
  public struct NamedNode: Hashable, Sendable {
    public var name: String
    public var location: SourceLocation
  }

  private struct Place: Hashable, Sendable {
    var line: Int32
    var column: Int32
  }

  public let file: String
  /// The items, row by row.
  public private(set) var skus: ContiguousArray<SKU> = []
  /// For each row the index of its node in `nodes`, or -1 for all nodes.
  public private(set) var nodeIndices: ContiguousArray<Int32> = []
  public private(set) var units: ContiguousArray<Quantity> = []
  private var places: ContiguousArray<Place> = []
  /// The nodes that rows name, each once, in the order of their first row.
  public private(set) var nodes: [NamedNode] = []

  private var manyNodes: [String: Int32] = [:]

  public init(file: String, capacity: Int = 0) {
    self.file = file
    skus.reserveCapacity(capacity)
    nodeIndices.reserveCapacity(capacity)
    units.reserveCapacity(capacity)
    places.reserveCapacity(capacity)
  }

  /// The index of a node for `append`; a new one is added.
  public mutating func index(ofNode name: String, at location: @autoclosure () -> SourceLocation) -> Int32 {
    // A company has few nodes, so comparing is quickest; a hostile file with many must not take quadratic time.
    if nodes.count <= 16 {
      if let index = nodes.firstIndex(where: { $0.name == name }) { return Int32(index) }
    } else if let index = manyNodes[name] {
      return index
    }
    nodes.append(NamedNode(name: name, location: location()))
    let index = Int32(nodes.count - 1)
    if nodes.count == 17 {
      for (index, node) in nodes.enumerated() { manyNodes[node.name] = Int32(index) }
    } else if nodes.count > 17 {
      manyNodes[name] = index
    }
    return index
  }

  /// - Parameter node: from `index(ofNode:)`, or -1 for all nodes.
  public mutating func append(sku: SKU, node: Int32, units: Quantity, line: Int32, column: Int32) {
    skus.append(sku)
    nodeIndices.append(node)
    self.units.append(units)
    places.append(Place(line: line, column: column))
  }

  public func location(of row: Int) -> SourceLocation {
    SourceLocation(file: file, line: Int(places[row].line), column: Int(places[row].column))
  }
}

extension SafetyStockRows: RandomAccessCollection {
  public var startIndex: Int { 0 }
  public var endIndex: Int { skus.count }

  public subscript(row: Int) -> Row {
    let node = nodeIndices[row]
    return Row(
      sku: skus[row], node: node < 0 ? nil : nodes[Int(node)].name, units: units[row], location: location(of: row))
  }
}

extension SafetyStockRows.Row {
  /// The row as the fields that it was written with, all with the place of the row.
  public var field: Field {
    var members = Members()
    members.append("sku", Field(.text(sku.rawValue), at: location))
    if let node { members.append("node", Field(.text(node), at: location)) }
    members.append("units", Field(.integer(units), at: location))
    return Field(.members(members), at: location)
  }
}
