/// What a node has of an item beside what claims on it hold, in its three parts.
///
/// total without safety stock = available − shortage + withheld. A node's shortage must not be taken from another's stock,
/// and neither does it vanish: it stands beside what is available.
/// - Source: domain.md §2.1; the parts are those of IBM Sterling's inventory visibility.
public struct NodeAvailability: Hashable, Sendable {
  /// Units that can be promised: atf.
  public let available: Quantity
  /// Units that are there and kept back as safety stock.
  public let withheld: Quantity
  /// Units that claims hold and that are not there.
  public let shortage: Quantity

  /// - Parameters:
  ///   - free: sellable units less those that claims on the node hold; below 0 where more is claimed than there is.
  ///   - safetyStock: from 0.
  public init(free: Quantity, safetyStock: Quantity) {
    available = max(0, free - safetyStock)
    withheld = min(safetyStock, max(0, free))
    shortage = max(0, -free)
  }
}
