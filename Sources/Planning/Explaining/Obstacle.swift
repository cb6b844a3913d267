public import Operations

/// What keeps units of an order line from being covered: neither by what is there nor by what is to come.
///
/// One function finds them (`ItemPlanner.obstacles`): a shortage case, a plan and `purser why` say the same.
public enum Obstacle: Hashable, Sendable {
  /// How much of a cap is used.
  public struct CapUse: Hashable, Sendable {
    /// Units that were claimed within the window.
    public var used: Quantity
    /// Units that may be.
    public var limit: Quantity
    /// What the limit is worked out from; nil where it is a number of units.
    public var share: Rate?
    public var window: TimeSpan
    /// Whether it counts the sales of all regions.
    public var isOverall: Bool
  }

  /// Why units that lie at a node are given to nobody.
  public enum Withholding: Hashable, Sendable {
    /// Rules that hold for the node, and the share of its stock that still counts.
    case fallback([String], Rate)
    /// Rules that let nothing more of the item be given out while some of it lies there.
    case frozen([String])
    case closed
    case noNode
    case safetyStock
    /// Nothing can leave from there for orders of a channel.
    case unreachable(ChannelID, ReachObstacle)
  }

  /// The channel stands in no policy.
  case unknownChannel(ChannelID)
  /// The channel does not hold at the moment.
  case channelNotInEffect(ChannelID)
  case unknownRegion(String)
  /// The order has not come as far as its channel claims stock at.
  case stage(ChannelID, reserveAt: OrderStage, now: OrderStage)
  /// Its hold ran out before it was paid.
  case lapsed(ChannelID, holdTTL: TimeSpan?)
  /// It is to leave much later.
  case early(ChannelID, shipOn: LocalDate, from: Instant)
  case cap(ChannelID, CapUse)
  /// The channel's share of its tier has a maximum, which may count what it holds in all regions.
  case maximum(ChannelID, Quantity, isOverall: Bool)
  /// What is there is shared out by weight: what the channel has of that, and what would be its part.
  case shares(ChannelID, has: Quantity, part: Quantity)
  /// Units that are left for another channel, which is to have so many at least.
  case keptMinimum(for: ChannelID, Quantity)
  /// The channel sells from its protection alone, and that is used up; with what the shared pool has.
  case protectionUsedUp(ChannelID, shared: Quantity)
  /// Units that are kept for another channel.
  case protected(for: ChannelID, Quantity)
  case withheld(NodeID, Withholding, Quantity)
  /// Units more are reserved than there are.
  case oversold(Quantity)
  /// Units that lie in other regions.
  case elsewhere(Quantity)
  /// All that is on hand is claimed, or nothing is.
  case allClaimed(onHand: Quantity)
  /// The line gave up units, to whom; with the channels of both sides.
  case lost(String, between: [ChannelID])
  case backorder(ChannelID, BackorderObstacle)
}

/// What keeps units of an order line from waiting for goods that are to come.
public enum BackorderObstacle: Hashable, Sendable {
  /// Nothing is to come.
  case noGoods
  /// The channel or the rule about the item lets no order wait.
  case notAccepted
  /// So many wait already.
  case maxUnits(Quantity)
  /// Goods that come later than the horizon.
  case late(Goods, TimeSpan)
  /// The supplier's word holds in less than is asked for.
  case doubted(SupplierID, Rate, minimum: Rate)
  /// Too little is known of the supplier.
  case untrusted(SupplierID)
  /// Goods of which nothing is counted on, with the fallback rules that say so.
  case nothingCounts(Goods, rules: [String])
  case pastDue(Goods, TimeSpan)
  /// Goods of a supplier, or that come to a node, that nobody has agreed on.
  case unknown(Goods, isSupplier: Bool)
  /// Nothing leaves from the node where they are to arrive.
  case unreachable(Goods, NodeID)
  /// Others have all that can be counted on.
  case taken(Goods)
  /// What nobody has of them is kept for these channels.
  case kept(Goods, for: [ChannelID])
  /// Nothing of them is kept for the channel, which may have nothing else.
  case notKept(Goods)
  /// Goods that are under way between our nodes, which orders may not wait for.
  case transfer(Goods)

  /// A purchase-order line, or a transfer line.
  public struct Goods: Hashable, Sendable {
    public var pool: Pool
    /// Nil for what we send ourselves.
    public var supplier: SupplierID?
    /// Where they come to.
    public var node: NodeID

    init(_ goods: InboundGoods) { (pool, supplier, node) = (goods.pool, goods.supplier, goods.node) }
  }
}

extension Obstacle {
  /// The stable name of its kind, in JSON.
  public var kind: String {
    switch self {
    case .unknownChannel: "unknown_channel"
    case .channelNotInEffect: "channel_not_in_effect"
    case .unknownRegion: "unknown_region"
    case .stage: "stage"
    case .lapsed: "hold_ran_out"
    case .early: "too_early"
    case .cap: "cap"
    case .maximum: "share_maximum"
    case .shares: "fair_share"
    case .keptMinimum: "kept_minimum"
    case .protectionUsedUp: "protection_used_up"
    case .protected: "protected_for_others"
    case .withheld(_, let withholding, _):
      switch withholding {
      case .fallback: "fallback"
      case .frozen: "fallback_freeze"
      case .closed: "node_closed"
      case .noNode: "unknown_node"
      case .safetyStock: "safety_stock"
      case .unreachable: "cannot_leave"
      }
    case .oversold: "oversold"
    case .elsewhere: "other_regions"
    case .allClaimed: "no_stock"
    case .lost: "allocation_lost"
    case .backorder(_, let obstacle): "backorder_\(obstacle.kind)"
    }
  }
}

extension BackorderObstacle {
  fileprivate var kind: String {
    switch self {
    case .noGoods: "nothing_to_come"
    case .notAccepted: "not_accepted"
    case .maxUnits: "max_units"
    case .late: "horizon"
    case .doubted: "confidence"
    case .untrusted: "untrusted"
    case .nothingCounts: "nothing_counts"
    case .pastDue: "past_due"
    case .unknown(_, let isSupplier): isSupplier ? "unknown_supplier" : "unknown_node"
    case .unreachable: "unreachable"
    case .taken: "taken"
    case .kept: "protected"
    case .notKept: "own_protection_only"
    case .transfer: "transfer_not_accepted"
    }
  }
}
