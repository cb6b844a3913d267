import Forges
import Operations
import Reconciling

/// How long a forge that fails is left alone: from 15 seconds, twice as long each time, to ten minutes, and at least for as
/// long as it asks for.
struct ForgeRest {
  private static let limit = TimeSpan(milliseconds: 600_000)

  var until = Instant.distantPast
  private var failures = 0

  mutating func succeeded() { failures = 0 }

  /// - Returns: what to tell people of it.
  mutating func failed(_ error: ForgeError, at now: Instant) -> Trouble {
    failures += 1
    var pause = TimeSpan(milliseconds: min(Self.limit.milliseconds, 15_000 << Int64(min(failures - 1, 6))))
    defer { until = now + pause }
    switch error.kind {
    case .transient(let notBefore):
      if let notBefore { pause = max(pause, notBefore - now) }
      return Trouble(.transient, error.message, hint: error.hint)
    case .needsPerson:
      return Trouble(.needsPerson, error.message, hint: error.hint)
    }
  }
}
