public import Diagnostics
public import Operations

/// How much plans may change before they wait for someone, as the Repository says.
public struct BlastLimits: Sendable {
  /// A measure that goes beyond what is allowed.
  public struct Excess: Hashable, Sendable {
    /// `per_plan` or `per_hour`.
    public var period: String
    public var measure: String
    public var value: Int64
    public var limit: Int64
    /// Where the limit stands.
    public var location: SourceLocation

    /// `sold_out 6, and per_plan allows 1`.
    public var words: String { "\(measure) \(value), but \(period) allows \(limit)" }
  }

  /// The share of the resources of any kind that one change may remove, where the Repository does not say.
  public static let defaultDeletions = Rate.percent(50)

  public let deletions: Rate
  private let perPlan: Members?
  private let perHour: Members?

  public init(_ state: DesiredState) {
    let limits = state.repository?.fields["limits"]?.members
    deletions = limits?["deletions"]?.rate ?? Self.defaultDeletions
    perPlan = limits?["per_plan"]?.members
    perHour = limits?["per_hour"]?.members
  }

  /// Whether there is a limit that a plan could exceed.
  public var isLimiting: Bool { perPlan != nil || perHour != nil }

  /// What goes too far, in the order of the measures; empty if the plan may be applied.
  /// - Parameter before: what earlier plans of the same hour changed.
  public func excess(of plan: BlastRadius, after before: BlastRadius) -> [Excess] {
    excess(of: plan, perPlan, "per_plan") + excess(of: before + plan, perHour, "per_hour")
  }

  private func excess(of radius: BlastRadius, _ limits: Members?, _ period: String) -> [Excess] {
    guard let limits else { return [] }
    return BlastRadius.measures.compactMap { measure in
      let value = measure.value(radius)
      guard let field = limits[measure.name], let limit = field.integer, value > limit else { return nil }
      return Excess(period: period, measure: measure.name, value: value, limit: limit, location: field.location)
    }
  }
}
