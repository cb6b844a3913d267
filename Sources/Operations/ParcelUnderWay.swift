/// What of an order leaves, or has left, one node by one service at one moment.
public struct ParcelUnderWay: Hashable, Sendable {
  public struct Line: Hashable, Sendable {
    public var line: String
    /// Above 0.
    public var units: Quantity

    public init(line: String, units: Quantity) {
      self.line = line
      self.units = units
    }
  }

  public var node: NodeID
  public var service: String
  public var leavesAt: Instant
  public var arrivesAt: Instant
  /// Whether its units have left the node.
  public var hasLeft: Bool
  public var lines: [Line]

  public init(
    node: NodeID, service: String, leavesAt: Instant, arrivesAt: Instant, hasLeft: Bool = false, lines: [Line]
  ) {
    self.node = node
    self.service = service
    self.leavesAt = leavesAt
    self.arrivesAt = arrivesAt
    self.hasLeft = hasLeft
    self.lines = lines
  }

  /// Whether both leave as one: the same node by the same service at the same moment.
  public func isSame(as other: Self) -> Bool {
    node == other.node && service.isBytewiseEqual(to: other.service) && leavesAt == other.leavesAt
      && hasLeft == other.hasLeft
  }
}

extension [ParcelUnderWay] {
  /// When the last of a line's units arrives that have left or are to leave.
  /// - Parameter units: how many are to leave; nil is what comes where parcels are not known of all of them.
  public func arrival(of line: String, _ units: Quantity) -> Instant? {
    var (known, last): (Quantity, Instant?) = (0, nil)
    for parcel in self {
      for one in parcel.lines where one.line.isBytewiseEqual(to: line) {
        last = Swift.max(last ?? parcel.arrivesAt, parcel.arrivesAt)
        if !parcel.hasLeft { known += one.units }
      }
    }
    return known < units ? nil : last
  }
}
