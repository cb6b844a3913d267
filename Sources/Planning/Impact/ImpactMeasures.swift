public import Operations

/// How much a change would do, in six numbers from 0: the larger, the worse. Rules, approvals and comments name them alike.
public struct ImpactMeasures: Hashable, Sendable {
  public enum Measure: String, Sendable, CaseIterable {
    /// Orders of which some line has less behind it.
    case ordersLosing = "orders_losing"
    /// The units that those lines lose.
    case unitsLosing = "units_losing"
    /// What those units are worth, in minor units; a line that told no price counts as 0.
    case valueLosing = "value_losing"
    /// Channels that can sell or are told something else of some item, or of which an order gains or loses.
    case channels
    /// Items that some channel could sell, or was shown to have, and no longer.
    case skusToZero = "skus_to_zero"
    /// Order lines that would be later than their customers were told, or than supply was expected for them.
    case promisesLater = "promises_later"
  }

  public var ordersLosing: Int64
  public var unitsLosing: Quantity
  public var valueLosing: Int64
  public var channels: Int64
  public var skusToZero: Int64
  public var promisesLater: Int64

  public init(
    ordersLosing: Int64 = 0, unitsLosing: Quantity = 0, valueLosing: Int64 = 0, channels: Int64 = 0,
    skusToZero: Int64 = 0, promisesLater: Int64 = 0
  ) {
    self.ordersLosing = ordersLosing
    self.unitsLosing = unitsLosing
    self.valueLosing = valueLosing
    self.channels = channels
    self.skusToZero = skusToZero
    self.promisesLater = promisesLater
  }

  public static let none = ImpactMeasures()
  /// More than any rule lets through unasked.
  public static let most = ImpactMeasures(
    ordersLosing: Limits.quantity, unitsLosing: Limits.quantity, valueLosing: Limits.quantity,
    channels: Limits.quantity, skusToZero: Limits.quantity, promisesLater: Limits.quantity)

  /// The larger of two, measure by measure.
  func raised(to other: ImpactMeasures) -> ImpactMeasures {
    Measure.allCases.reduce(into: self) { $0[$1] = max($0[$1], other[$1]) }
  }

  public subscript(measure: Measure) -> Int64 {
    get { self[keyPath: Self.path(measure)] }
    set { self[keyPath: Self.path(measure)] = newValue }
  }

  private static func path(_ measure: Measure) -> WritableKeyPath<Self, Int64> {
    switch measure {
    case .ordersLosing: \.ordersLosing
    case .unitsLosing: \.unitsLosing
    case .valueLosing: \.valueLosing
    case .channels: \.channels
    case .skusToZero: \.skusToZero
    case .promisesLater: \.promisesLater
    }
  }

  /// By name, as rules and approvals have them.
  public var named: [String: Int64] {
    Dictionary(uniqueKeysWithValues: Measure.allCases.map { ($0.rawValue, self[$0]) })
  }

  public var json: JSONValue { .object(named.mapValues { .integer($0) }) }

  /// Reads what `json` wrote: all six numbers and nothing else.
  public init?(json: JSONValue) {
    guard let members = json.object, members.count == Measure.allCases.count else { return nil }
    self.init()
    for measure in Measure.allCases {
      guard let value = members[measure.rawValue]?.integer, value >= 0 else { return nil }
      self[measure] = value
    }
  }
}
