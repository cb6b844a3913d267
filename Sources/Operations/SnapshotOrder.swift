/// What counts for an order as a whole, whichever of its items a plan looks at.
///
/// Whatever changes one of these touches every item that the order still waits for, so that a plan of the touched items
/// alone decides as a plan of all would.
public struct SnapshotOrder: Hashable, Sendable {
  public var channel: ChannelID
  public var placedAt: Instant
  public var region: String
  public var stage: OrderStage
  /// Its hold ran out before it was paid.
  public var isLapsed: Bool
  public var shipOn: Instant?
  /// The higher is served first within its tier.
  public var priority: Int64
  /// Who let it go to the warehouse, in byte order.
  public var releasedBy: [String]
  /// Units that the customer wants, over all lines: ordered and not cancelled, whether shipped or not.
  public var units: Quantity
  /// Units that are still to leave, over all lines.
  public var unshipped: Quantity
  /// Units that active claims hold, over all lines: what is missing in a snapshot's claims lies with items that it
  /// does not hold.
  public var claimed: Quantity
  /// The item of its first line, in byte order of line ids, with units still to leave: where a case about the whole
  /// order is kept, once.
  public var leadItem: SKU

  public init(
    channel: ChannelID, placedAt: Instant, region: String = "", stage: OrderStage = .order, isLapsed: Bool = false,
    shipOn: Instant? = nil, priority: Int64 = 0, releasedBy: [String] = [], units: Quantity, unshipped: Quantity,
    claimed: Quantity, leadItem: SKU
  ) {
    self.channel = channel
    self.placedAt = placedAt
    self.region = region
    self.stage = stage
    self.isLapsed = isLapsed
    self.shipOn = shipOn
    self.priority = priority
    self.releasedBy = releasedBy
    self.units = units
    self.unshipped = unshipped
    self.claimed = claimed
    self.leadItem = leadItem
  }
}
