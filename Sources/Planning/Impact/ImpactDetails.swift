public import Operations

/// What a change would do to one channel.
public struct ChannelImpact: Hashable, Sendable {
  public var channel: ChannelID
  /// Units that it can sell, added up over all items: several channels can sell the same unit.
  public internal(set) var availableBefore: Quantity = 0
  public internal(set) var availableAfter: Quantity = 0
  /// Units that it is told, added up over all items.
  public internal(set) var publishedBefore: Quantity = 0
  public internal(set) var publishedAfter: Quantity = 0
  /// Items of which it can sell, or is told, something else.
  public internal(set) var items: Int64 = 0
  /// Units that its order lines lose, and that others of them gain.
  public internal(set) var unitsLost: Quantity = 0
  public internal(set) var unitsGained: Quantity = 0
  public internal(set) var skusToZero: Int64 = 0
  public internal(set) var skusFromZero: Int64 = 0

  init(channel: ChannelID) { self.channel = channel }

  public var isChanged: Bool { items > 0 || unitsLost > 0 || unitsGained > 0 }
}

/// An order with lines that gain or lose.
public struct OrderImpact: Hashable, Sendable {
  public struct Line: Hashable, Sendable {
    public var sku: SKU
    public var line: String
    /// Units that it holds once the plan is applied (what it holds now, with claims and without releases), as far as
    /// stock or goods to come stand behind them.
    public var before: Quantity
    public var after: Quantity
    /// Minor units for each unit; nil if the order did not say.
    public var unitPrice: Int64?

    public var lost: Quantity { max(0, before - after) }
    public var gained: Quantity { max(0, after - before) }
  }

  public var order: OrderID
  public var channel: ChannelID
  /// In the byte order of their ids.
  public var lines: [Line]

  public var unitsLost: Quantity { lines.reduce(0) { $0 + $1.lost } }
  public var unitsGained: Quantity { lines.reduce(0) { $0 + $1.gained } }
  /// In minor units, of the lines that told a price.
  public var valueLost: Int64 { lines.reduce(0) { $0.addingUpTo(($1.unitPrice ?? 0).price(of: $1.lost)) } }
  public var valueGained: Int64 { lines.reduce(0) { $0.addingUpTo(($1.unitPrice ?? 0).price(of: $1.gained)) } }
  /// Whether some line that gains or loses told no price.
  public var isUnpriced: Bool { lines.contains { $0.unitPrice == nil } }
}

/// When an order line comes: what the customer was told or, where units are missing, when supply is expected for them.
public struct PromiseImpact: Hashable, Sendable {
  public var order: OrderID
  public var line: String
  public var sku: SKU
  public var channel: ChannelID
  /// Nil where no supply is expected.
  public var from: Instant?
  /// Nil where no supply is expected any more, or the promise is taken back.
  public var to: Instant?

  public var isLater: Bool {
    guard let to else { return true }
    return from.map { $0 < to } ?? false
  }
}

/// An item that a channel sells before a change and not after it, or the other way round.
public struct StockCrossing: Hashable, Sendable {
  public var sku: SKU
  public var channel: ChannelID
  /// Units that it can sell.
  public var availableBefore: Quantity
  public var availableAfter: Quantity
  /// Units that it is told.
  public var publishedBefore: Quantity
  public var publishedAfter: Quantity

  public var isToZero: Bool {
    availableBefore > 0 && availableAfter == 0 || publishedBefore > 0 && publishedAfter == 0
  }

  /// What falls in one sense and rises in the other has fallen.
  public var isFromZero: Bool {
    !isToZero && (availableBefore == 0 && availableAfter > 0 || publishedBefore == 0 && publishedAfter > 0)
  }
}

/// Units of an item that are free and that no channel may sell, because of caps or because they are kept for one that may
/// not sell them.
public struct StrandedUnits: Hashable, Sendable {
  public var sku: SKU
  public var before: Quantity
  public var after: Quantity
}

/// What a change will do once a window opens or closes.
public struct LaterImpact: Hashable, Sendable {
  public var at: Instant
  /// That of the policies of that moment on the stock and the orders of now.
  public var impact: Impact
}
