/// Something that a person should know about and that stays open until its reason is gone.
public struct Case: Hashable, Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    /// An order line cannot be claimed in full.
    case shortage
    /// A count found less than what is reserved.
    case countBelowReserved = "count_below_reserved"
    /// More was shipped than the order asked for.
    case overShipped = "over_shipped"
    /// More was cancelled, announced or received than there can be.
    case excess
    /// No region serves the destination of an order.
    case unknownRegion = "unknown_region"
    /// The order's channel stands in no policy.
    case unknownChannel = "unknown_channel"
    /// Stock lies at a node that stands in no policy, and cannot be promised.
    case unknownNode = "unknown_node"
    /// More left a node than its books had; the units count as missing everywhere.
    case negativeStock = "negative_stock"
    /// A fallback holds for a node or a supplier.
    case fallbackActive = "fallback_active"
    /// An order is so large that someone must let it go before it leaves.
    case releasePending = "release_pending"
    /// An order line gave up what it held in a shortage, and misses it still.
    case allocationLost = "allocation_lost"
    /// Units of an order are covered, and no node can send them.
    case unroutable
    /// Nothing can be worked out about what to buy.
    case replenishmentUnknown = "replenishment_unknown"
    /// What a customer was told cannot be counted on any more, and may not be moved without a person.
    case promiseAtRisk = "promise_at_risk"
    /// What a customer was told first is later than their channel delivers by its rules.
    case promiseLate = "promise_late"
    /// The time that a customer was told has passed, or nothing stands behind it any more.
    case promiseBroken = "promise_broken"
    /// What one node sent another is not there a day after its date.
    case transferOverdue = "transfer_overdue"
    /// Less is in stock than is to be kept for a channel.
    case protectionNotMet = "protection_not_met"
    /// Less is in stock than a channel is to have before the others of its tier get more.
    case minimumNotMet = "minimum_not_met"
    /// More units of a channel wait for goods to come than may by now.
    case backordersAboveLimit = "backorders_above_limit"
    /// A channel shows something else than it was told, and no order explains it.
    case drift
    /// What a channel was told again was changed back each time: somebody else writes it too.
    case driftFight = "drift_fight"
  }

  /// Whether it is what was said that opened it, so that no plan ends it.
  public var isReported: Bool { kind == .overShipped || kind == .excess }

  public var kind: Kind
  /// What it is about: an order, `order/line`, an item, an item at a node, a node, a supplier or a field of a listing.
  public var subject: String
  public var detail: String

  public init(_ kind: Kind, subject: String, detail: String) {
    self.kind = kind
    self.subject = subject
    self.detail = detail
  }
}
