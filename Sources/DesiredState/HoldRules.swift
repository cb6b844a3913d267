public import Diagnostics
public import Operations

/// Who lets through what waits, as the Repository's `held` says: all of its lines that speak of it must be met.
public struct HoldRules: Sendable {
  private struct Line: Sendable {
    var causes: Set<String>?
    /// The figures of which one must be reached; empty where the size does not matter.
    var figures: [String: Int64]
    var slots: RoleSlots
    var tolerance: Rate
    var validFor: TimeSpan?
    var location: SourceLocation
  }

  /// What people must say so that something goes through.
  public struct Requirement: Hashable, Sendable {
    /// Empty where nobody may let it through.
    public var slots = RoleSlots()
    /// How far the plan may exceed what was approved: the least that a line allows.
    public var tolerance = Rate.all
    /// How long an approval counts at most: the shortest time that a line gives.
    public var validFor: TimeSpan?
    /// The first line that asks.
    public var location: SourceLocation?
  }

  private let lines: [Line]

  public init(_ state: DesiredState) {
    lines = (state.repository?.fields["held"]?.list ?? []).compactMap { field in
      field.members.map { line in
        var figures: [String: Int64] = [:]
        for figure in line["at_least"]?.members?.all ?? [] { figures[figure.name] = figure.field.integer }
        return Line(
          causes: line["causes"].map { Set($0.list.compactMap(\.text)) }, figures: figures,
          slots: RoleSlots(review: line["review"]), tolerance: line["tolerance"]?.rate ?? .none,
          validFor: line["valid_for"]?.span, location: field.location)
      }
    }
  }

  /// What must be said about a hold. A larger plan never needs fewer people.
  /// - Parameter measures: what of the plan waits, by measure.
  public func requirement(for cause: Hold.Cause, _ measures: [String: Int64]) -> Requirement {
    var result = Requirement()
    let about = lines.filter { $0.causes?.contains(cause.rawValue) ?? true }
    guard about.contains(where: { $0.figures.isEmpty }) else { return result }
    for line in about {
      let isReached = line.figures.isEmpty || line.figures.contains { measures[$0.key, default: 0] >= $0.value }
      guard isReached else { continue }
      result.slots.formUnion(line.slots)
      result.tolerance = min(result.tolerance, line.tolerance)
      if let span = line.validFor { result.validFor = min(result.validFor ?? span, span) }
      result.location = result.location ?? line.location
    }
    return result
  }
}

extension Mode {
  /// How much of a domain's plans is done: nothing, what people let through, all.
  fileprivate var reach: Int {
    switch self {
    case .observe: 0
    case .propose: 1
    case .enforce: 2
    }
  }
}

extension DesiredState {
  /// Lines of `held` that nobody could meet, and modes that contradict each other.
  func holdProblems() -> [Diagnostic] {
    guard let repository else { return [] }
    var problems: [Diagnostic] = []
    func report(_ id: String, _ message: String, _ hint: String, at field: Field?) {
      problems.append(
        Diagnostic(
          "state.\(id)", "\(repository.key): \(message)", at: field?.location ?? repository.location, hint: hint))
    }
    // Proposals to buyers rest on what is in stock and on order, and are of use whoever gives out stock.
    let (allocation, publishing) = (mode(of: .allocation), mode(of: .publishing))
    if publishing.reach > allocation.reach {
      let why = allocation == .observe ? "allocation only observes" : "allocation waits for approval"
      report(
        "mode_order",
        "publishing is \(publishing.rawValue) but allocation is \(allocation.rawValue): channels would be told of stock that"
          + " they were not allocated, and what they sell could not be claimed, because \(why)",
        "set publishing to \(allocation.rawValue)\(allocation == .propose ? " or observe" : ""), or allocation to"
          + " \(publishing.rawValue)", at: repository.fields["mode"])
    }
    let approvers = approvers()
    for line in repository.fields["held"]?.list ?? [] {
      guard let review = line.members?["review"] else { continue }
      let slots = RoleSlots(review: review)
      if slots.isEmpty {
        report("empty_review", "'review' has no role", "add who must approve: {ROLE: 1}", at: review)
      }
      if let figures = line.members?["at_least"], figures.members?.all.isEmpty != false {
        report("one_of", "'at_least' has no measure", "for example {sold_out: 100}", at: figures)
      }
      guard slots.counts.keys.allSatisfy({ contains(.role, $0) }) else { continue }
      let missing = slots.assignment(of: approvers).missing
      if !missing.isEmpty {
        report(
          "unsatisfiable",
          "it requires \(slots), but there are not enough people with keys: \(RoleSlots.words(missing)) missing",
          "give the role to more people, or require fewer: each person counts once", at: review)
      }
    }
    return problems
  }
}
