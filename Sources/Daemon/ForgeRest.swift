import Forges
import Operations
import Reconciling

/// Exponential backoff for a forge that fails: from 15 seconds, doubled each time, to ten minutes, and at least for as long
/// as the forge asks for (retry-after).
struct ForgeRest {
  private static let limit = TimeSpan(milliseconds: 600_000)

  private(set) var until = Instant.distantPast
  /// The failure that started the backoff.
  private(set) var trouble: Trouble?
  private var failures = 0

  mutating func succeeded() {
    failures = 0
    trouble = nil
  }

  /// Leaves the forge alone for a while because of something else.
  mutating func pause(_ span: TimeSpan, at now: Instant) { until = now + span }

  /// - Returns: what to tell people of it.
  mutating func failed(_ error: ForgeError, at now: Instant) -> Trouble {
    failures += 1
    var pause = TimeSpan(milliseconds: min(Self.limit.milliseconds, 15_000 << Int64(min(failures - 1, 6))))
    if case .transient(let notBefore?) = error.kind { pause = max(pause, notBefore - now) }
    until = now + pause
    let trouble = Trouble(error)
    self.trouble = trouble
    return trouble
  }
}
