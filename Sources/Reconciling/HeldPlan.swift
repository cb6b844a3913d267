import Approvals
public import DesiredState
import Diagnostics
public import Operations
public import Planning

/// A plan that changes more than the Repository's limits allow: it waits until people let it through, or somebody changes
/// the limits, or the world changes.
///
/// A source that vanished, or a policy with a slip of the pen, would change nearly everything at once.
public struct HeldPlan: Sendable {
  public let plan: Plan
  public let radius: BlastRadius
  /// What goes too far; never empty.
  public let excess: [BlastLimits.Excess]
  public let waiting: Gate.Waiting

  /// What the plans of the hour will have changed with what goes through; nil where nothing limits them.
  ///
  /// Where people let a plan beyond the limits through, the clock's hour counts again, so that a clock that once ran far
  /// ahead does not limit everything that comes.
  static func spent(
    by gate: Gate, _ judged: JudgedPolicy, stored: StoredState, at now: Instant
  ) -> HourlyRadius? {
    guard BlastLimits(judged.state).isLimiting, stored.pin != nil, !gate.actions.isEmpty else { return nil }
    let before = stored.spent(at: now)
    let isLetThrough = gate.passages.contains { $0.hold.cause == .limits }
    return HourlyRadius(
      hour: isLetThrough ? now.hour : before.hour, radius: before.radius + Plan.blastRadius(of: gate.actions))
  }

  /// What is held, so that it is recorded once.
  var mark: String {
    "held \(waiting.hold.number) " + excess.map { "\($0.period) \($0.measure)" }.joined(separator: ", ")
  }

  /// What to do about it.
  public var trouble: Trouble {
    let reasons = waiting.review.reasons.map { reason in
      reason.message + (reason.hint.map { ", \($0)" } ?? "")
    }
    return Trouble(
      .needsPerson,
      "the plan for \(plan.policy.commit.prefix(10)) exceeds the limits and needs approval (hold \(waiting.hold.number)): "
        + excess.map(\.words).joined(separator: "; "),
      hint:
        "look at it with 'purser plan'; if it is not intended, revert the change or check the source of the data; if "
        + "it is: " + reasons.joined(separator: "; "))
  }
}

extension StoredState {
  /// What plans have changed in the hour. The count of the latest hour goes on while the clock is in an earlier one: one
  /// that goes back over the edge of an hour must not begin a new count.
  func spent(at now: Instant) -> HourlyRadius {
    spent.flatMap { $0.hour >= now.hour ? $0 : nil } ?? HourlyRadius(hour: now.hour, radius: BlastRadius())
  }
}

extension JudgedPolicy {
  /// The branch as it would be judged without the commits accepted since `pin`; nil if none were accepted.
  func withoutChange(from pin: PolicyPin?) -> JudgedPolicy? {
    guard let pin, pin != judgement.pin, let previous else { return nil }
    var rest = Judgement(pin: pin, accepted: [], refused: nil)
    rest.besideChanges = judgement.besideChanges
    return JudgedPolicy(judgement: rest, state: previous, previous: previous)
  }
}
