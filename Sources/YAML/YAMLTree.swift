public import Diagnostics

/// A parsed YAML file: all nodes of all documents in one compact table, with their places.
///
/// Text is kept as byte ranges into one buffer, so that a file of a hundred thousand rows makes a handful of allocations.
public struct YAMLTree: Sendable {
  public typealias Index = Int32

  public struct Node: Sendable {
    public enum Kind: UInt8, Sendable {
      /// A scalar without quotes: its type is what the schema says.
      case plain
      /// A scalar in quotes or a block: always text.
      case quoted
      case sequence
      case mapping
    }

    public var kind: Kind
    public var line: Int32
    public var column: Int32
    /// Scalar: range in the text buffer. Container: first child and count of children (a mapping's alternate key, value).
    var start: Int32
    var count: Int32
    /// The next node with the same parent, or -1.
    var next: Index
  }

  public let file: String
  var nodes: ContiguousArray<Node> = []
  var text: ContiguousArray<UInt8> = []
  /// The root node of each document that is not empty.
  public internal(set) var documents: [Index] = []

  init(file: String) { self.file = file }

  public subscript(index: Index) -> Node { nodes[Int(index)] }

  public func location(_ index: Index) -> SourceLocation {
    let node = nodes[Int(index)]
    return SourceLocation(file: file, line: Int(node.line) + 1, column: Int(node.column) + 1)
  }

  /// The text of a scalar; nothing for what is none.
  public func string(_ index: Index) -> String {
    let node = nodes[Int(index)]
    guard node.kind == .plain || node.kind == .quoted else { return "" }
    let range = Int(node.start)..<Int(node.start) + Int(node.count)
    return text.withUnsafeBufferPointer { String(decoding: $0[range], as: UTF8.self) }
  }

  /// Whether a scalar is exactly `word`.
  public func matches(_ index: Index, _ word: StaticString) -> Bool {
    let node = nodes[Int(index)]
    guard node.kind == .plain || node.kind == .quoted, Int(node.count) == word.utf8CodeUnitCount else { return false }
    return text.withUnsafeBufferPointer { buffer in
      word.withUTF8Buffer { buffer[Int(node.start)..<Int(node.start) + Int(node.count)].elementsEqual($0) }
    }
  }

  /// The first child of a container, and the next child of the same container: a walk without an iterator.
  public func firstChild(of index: Index) -> Index? {
    let node = nodes[Int(index)]
    return (node.kind == .sequence || node.kind == .mapping) && node.start >= 0 ? node.start : nil
  }

  public func sibling(of index: Index) -> Index? {
    let next = nodes[Int(index)].next
    return next >= 0 ? next : nil
  }

  /// How many elements a sequence has, or how many keys and values together a mapping has.
  public func childCount(of index: Index) -> Int {
    let node = nodes[Int(index)]
    return node.kind == .sequence || node.kind == .mapping ? Int(node.count) : 0
  }

  /// Calls `body` with the bytes of a scalar, without making a String.
  public func withBytes<Result>(_ index: Index, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    let node = nodes[Int(index)]
    return text.withUnsafeBufferPointer {
      body(UnsafeBufferPointer(rebasing: $0[Int(node.start)..<Int(node.start) + Int(node.count)]))
    }
  }

  /// The children of a sequence, or the alternating keys and values of a mapping.
  public func children(_ index: Index) -> Children { Children(tree: self, first: nodes[Int(index)].start) }

  public struct Children: Sequence, IteratorProtocol {
    let tree: YAMLTree
    var first: Index

    public mutating func next() -> Index? {
      guard first >= 0 else { return nil }
      defer { first = tree.nodes[Int(first)].next }
      return first
    }
  }
}
