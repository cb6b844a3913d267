/// How far an order has come. A channel says at which of these points its orders claim stock (`reserve_at`).
public enum OrderStage: String, Sendable, CaseIterable, Comparable {
  /// Not an order yet: a customer is choosing.
  case cart
  case order
  case paymentAuthorized = "payment_authorized"
  case paymentCaptured = "payment_captured"
  /// Handed to the warehouse, or free to be.
  case warehouseRelease = "warehouse_release"

  private var rank: Int {
    switch self {
    case .cart: 0
    case .order: 1
    case .paymentAuthorized: 2
    case .paymentCaptured: 3
    case .warehouseRelease: 4
    }
  }

  public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
}

/// What a channel's orders may claim at once when an event arrives, as the last applied plan left it.
public struct ChannelTerms: Hashable, Sendable {
  public var reserveAt: OrderStage
  /// How long a claim holds before the order is paid; nil: a cart's for `defaultCartTTL`, an order's for good.
  public var holdTTL: TimeSpan?
  /// How long before its ship date an order may claim; nil: as soon as it is placed.
  public var reserveAhead: TimeSpan?

  public static let defaultCartTTL = TimeSpan(milliseconds: 15 * 60_000)

  public init(reserveAt: OrderStage = .order, holdTTL: TimeSpan? = nil, reserveAhead: TimeSpan? = nil) {
    self.reserveAt = reserveAt
    self.holdTTL = holdTTL
    self.reserveAhead = reserveAhead
  }

  /// Why an order may not claim stock yet.
  public enum Refusal: Hashable, Sendable {
    /// It has not come far enough.
    case stage
    /// Its hold ran out before it was paid.
    case lapsed
    /// It is to leave much later, and claims from a moment on.
    case early(from: Instant)
  }

  /// Why an order may not claim stock; nil if it may.
  ///
  /// One whose hold ran out waits until it is paid. Time counts in whole hours, as everywhere in planning, so that a
  /// plan in between has nothing to find.
  public func refusal(_ stage: OrderStage, isLapsed: Bool, shipOn: Instant?, at now: Instant) -> Refusal? {
    if stage < reserveAt { return .stage }
    if isLapsed && stage < .paymentAuthorized { return .lapsed }
    guard let reserveAhead, let shipOn else { return nil }
    let first = Instant(hour: (shipOn - reserveAhead).hour)
    return now.hour < first.hour ? .early(from: first) : nil
  }

  /// Whether an order may claim stock.
  public func allow(_ stage: OrderStage, isLapsed: Bool, shipOn: Instant?, at now: Instant) -> Bool {
    refusal(stage, isLapsed: isLapsed, shipOn: shipOn, at: now) == nil
  }

  /// When a claim that is made now runs out; nil: never.
  public func expiry(of stage: OrderStage, at now: Instant) -> Instant? {
    switch stage {
    case .cart: now + (holdTTL ?? Self.defaultCartTTL)
    case .order: holdTTL.map { now + $0 }
    default: nil
    }
  }

  public var json: JSONValue {
    [
      "reserve_at": .string(reserveAt.rawValue), "hold_ttl": JSONValue(holdTTL?.description),
      "reserve_ahead": JSONValue(reserveAhead?.description),
    ]
  }
}
