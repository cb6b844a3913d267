public import Operations

/// How much a plan changes, in the measures that the Repository's `limits` speak of. Every measure is at least 0.
public struct BlastRadius: Hashable, Sendable {
  /// Items for which something changes.
  public var items: Int64 = 0
  /// Units by which publications rise or fall, added up.
  public var publishedUnits: Int64 = 0
  /// Orders that give up units.
  public var ordersLosing: Int64 = 0
  /// Units that orders give up.
  public var unitsLosing: Int64 = 0
  /// Publications that fall to 0.
  public var soldOut: Int64 = 0

  public init() {}

  /// The measures under their names in the Repository, in the records and in the reports.
  public static let measures: [(name: String, value: @Sendable (BlastRadius) -> Int64)] = [
    ("items", { $0.items }), ("published_units", { $0.publishedUnits }), ("orders_losing", { $0.ordersLosing }),
    ("units_losing", { $0.unitsLosing }), ("sold_out", { $0.soldOut }),
  ]

  /// What two plans change together. An item that both change counts twice. Sums stop at the largest number.
  public static func + (left: Self, right: Self) -> Self {
    func sum(_ first: Int64, _ second: Int64) -> Int64 {
      let (sum, overflows) = first.addingReportingOverflow(second)
      return overflows ? .max : sum
    }
    var both = BlastRadius()
    both.items = sum(left.items, right.items)
    both.publishedUnits = sum(left.publishedUnits, right.publishedUnits)
    both.ordersLosing = sum(left.ordersLosing, right.ordersLosing)
    both.unitsLosing = sum(left.unitsLosing, right.unitsLosing)
    both.soldOut = sum(left.soldOut, right.soldOut)
    return both
  }

  public var json: JSONValue {
    .object(Dictionary(uniqueKeysWithValues: Self.measures.map { ($0.name, .integer($0.value(self))) }))
  }

  /// Nil for what is no object; a measure that is not there is 0.
  public init?(json: JSONValue) {
    guard json.object != nil else { return nil }
    items = json["items"]?.integer ?? 0
    publishedUnits = json["published_units"]?.integer ?? 0
    ordersLosing = json["orders_losing"]?.integer ?? 0
    unitsLosing = json["units_losing"]?.integer ?? 0
    soldOut = json["sold_out"]?.integer ?? 0
  }
}

/// How much plans may change before they wait for someone, as the Repository says.
public struct BlastLimits: Sendable {
  /// A measure that goes beyond what is allowed.
  public struct Excess: Hashable, Sendable {
    /// `per_plan` or `per_hour`.
    public var period: String
    public var measure: String
    public var value: Int64
    public var limit: Int64

    public init(period: String, measure: String, value: Int64, limit: Int64) {
      self.period = period
      self.measure = measure
      self.value = value
      self.limit = limit
    }
  }

  /// The share of the resources of any kind that one change may remove, where the Repository does not say.
  public static let defaultDeletions = Rate.percent(50)

  /// The role whose people may let a plan pass; nil where nobody may, and the limits must be changed instead.
  public let allowRole: String?
  public let deletions: Rate
  private let perPlan: Members?
  private let perHour: Members?

  public init(_ state: DesiredState) {
    let limits = state.repository?.fields["limits"]?.members
    allowRole = limits?["allow"]?.text
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
      guard let limit = limits[measure.name]?.integer, value > limit else { return nil }
      return Excess(period: period, measure: measure.name, value: value, limit: limit)
    }
  }
}
