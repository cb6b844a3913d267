/// A line of an order, told apart byte by byte.
public struct LineName: Hashable, Comparable, Sendable {
  public var order: OrderID
  public var line: Identifier<Self>

  public init(_ order: OrderID, _ line: String) {
    self.order = order
    self.line = Identifier(line)
  }

  public static func < (left: Self, right: Self) -> Bool { (left.order, left.line) < (right.order, right.line) }
}
