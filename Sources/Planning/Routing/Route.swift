/// Routes orders that share stock and capacity at the least cost: domain.md §3.
///
/// One order is routed exactly while it is within the limits; a batch is routed order by order and then improved, the
/// few orders of a small one together and exactly. Equal inputs give equal routes, in whatever order the orders, options
/// and locations stand.
/// - Parameter explains: whether runner-ups, binding constraints and candidates are worked out.
public func route(
  _ problem: RoutingProblem, effort: RoutingEffort = .standard, explains: Bool = true
) -> RoutingResult {
  var batch = RoutingBatch(RoutingTable(problem))
  batch.start()
  batch.improve(effort)
  return batch.result(problem, explains: explains)
}

/// How much work may go into a batch beyond routing its orders one after the other.
///
/// Work is counted and never timed, so that the same orders are routed alike on every machine.
public struct RoutingEffort: Hashable, Sendable {
  /// How often a few orders that are in each other's way are chosen again together.
  public var rounds: Int

  public init(rounds: Int) { self.rounds = rounds }

  /// What of it falls to a part; never nothing, unless it is none itself.
  func share(_ part: Int, of whole: Int) -> RoutingEffort {
    RoutingEffort(rounds: min(rounds, max(1, rounds * part / whole)))
  }

  public static let standard = RoutingEffort(rounds: 60_000)
  /// For thousands of orders in a cycle that must not wait.
  public static let quick = RoutingEffort(rounds: 20_000)
  /// Order by order only.
  public static let none = RoutingEffort(rounds: 0)
}
