public import DesiredState
public import Operations

/// What a change of policy did when it took effect, as its audit record tells it.
public struct RecordedChange: Hashable, Sendable {
  /// What can be taken from somebody, in units of an item.
  public struct Holding: Hashable, Sendable, Comparable {
    public enum Kind: String, Sendable, CaseIterable {
      /// What is protected for a channel.
      case grant
      /// What a channel's cap still allows it to sell.
      case cap
      /// What is free for all channels that may use it.
      case shared
      /// What a channel was told it may sell.
      case publication
      /// What an order line claimed.
      case claim
      /// What a buyer is asked to order or to hurry.
      case proposal
    }

    public var kind: Kind
    public var sku: SKU
    public var holder: Holder

    public enum Holder: Hashable, Sendable {
      /// With the region of what it may sell there.
      case channel(ChannelID, in: RegionID = .everywhere)
      case everyone(in: RegionID = .everywhere)
      case line(OrderID, String)
      case buyer(PurchaseProposal.Kind, SupplierID, NodeID)
    }

    public static func < (left: Self, right: Self) -> Bool {
      if left.kind != right.kind { return left.kind.rawValue < right.kind.rawValue }
      if left.sku != right.sku { return left.sku < right.sku }
      return left.holderNames.lexicographicallyPrecedes(right.holderNames)
    }

    private var holderNames: [Identifier<Self>] {
      switch holder {
      case .channel(let channel, let region): [Identifier(channel.rawValue), Identifier(region.rawValue)]
      case .everyone(let region): [Identifier(region.rawValue)]
      case .line(let order, let line): [Identifier(order.rawValue), Identifier(line)]
      case .buyer(let kind, let supplier, let node):
        [Identifier(kind.rawValue), Identifier(supplier.rawValue), Identifier(node.rawValue)]
      }
    }

    /// Whether who was given it keeps it: an order its stock, a buyer what they were asked to get and may have ordered.
    var isKept: Bool { kind == .claim || kind == .proposal }
  }

  /// When a customer was told that a line comes, and what had been said before.
  public struct Told: Hashable, Sendable {
    public var sku: SKU
    public var order: OrderID
    public var line: String
    public var before: Instant?
    public var after: Instant?
  }

  /// Units by which holdings rose and fell.
  private var moves: [Holding: Quantity] = [:]
  /// Units that it took away, each above 0.
  public var taken: [Holding: Quantity] { moves.filter { $0.value < 0 }.mapValues { 0 &- max($0, -.max) } }
  /// Units that it gave to order lines, and asked buyers for, each above 0.
  public var given: [Holding: Quantity] { moves.filter { $0.value > 0 && $0.key.isKept } }
  /// The caps that it brought where there were none: how many units they took nobody can say.
  public private(set) var newCaps: Set<Holding> = []
  public private(set) var told: [Told] = []
  /// Whether the record holds only the first of its rows, or rows that this version does not know.
  public private(set) var isPartial: Bool

  /// - Parameters:
  ///   - rows: actions as a record writes them; those that the world asked for are no part of the change.
  ///   - total: how many rows there were.
  ///   - domains: those whose part of the plan was applied; a record tells of the others, too.
  public init(rows: [JSONValue], total: Int64, applied domains: Set<Domain> = Set(Domain.allCases)) {
    isPartial = total > rows.count
    for row in rows where row["reason"]?.string == Reason.policyChanged.rawValue {
      guard let kind = row["action"]?.string.flatMap(Action.Kind.init(rawValue:)) else {
        isPartial = true
        continue
      }
      if let sku = row["sku"]?.string, domains.contains(kind.domain) { add(kind, row, SKU(sku)) }
    }
  }

  private mutating func add(_ kind: Action.Kind, _ row: JSONValue, _ sku: SKU) {
    let region = row["region"]?.string.map { RegionID($0) } ?? .everywhere
    let channel = row["channel"]?.string.map { Holding.Holder.channel(ChannelID($0), in: region) }
    func line() -> Holding.Holder? {
      guard let order = row["order"]?.string, let line = row["line"]?.string else { return nil }
      return .line(OrderID(order), line)
    }
    switch kind {
    case .setGrant:
      guard let channel else { return }
      move(.grant, sku, channel, from: row["was"]?["protected"]?.integer, to: row["grant"]?["protected"]?.integer)
      guard let was = row["was"], was != .null, let after = row["grant"]?["cap_left"]?.integer else { return }
      guard let before = was["cap_left"]?.integer else {
        newCaps.insert(Holding(kind: .cap, sku: sku, holder: channel))
        return
      }
      move(.cap, sku, channel, from: before, to: after)
    case .setShared:
      move(.shared, sku, .everyone(in: region), from: row["was"]?.integer, to: row["units"]?.integer)
    case .publish:
      guard let channel else { return }
      move(.publication, sku, channel, from: row["was"]?.integer, to: row["units"]?.integer)
    case .claim: if let line = line() { move(.claim, sku, line, from: 0, to: row["units"]?.integer) }
    case .releaseClaim: if let line = line() { move(.claim, sku, line, from: row["units"]?.integer, to: 0) }
    case .promise:
      guard let order = row["order"]?.string, let line = row["line"]?.string else { return }
      told.append(
        Told(
          sku: sku, order: OrderID(order), line: line, before: row["was"]?.string.flatMap(Instant.init),
          after: row["at"]?.string.flatMap(Instant.init)))
    case .propose:
      ask(sku, row["proposal"].flatMap(PurchaseProposal.init(json:)), sign: 1)
      ask(sku, row["was"].flatMap(PurchaseProposal.init(json:)), sign: -1)
    case .withdrawProposal: ask(sku, row["proposal"].flatMap(PurchaseProposal.init(json:)), sign: -1)
    // A line has as much after it as before.
    case .moveClaim, .route: return
    // What these decide, the grants, claims and publications of the same plan say in units.
    case .setNode, .setFallback, .setSafetyStock, .setChannel, .setSupplier, .setRouting, .setRegions: return
    // What is remembered of how things are, and a channel that is told again what it was told before.
    case .startStockout, .endStockout, .openCase, .closeCase, .noteDrift, .heal: return
    }
  }

  private mutating func ask(_ sku: SKU, _ proposal: PurchaseProposal?, sign: Quantity) {
    guard let proposal else { return }
    move(.proposal, sku, proposal.holder, from: 0, to: sign * max(0, proposal.quantity))
  }

  private mutating func move(
    _ kind: Holding.Kind, _ sku: SKU, _ holder: Holding.Holder, from: Quantity?, to: Quantity?
  ) {
    let units = distance(from: from ?? 0, to: to ?? 0)
    let holding = Holding(kind: kind, sku: sku, holder: holder)
    moves[holding] = distance(from: 0 &- units, to: moves[holding] ?? 0)
  }
}

extension PurchaseProposal {
  var holder: RecordedChange.Holding.Holder { .buyer(kind, supplier, node) }
}

/// How far it is from one number of units to another; the largest number where it is further than that.
func distance(from: Quantity, to: Quantity) -> Quantity {
  let (units, overflows) = to.subtractingReportingOverflow(from)
  return overflows ? (to > from ? .max : -.max) : max(units, -.max)
}
