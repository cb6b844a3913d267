public import Operations

/// What a change of policy did when it took effect, as its audit record tells it.
public struct RecordedChange: Hashable, Sendable {
  /// What can be taken from somebody: a channel's protected units, what it could sell, what an order line held.
  public struct Holding: Hashable, Sendable, Comparable {
    public enum Kind: String, Sendable, CaseIterable {
      /// Protected units of an item for a channel.
      case grant
      /// Units of an item that a channel was told it may sell.
      case publication
      /// Units of an item that an order line claimed.
      case claim
    }

    public var kind: Kind
    public var sku: SKU
    /// The channel, with the region of what it may sell there; of a claim, order and line.
    public var holder: Holder

    public enum Holder: Hashable, Sendable {
      case channel(ChannelID, in: RegionID = .everywhere)
      case line(OrderID, String)
    }

    public static func < (left: Self, right: Self) -> Bool {
      if left.kind != right.kind { return left.kind.rawValue < right.kind.rawValue }
      if left.sku != right.sku { return left.sku < right.sku }
      let (one, other) = (left.holderNames, right.holderNames)
      return one.0 == other.0 ? one.1 < other.1 : one.0 < other.0
    }

    private var holderNames: (Identifier<Self>, Identifier<Self>) {
      switch holder {
      case .channel(let channel, let region): (Identifier(channel.rawValue), Identifier(region.rawValue))
      case .line(let order, let line): (Identifier(order.rawValue), Identifier(line))
      }
    }
  }

  /// When a customer was told that a line comes, and what had been said before.
  public struct Told: Hashable, Sendable {
    public var sku: SKU
    public var order: OrderID
    public var line: String
    public var before: Instant?
    public var after: Instant?
  }

  /// Units that it took away, each above 0.
  public internal(set) var taken: [Holding: Quantity] = [:]
  /// Units of order lines that it gave stock to.
  public internal(set) var given: [Holding: Quantity] = [:]
  public internal(set) var told: [Told] = []
  /// Whether the record holds only the first of its rows.
  public var isPartial: Bool

  /// - Parameters:
  ///   - rows: actions as a record writes them; those that the world asked for are no part of the change.
  ///   - total: how many rows there were.
  public init(rows: [JSONValue], total: Int64) {
    isPartial = total > rows.count
    for row in rows where row["reason"]?.string == Reason.policyChanged.rawValue {
      guard let sku = row["sku"]?.string.map({ SKU($0) }) else { continue }
      add(row, sku)
    }
  }

  private mutating func add(_ row: JSONValue, _ sku: SKU) {
    let region = row["region"]?.string.map { RegionID($0) } ?? .everywhere
    let channel = row["channel"]?.string.map { Holding.Holder.channel(ChannelID($0), in: region) }
    let order = row["order"]?.string.map { OrderID($0) }
    let line = row["line"]?.string
    func lost(_ kind: Holding.Kind, _ holder: Holding.Holder, _ units: Quantity) {
      if units > 0 { taken[Holding(kind: kind, sku: sku, holder: holder), default: 0] += units }
    }
    switch row["action"]?.string {
    case "set_grant":
      guard let channel else { return }
      let before = row["was"]?["protected"]?.integer ?? 0
      lost(.grant, channel, before - (row["grant"]?["protected"]?.integer ?? 0))
    case "publish":
      guard let channel else { return }
      lost(.publication, channel, (row["was"]?.integer ?? 0) - (row["units"]?.integer ?? 0))
    case "release_claim":
      guard let order, let line else { return }
      lost(.claim, .line(order, line), row["units"]?.integer ?? 0)
    case "claim":
      guard let order, let line, let units = row["units"]?.integer, units > 0 else { return }
      given[Holding(kind: .claim, sku: sku, holder: .line(order, line)), default: 0] += units
    case "promise":
      guard let order, let line else { return }
      told.append(
        Told(
          sku: sku, order: order, line: line, before: row["was"]?.string.flatMap(Instant.init),
          after: row["at"]?.string.flatMap(Instant.init)))
    default: return
    }
  }
}
