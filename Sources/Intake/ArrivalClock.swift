public import Operations

/// Gives each event that says no time the time of its arrival, at least one millisecond after the one before, so that
/// the order of a file is kept.
public final class ArrivalClock {
  private let now: () -> Instant
  private var last: Instant?

  public init(now: @escaping () -> Instant) { self.now = now }

  public func next() -> Instant {
    let earliest = last.map { $0 + TimeSpan(milliseconds: 1) }
    let time = max(now(), earliest ?? .distantPast)
    last = time
    return time
  }
}
