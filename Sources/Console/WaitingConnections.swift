import NIOCore
import Synchronization

/// The open connections of a server, by how long each has been waiting for its next request to be answered.
///
/// One more than there may be closes the one that has waited the longest, instead of being left unaccepted: connections that
/// others hold open and say nothing on cannot keep a delivery waiting, and a genuine one is answered within moments.
final class WaitingConnections: Sendable {
  private struct Waiting {
    var next = 0
    var turns: [ObjectIdentifier: Int] = [:]
    var channels: [Int: any Channel] = [:]

    mutating func remove(_ channel: any Channel) {
      if let turn = turns.removeValue(forKey: ObjectIdentifier(channel)) { channels[turn] = nil }
    }
  }

  private let limit: Int
  private let waiting = Mutex(Waiting())

  init(limit: Int) { self.limit = limit }

  /// Takes in a connection, or begins its wait anew.
  func add(_ channel: any Channel) {
    let oldest = waiting.withLock { waiting -> (any Channel)? in
      waiting.remove(channel)
      waiting.turns[ObjectIdentifier(channel)] = waiting.next
      waiting.channels[waiting.next] = channel
      waiting.next += 1
      guard waiting.channels.count > limit, let first = waiting.channels.keys.min() else { return nil }
      let oldest = waiting.channels[first]
      if let oldest { waiting.remove(oldest) }
      return oldest
    }
    oldest?.close(promise: nil)
  }

  func remove(_ channel: any Channel) { waiting.withLock { $0.remove(channel) } }
}
