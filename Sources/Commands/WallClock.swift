import FoundationEssentials
import Operations

extension Instant {
  /// The time now, by this machine.
  static var wallClock: Instant { Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }
}
