/// Units that purchase orders brought in within one UTC hour, at one node.
public struct Receipts: Hashable, Sendable {
  public var hour: Int32
  public var node: NodeID
  public var units: Quantity

  public init(hour: Int32, node: NodeID, units: Quantity) {
    self.hour = hour
    self.node = node
    self.units = units
  }
}

extension Receipts {
  /// The longest time in which a protection may keep a share of what comes in.
  public static let longestWindow = TimeSpan(milliseconds: 366 * TimeSpan.day.milliseconds)

  /// How many hours before the last receipt of an item others of it are remembered; the ledger has them all.
  ///
  /// A protection that holds began no earlier than `longestWindow` ago, and the last receipt may have been stamped by a
  /// clock that is ahead: what is older can count for none.
  public static let rememberedHours = Int32(
    (longestWindow.milliseconds + Limits.clockAhead.milliseconds) / TimeSpan.hour.milliseconds + 1)
}
