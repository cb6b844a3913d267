public import DesiredState
public import Diagnostics
public import Operations

/// Something of a plan that is not done by itself once its policy is in force: it goes beyond the limits of the Repository,
/// or a domain is not enforced.
public struct PlanWait: Hashable, Sendable {
  /// Why it is not done.
  public enum Cause: Hashable, Sendable {
    /// All of the plan is held.
    case limits([BlastLimits.Excess])
    /// People must let the domain through.
    case proposed(Domain)
    /// The domain is worked out and never done.
    case observed(Domain)
  }

  let cause: Cause
  /// How much of the plan it is, by measure.
  let measures: [String: Int64]
  /// Who lets it through; empty where nobody may.
  let slots: RoleSlots
  /// Where the limits, or the mode, stand.
  let locations: [SourceLocation]
  /// The number of the hold, where it waits already.
  public let hold: Int64?

  /// - Parameters:
  ///   - locations: of the limits that it exceeds, or of the mode.
  ///   - hold: its number where it waits already.
  public init(
    _ cause: Cause, measures: [String: Int64], slots: RoleSlots, at locations: [SourceLocation], hold: Int64? = nil
  ) {
    self.cause = cause
    self.measures = measures
    self.slots = slots
    self.locations = locations
    self.hold = hold
  }

  /// Whether all of the plan waits, so that the policy does not take effect until it is let through.
  public var isWhole: Bool { if case .limits = cause { true } else { false } }

  /// `This plan would wait: sold_out 6, and per_plan allows 1 (state/purser.yaml:9); 1 lead lets it through after the merge`.
  public var sentence: String {
    "\(subject) would \(verb): \(words)" + (slots.isEmpty ? "" : " after the merge")
  }

  /// What holds it and who lets it through, of something that waits or will.
  public var words: String { reason + (remedy.map { "; \($0)" } ?? "") }

  /// The same without a figure, as a status is not to be set again with every order.
  public var calmWords: String {
    switch cause {
    case .limits(let excess):
      let measures = excess.map { "\($0.measure) \($0.period)" }.joined(separator: ", ")
      return "its plan then needs approval\(people): beyond the limits (\(measures))"
    case .proposed(let domain): return "\(domain.rawValue) then needs approval\(people)"
    case .observed(let domain): return "\(domain.rawValue) is only observed"
    }
  }

  public var json: JSONValue {
    var members: [String: JSONValue] = [
      "measures": .object(measures.mapValues { .integer($0) }), "hold": hold.map { .integer($0) } ?? .null,
      "review": .object(slots.counts.mapValues { .integer(Int64($0)) }), "words": .string(words),
      "at": .array(locations.map { .string(Self.line($0)) }),
    ]
    switch cause {
    case .limits(let excess):
      members["cause"] = "limits"
      members["excess"] = .array(
        excess.map {
          [
            "period": .string($0.period), "measure": .string($0.measure), "value": .integer($0.value),
            "limit": .integer($0.limit), "at": .string(Self.line($0.location)),
          ]
        })
    case .proposed(let domain): (members["cause"], members["mode"]) = (.string(domain.rawValue), "propose")
    case .observed(let domain): (members["cause"], members["mode"]) = (.string(domain.rawValue), "observe")
    }
    return .object(members)
  }

  private var subject: String {
    switch cause {
    case .limits: "This plan"
    case .proposed(let domain), .observed(let domain): "Its \(domain.rawValue)"
    }
  }

  private var verb: String { if case .observed = cause { "not be applied" } else { "wait" } }

  private var reason: String {
    switch cause {
    case .limits(let excess):
      return excess.map { "\($0.words) (\(Self.line($0.location)))" }.joined(separator: "; ")
    case .proposed(let domain): return "\(domain.rawValue) is in mode propose\(place)\(extent)"
    case .observed(let domain): return "\(domain.rawValue) is in mode observe\(place)\(extent)"
    }
  }

  private var place: String { locations.isEmpty ? "" : " (\(locations.map(Self.line).joined(separator: ", ")))" }

  private var extent: String {
    let parts = BlastRadius.measures.compactMap { measure in
      measures[measure.name].flatMap { $0 == 0 ? nil : "\(measure.name) \($0)" }
    }
    return parts.isEmpty ? "" : ": " + parts.joined(separator: ", ")
  }

  private var people: String { slots.isEmpty ? ", which nobody may give" : " by \(slots)" }

  /// Nil where nothing is ever let through.
  private var remedy: String? {
    if case .observed = cause { return nil }
    guard !slots.isEmpty else { return "nobody may approve it, because no line of the Repository's held matches it" }
    return "it needs approval by \(slots)"
  }

  private static func line(_ place: SourceLocation) -> String { "\(place.file):\(place.line)" }
}
