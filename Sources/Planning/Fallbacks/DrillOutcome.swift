public import Operations

/// What a drill would change, beside what the next cycle does anyway: two plans of one snapshot held against each other.
public struct DrillOutcome: Hashable, Sendable {
  /// What a channel could sell, summed over all items.
  public struct Channel: Hashable, Sendable {
    public var channel: ChannelID
    public var before: Quantity
    public var after: Quantity
  }

  /// Units of an order line that are covered before, and not after.
  public struct UncoveredLine: Hashable, Sendable {
    public var sku: SKU
    public var order: OrderID
    public var line: String
    public var units: Quantity
  }

  /// Units that are short before and after, and come later or are no longer expected, and promises that move to a later
  /// day or are withdrawn.
  public struct LaterLine: Hashable, Sendable {
    public var order: OrderID
    public var line: String
    public var before: Instant?
    public var after: Instant?
  }

  /// In the byte order of their names; all channels.
  public var channels: [Channel] = []
  /// In the order of items and then of order lines.
  public var uncovered: [UncoveredLine] = []
  public var later: [LaterLine] = []
  /// Orders that leave by another way than they were routed by, and orders that no node can send any more.
  public var rerouted: [OrderID] = []
  public var unroutable: [OrderID] = []
  /// The rules that hold already, and so change nothing when they are tried.
  public var rulesInForce: Set<String> = []
  /// Items that some channel can sell before, and none after.
  public var soldOut: [SKU] = []

  public init(_ snapshot: Snapshot, before: Plan, after: Plan) {
    let (before, after) = (
      Outlook(snapshot, before.actions.map(\.action), before.shortfalls, now: before.now),
      Outlook(snapshot, after.actions.map(\.action), after.shortfalls, now: after.now)
    )
    rulesInForce = Set(before.fallbacks.values.flatMap(\.rules))
    let (stuckBefore, stuck) = (Self.stuck(snapshot, before), Self.stuck(snapshot, after))
    unroutable = stuck.subtracting(stuckBefore).sorted()
    rerouted = Self.moved(after).subtracting(Self.moved(before)).subtracting(stuck).sorted()
    let table = ChannelTable(before.channels.union(after.channels), snapshot)
    channels = table.names.map { Channel(channel: $0, before: 0, after: 0) }
    var (was, becomes) = (Offers(table), Offers(table))
    for item in 0..<snapshot.items.count {
      before.read(item, table, into: &was)
      after.read(item, table, into: &becomes)
      for index in channels.indices {
        channels[index].before += was.available(index)
        channels[index].after += becomes.available(index)
      }
      if was.canBeSold, !becomes.canBeSold { soldOut.append(snapshot.items.sku[item]) }
      let covered = (
        before.covered(item, shared: was.sharedByRegion), after.covered(item, shared: becomes.sharedByRegion)
      )
      uncovered += Self.uncovered(snapshot.items.sku[item], covered.0, covered.1)
    }
    let expected = Dictionary(before.shortfalls.map { ("\($0.order)/\($0.line)", $0.expectedAt) }) { first, _ in
      first
    }
    for shortfall in after.shortfalls {
      guard let was = expected["\(shortfall.order)/\(shortfall.line)"], was != shortfall.expectedAt else { continue }
      later.append(
        LaterLine(order: shortfall.order, line: shortfall.line, before: was, after: shortfall.expectedAt))
    }
    let told = Set(later.map { LineName($0.order, $0.line) })
    later += Self.movedPromises(before, after).filter { !told.contains(LineName($0.order, $0.line)) }
  }

  /// Promises that a plan withdraws or moves to a later time, and another does not.
  private static func movedPromises(_ before: Outlook, _ after: Outlook) -> [LaterLine] {
    func moved(_ outlook: Outlook) -> [LaterLine] {
      outlook.actions.compactMap { action in
        guard case .promise(_, let promise, let was?) = action, promise.at.map({ $0 > was }) ?? true else { return nil }
        return LaterLine(order: promise.order, line: promise.line, before: was, after: promise.at)
      }
    }
    let known = Set(moved(before))
    return moved(after).filter { !known.contains($0) }
  }

  /// Orders that no node can send after a plan.
  private static func stuck(_ snapshot: Snapshot, _ outlook: Outlook) -> Set<OrderID> {
    var stuck = Set(snapshot.cases.values.joined().filter { $0.kind == .unroutable }.map { OrderID($0.subject) })
    for action in outlook.actions {
      switch action {
      case .openCase(_, let what) where what.kind == .unroutable: stuck.insert(OrderID(what.subject))
      case .closeCase(_, let what) where what.kind == .unroutable: stuck.remove(OrderID(what.subject))
      default: break
      }
    }
    return stuck
  }

  /// Orders of which a plan takes units off the nodes that they were to leave from.
  private static func moved(_ outlook: Outlook) -> Set<OrderID> {
    Set(
      outlook.actions.compactMap { action in
        if case .moveClaim(_, let move) = action, move.wasNode != nil { move.order } else { nil }
      })
  }

  private static func uncovered(
    _ sku: SKU, _ before: [LineName: Quantity], _ after: [LineName: Quantity]
  ) -> [UncoveredLine] {
    before.keys.sorted().compactMap { name in
      let lost = (before[name] ?? 0) - (after[name] ?? 0)
      guard lost > 0 else { return nil }
      return UncoveredLine(sku: sku, order: name.order, line: name.line.rawValue, units: lost)
    }
  }
}
