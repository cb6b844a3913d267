import Operations
import TestSupport

extension Company {
  /// People who let held plans through and do nothing else, so that none of them is ever an author.
  static let wardens = ["wanda", "wim", "wolf"]

  /// What waits for the wardens: domains in the mode `propose`, and plans beyond limits.
  struct Guards: Hashable, Sendable {
    var proposes: Set<Hold.Cause>
    var perPlan: [String: Int64]
    var perHour: [String: Int64]
    /// From how many items on two of them are asked.
    var pair: Int64

    static let validFor = TimeSpan(milliseconds: 48 * TimeSpan.hour.milliseconds)

    static func random(_ random: inout SplitMix64) -> Guards {
      var proposes = Set([Hold.Cause.publishing, .replenishment].filter { _ in random.chance(40) })
      // What channels are told rests on who is given what.
      if random.chance(25) { proposes.formUnion([.allocation, .publishing]) }
      func limits(_ percent: Int, _ factor: Int64) -> [String: Int64] {
        guard random.chance(percent) else { return [:] }
        let measure = random.pick(["items", "published_units", "sold_out", "claimed_units", "granted_units"])
        return [measure: Int64(random.number(0...4)) * factor]
      }
      return Guards(
        proposes: proposes, perPlan: limits(50, 2), perHour: limits(40, 4), pair: Int64(random.number(1...4)))
    }

    /// Fields of the Repository.
    var fields: String {
      func text(_ limits: [String: Int64]) -> String {
        "{" + limits.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + "}"
      }
      let limits = [("per_plan", perPlan), ("per_hour", perHour)].filter { !$0.1.isEmpty }
      return
        (limits.isEmpty
        ? "" : "limits: {\(limits.map { "\($0.0): \(text($0.1))" }.joined(separator: ", "))}\n")
        + "held:\n- {review: {warden: 1}, tolerance: 20%, valid_for: 48h}\n"
        + "- {at_least: {items: \(pair)}, review: {warden: 2}, tolerance: 50%}\n"
    }
  }

  /// Whether all of a plan is applied, and nothing of it waits.
  var appliesAll: Bool { isEnforced && (guards?.proposes.isEmpty ?? true) }

  /// Whether what belongs to a cause is applied by itself.
  func enforces(_ cause: Hold.Cause) -> Bool { isEnforced && guards?.proposes.contains(cause) != true }

  /// The mode, as the Repository says it.
  var modeField: String {
    guard isEnforced, let guards, !guards.proposes.isEmpty else { return isEnforced ? "enforce" : "observe" }
    return "{" + guards.proposes.map(\.rawValue).sorted().map { "\($0): propose" }.joined(separator: ", ") + "}"
  }
}
