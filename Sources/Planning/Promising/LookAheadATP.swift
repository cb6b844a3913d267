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

  /// By time, the first at the start, and not floored: below 0 where demand outruns supply. The units never fall.
  public private(set) var levels: [Step]
  private let horizon: Instant?
  /// From here on supply counts as infinite.
  private let fence: Instant?

  /// - Parameters:
  ///   - start: now; supply and demand before it count at it.
  ///   - onHand: A0, which may be below 0.
  ///   - horizon: the last moment that counts: what happens later is not looked at, and nothing is promised for it.
  ///   - fence: the infinite-supply time fence, by when any number of units can be had: from then on everything can be
  ///     promised, and what is wanted then takes nothing from before. nil, the default, counts only supply that is known.
  ///     Source: Oracle Inventory, docs.oracle.com/cd/A60725_05, "ATP Time Fence Options".
  public init(
    start: Instant, onHand: Quantity, supply: [(at: Instant, units: Quantity)],
    demand: [(at: Instant, units: Quantity)], horizon: Instant? = nil, infiniteFrom fence: Instant? = nil
  ) {
    self.horizon = horizon
    self.fence = fence.map { max($0, start) }
    var changes: [Instant: Quantity] = [start: onHand]
    for (at, units) in supply { changes[max(at, start), default: 0] += units }
    for (at, units) in demand { changes[max(at, start), default: 0] -= units }
    var level: Quantity = 0
    levels = []
    for time in changes.keys.sorted() where isCounted(time) {
      level += changes[time] ?? 0
      levels.append(Step(at: time, units: level))
    }
    lowerEarlier(than: levels.count)
  }

  /// What can be promised, step by step until the horizon or the fence.
  public var steps: [Step] { levels.map { Step(at: $0.at, units: max(0, $0.units)) } }

  /// Units by which all supply within the horizon misses the demand.
  public var shortage: Quantity { max(0, -(levels.first?.units ?? 0)) }

  /// The first moment, not before `earliest`, at which `units` can be promised; nil if there is none within the horizon.
  public func firstMoment(for units: Quantity, from earliest: Instant = .distantPast) -> Instant? {
    let index = levels.partitioningIndex { $0.units >= units }
    guard let at = index < levels.count ? levels[index].at : fence else { return nil }
    let moment = max(at, earliest)
    return isBeyondHorizon(moment) ? nil : moment
  }

  /// What can be promised at a moment: 0 before the start and after the horizon, `Quantity.max` from the fence on.
  public func units(at time: Instant) -> Quantity {
    if isBeyondHorizon(time) { return 0 }
    if let fence, time >= fence { return .max }
    return max(0, levels.prefix(levels.partitioningIndex { $0.at > time }).last?.units ?? 0)
  }

  /// Promises units at a moment: they are missing from then on, and earlier no more can be promised than is left then.
  ///
  /// What is placed beyond what is free is owed and shows as a shortage; what is placed after the fence or the horizon
  /// changes nothing.
  public mutating func place(_ units: Quantity, at time: Instant) {
    guard let start = levels.first?.at, isCounted(time) else { return }
    let time = max(time, start)
    let index = levels.partitioningIndex { $0.at >= time }
    if index == levels.count || levels[index].at > time {
      levels.insert(Step(at: time, units: levels[index - 1].units), at: index)
    }
    for later in index..<levels.count { levels[later].units -= units }
    lowerEarlier(than: index + 1)
  }

  private func isBeyondHorizon(_ time: Instant) -> Bool { horizon.map { time > $0 } ?? false }

  private func isCounted(_ time: Instant) -> Bool { !isBeyondHorizon(time) && fence.map { time < $0 } ?? true }

  /// Lowers each level before `end` to the least that stands between it and `end`.
  private mutating func lowerEarlier(than end: Int) {
    for index in levels.indices.prefix(max(0, end - 1)).reversed() {
      levels[index].units = min(levels[index].units, levels[index + 1].units)
    }
  }
}
