import Approvals
import DesiredState
import Digest
import Operations
import Planning

/// A look at everything under a policy of which nothing is done. A plan of what was touched since would not say how much is
/// left to do, so that everything is looked at again.
struct Observation: Sendable {
  private let pin: PolicyPin
  /// The store's change counter.
  private let version: Int64
  private let at: Instant

  /// While the world moves, everything is looked at again so often.
  private static let pause = TimeSpan(milliseconds: 60_000)

  init(_ judged: JudgedPolicy, version: Int64, at: Instant) {
    (pin, self.version, self.at) = (judged.judgement.pin, version, at)
  }

  /// Whether another look would find the same, or is not worth its cost yet.
  func stands(_ judged: JudgedPolicy, _ stored: StoredState, now: Instant) -> Bool {
    judged.judgement.pin == pin && now >= at && (stored.version == version || now < at + Self.pause)
  }
}

extension Gate {
  /// SHA-256 of what is only observed, whatever the policy's version and the moment; nil where nothing is. Times are left
  /// out: an order that waits to be routed would be ready an hour later with each hour.
  var observed: SHA256Digest? {
    let rows = plan.actions.filter { judged.state.mode(of: $0.action.domain) == .observe }
    guard !rows.isEmpty else { return nil }
    return SHA256Digest(of: rows.flatMap { ($0.action.json.withoutTimes ?? .null).canonicalBytes + [0x0A] })
  }
}

extension JSONValue {
  /// Nil for a moment.
  fileprivate var withoutTimes: JSONValue? {
    switch self {
    case .string(let text): Instant(text) == nil ? self : nil
    case .array(let values): .array(values.compactMap(\.withoutTimes))
    case .object(let members): .object(members.compactMapValues(\.withoutTimes))
    default: self
    }
  }
}
