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
  /// Units by which grants and shared pools rise or fall, added up.
  public var grantedUnits: Int64 = 0
  /// Units that orders are given.
  public var claimedUnits: Int64 = 0
  /// Units by which proposals to buyers rise or fall, added up; one that is withdrawn falls to 0.
  public var proposedUnits: Int64 = 0

  public init() {}

  /// The measures under their names in the Repository, in the records and in the reports.
  public static let measures: [(name: String, value: @Sendable (BlastRadius) -> Int64)] = [
    ("items", { $0.items }), ("published_units", { $0.publishedUnits }), ("orders_losing", { $0.ordersLosing }),
    ("units_losing", { $0.unitsLosing }), ("sold_out", { $0.soldOut }), ("granted_units", { $0.grantedUnits }),
    ("claimed_units", { $0.claimedUnits }), ("proposed_units", { $0.proposedUnits }),
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
    both.grantedUnits = sum(left.grantedUnits, right.grantedUnits)
    both.claimedUnits = sum(left.claimedUnits, right.claimedUnits)
    both.proposedUnits = sum(left.proposedUnits, right.proposedUnits)
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
    grantedUnits = json["granted_units"]?.integer ?? 0
    claimedUnits = json["claimed_units"]?.integer ?? 0
    proposedUnits = json["proposed_units"]?.integer ?? 0
  }
}

/// What the plans of one hour of the clock have changed together.
public struct HourlyRadius: Hashable, Sendable {
  /// Hours since the epoch.
  public var hour: Int32
  public var radius: BlastRadius

  public init(hour: Int32, radius: BlastRadius) {
    self.hour = hour
    self.radius = radius
  }

  public var json: JSONValue { ["hour": .integer(Int64(hour)), "radius": radius.json] }

  public init?(json: JSONValue) {
    guard let hour = json["hour"]?.integer.flatMap(Int32.init(exactly:)),
      let radius = json["radius"].flatMap(BlastRadius.init(json:))
    else { return nil }
    self.init(hour: hour, radius: radius)
  }
}
