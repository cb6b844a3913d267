import Digest
import Synchronization

/// The deliveries seen last, so that a repeat is not taken for news. It keeps digests and not the ids, which are a
/// stranger's text of any length, and forgets the oldest.
///
/// They are not kept over a restart: a delivery only wakes the daemon, and waking it twice does no harm.
final class RecentDeliveries: Sendable {
  static let limit = 4096

  private struct State {
    var order: [SHA256Digest] = []
    var next = 0
    var known: Set<SHA256Digest> = []
  }

  private let state = Mutex(State())

  /// Notes a delivery; false if it was seen before.
  func note(_ id: String) -> Bool {
    let digest = SHA256Digest(of: id)
    return state.withLock { state in
      guard state.known.insert(digest).inserted else { return false }
      if state.order.count < Self.limit {
        state.order.append(digest)
      } else {
        state.known.remove(state.order[state.next])
        state.order[state.next] = digest
        state.next = (state.next + 1) % Self.limit
      }
      return true
    }
  }
}
