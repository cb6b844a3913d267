import Operations

/// A line of an order, told apart byte by byte.
struct LineName: Hashable, Comparable {
  var order: OrderID
  var line: Identifier<Self>

  init(_ order: OrderID, _ line: String) {
    self.order = order
    self.line = Identifier(line)
  }

  static func < (left: Self, right: Self) -> Bool { (left.order, left.line) < (right.order, right.line) }
}
