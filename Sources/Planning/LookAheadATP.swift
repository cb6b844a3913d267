public import Operations

/// Available to promise over time, looking ahead: what can be promised at a moment without taking from a later one.
///
/// C(t) = A0 + Σ supply until t − Σ demand until t; ATP(t) = max(0, min of C(u) over u ≥ t); it never falls with time.
/// A0 is not clamped, so that a stock below its safety level is refilled first.
/// - Source: domain.md §2.2, "cumulative with look-ahead".
public struct LookAheadATP: Hashable, Sendable {
  public struct Step: Hashable, Sendable {
    public var at: Instant
    /// Units that can be promised from this moment until the next step.
    public var units: Quantity
  }

  /// By time; the first step is at the start.
  public let steps: [Step]
  /// Units by which all supply within the horizon misses the demand.
  public let shortage: Quantity

  /// - Parameters:
  ///   - start: now; supply and demand before it count at it.
  ///   - onHand: A0, which may be below 0.
  public init(
    start: Instant, onHand: Quantity, supply: [(at: Instant, units: Quantity)],
    demand: [(at: Instant, units: Quantity)]
  ) {
    var changes: [Instant: Quantity] = [start: onHand]
    for (at, units) in supply { changes[max(at, start), default: 0] += units }
    for (at, units) in demand { changes[max(at, start), default: 0] -= units }
    let times = changes.keys.sorted()
    var level: Quantity = 0
    var levels: [Quantity] = []
    for time in times {
      level += changes[time] ?? 0
      levels.append(level)
    }
    var lowest = levels.last ?? 0
    for index in levels.indices.reversed() {
      lowest = min(lowest, levels[index])
      levels[index] = lowest
    }
    steps = zip(times, levels).map { Step(at: $0, units: max(0, $1)) }
    shortage = max(0, -lowest)
  }

  /// The first moment at which `units` can be promised; nil if there is none.
  public func firstMoment(for units: Quantity) -> Instant? { steps.first { $0.units >= units }?.at }

  public func units(at time: Instant) -> Quantity { steps.last { $0.at <= time }?.units ?? 0 }
}
