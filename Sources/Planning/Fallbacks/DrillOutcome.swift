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

  /// Units that are short before and after, and come later or are no longer expected.
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
  /// The rules that hold already, and so change nothing when they are tried.
  public var rulesInForce: Set<String> = []
  /// Items that some channel can sell before, and none after.
  public var soldOut: [SKU] = []

  public init(_ snapshot: Snapshot, before: Plan, after: Plan) {
    let (before, after) = (Outlook(snapshot, before), Outlook(snapshot, after))
    rulesInForce = Set(before.fallbacks.values.flatMap(\.rules))
    let names = Set(snapshot.channels).union(before.channels).union(after.channels).sorted()
    channels = names.map { Channel(channel: $0, before: 0, after: 0) }
    for item in 0..<snapshot.items.count {
      let offers = (before.offers(item), after.offers(item))
      for index in channels.indices {
        channels[index].before += offers.0[names[index]] ?? 0
        channels[index].after += offers.1[names[index]] ?? 0
      }
      if offers.0.values.contains(where: { $0 > 0 }), !offers.1.values.contains(where: { $0 > 0 }) {
        soldOut.append(snapshot.items.sku[item])
      }
      uncovered += Self.uncovered(item, before, after)
    }
    let expected = Dictionary(before.plan.shortfalls.map { ("\($0.order)/\($0.line)", $0.expectedAt) }) { first, _ in
      first
    }
    for shortfall in after.plan.shortfalls {
      guard let was = expected["\(shortfall.order)/\(shortfall.line)"], was != shortfall.expectedAt else { continue }
      later.append(
        LaterLine(order: shortfall.order, line: shortfall.line, before: was, after: shortfall.expectedAt))
    }
  }

  private static func uncovered(_ item: Int, _ before: Outlook, _ after: Outlook) -> [UncoveredLine] {
    let covered = (before.covered(item), after.covered(item))
    return covered.0.keys.sorted().compactMap { line in
      let lost = (covered.0[line] ?? 0) - (covered.1[line] ?? 0)
      guard lost > 0 else { return nil }
      return UncoveredLine(sku: before.snapshot.items.sku[item], order: line.order, line: line.line, units: lost)
    }
  }
}
