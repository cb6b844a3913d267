import Operations
import Planning

/// What a plan means for each channel: the numbers that a manager asks for first.
public struct PlanImpact: Sendable {
  public struct ChannelRow: Hashable, Sendable {
    public var channel: ChannelID
    /// Units published over the items whose publication changes.
    public var publishedBefore: Quantity = 0
    public var publishedAfter: Quantity = 0
    /// Units that open orders of the channel get.
    public var claimed: Quantity = 0
    /// Units that orders of the channel give up because there is not enough.
    public var released: Quantity = 0
    /// Items that were published and no longer are.
    public var soldOut = 0
    /// Items that were not published and now are.
    public var backInStock = 0
  }

  /// In channel order; only channels for which something changes.
  public let channels: [ChannelRow]

  public init(_ plan: Plan) {
    var rows: [ChannelID: ChannelRow] = [:]
    for planned in plan.actions {
      switch planned.action {
      case .publish(_, let channel, let units, let was, _):
        rows[channel, default: ChannelRow(channel: channel)].publishedBefore += was ?? 0
        rows[channel, default: ChannelRow(channel: channel)].publishedAfter += units
        if units == 0, was ?? 0 > 0 { rows[channel]?.soldOut += 1 }
        if units > 0, was ?? 0 == 0 { rows[channel]?.backInStock += 1 }
      case .claim(_, let claim):
        rows[claim.channel, default: ChannelRow(channel: claim.channel)].claimed += claim.quantity
      default: break
      }
    }
    for one in plan.reallocated {
      rows[one.loser.channel, default: ChannelRow(channel: one.loser.channel)].released += one.units
    }
    channels = rows.values.sorted { $0.channel < $1.channel }
  }

  public var json: JSONValue {
    .array(
      channels.map {
        [
          "channel": .string($0.channel.rawValue), "published_before": .integer($0.publishedBefore),
          "published_after": .integer($0.publishedAfter), "claimed": .integer($0.claimed),
          "given_up": .integer($0.released), "sold_out": .integer(Int64($0.soldOut)),
          "back_in_stock": .integer(Int64($0.backInStock)),
        ]
      })
  }
}
