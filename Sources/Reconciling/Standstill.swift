import Approvals
import DesiredState
import Operations
import Planning

/// A look at everything after which something still waits for people. While nothing of what it saw has changed, another
/// look finds the same, and is left out: what waits may wait for days.
struct Look: Sendable {
  private let pin: PolicyPin
  /// The end of the log of approvals.
  private let approvals: String?
  /// The store's change counter.
  private let version: Int64
  private let at: Instant
  /// When a window of a policy that was planned with opens or closes next; nil for never.
  private let until: Instant?
  /// The plan that changes too much, and what waits with it.
  let held: HeldPlan?
  let waiting: [Gate.Waiting]

  /// While the world moves, everything is looked at again so often.
  private static let pause = TimeSpan(milliseconds: 60_000)

  init(
    _ pin: PolicyPin, approvals: String?, version: Int64, at: Instant, until: Instant?, held: HeldPlan?,
    waiting: [Gate.Waiting]
  ) {
    (self.pin, self.approvals, self.version, self.at) = (pin, approvals, version, at)
    (self.until, self.held, self.waiting) = (until, held, waiting)
  }

  /// Whether another look would find the same.
  func stands(_ pin: PolicyPin, approvals: String?, version: Int64, now: Instant) -> Bool {
    isOfTheHour(pin, approvals, now) && version == self.version
  }

  /// Whether another look is not worth its cost yet.
  /// - Parameter mayPass: whether what people said could let something through if it did less.
  func suffices(
    _ pin: PolicyPin, approvals: String?, version: Int64, mayPass: @autoclosure () -> Bool, now: Instant
  ) -> Bool {
    isOfTheHour(pin, approvals, now) && (version == self.version || now < at + Self.pause || !mayPass())
  }

  private func isOfTheHour(_ pin: PolicyPin, _ approvals: String?, _ now: Instant) -> Bool {
    pin == self.pin && approvals == self.approvals && now >= at && now.hour == at.hour && until.map { now < $0 } ?? true
  }
}

extension JudgedPolicy {
  /// Whether what people said may let something through that waits under the policy: then everything is planned, which is
  /// what they approved.
  /// - Parameters:
  ///   - look: the last one; nil where there was none.
  ///   - approvals: the end of the log of approvals.
  func mayPassHolds(_ stored: StoredState, _ look: Look?, _ approvals: String?, at now: Instant) -> Bool {
    let said = judgement.besideChanges
    let open = stored.holds.open.filter { $0.policy == judgement.pin.commit }
    guard open.contains(where: { HoldReview.isSpokenFor($0, said, at: now) }) else { return false }
    guard let look else { return true }
    let authors = stored.authors(under: judgement)
    // A larger plan never needs fewer people, so that those who are too few for the least are too few.
    func mayPass(_ hold: Hold) -> Bool {
      HoldReview(hold, [:], state, judgement.pin, authors: authors, said, at: now).isMet
    }
    return !look.suffices(
      judgement.pin, approvals: approvals, version: stored.version, mayPass: open.contains(where: mayPass), now: now)
  }
}
