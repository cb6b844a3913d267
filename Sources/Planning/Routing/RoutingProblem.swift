import Operations

/// Orders to route and what they share: the stock and the capacity of the locations.
///
/// Neutral numbers only: whoever knows nodes, lanes and rules turns them into options and costs. Money is in minor
/// units, quantities in base units; charges, penalties and quantities are at least 0.
public struct RoutingProblem: Sendable {
  public var locations: [RoutingLocation]
  /// What may be shipped, after every rule that withholds stock; rows of one location and item add up.
  public var stock: [RoutingStock]
  public var orders: [RoutingOrder]

  public init(locations: [RoutingLocation], stock: [RoutingStock], orders: [RoutingOrder]) {
    self.locations = locations
    self.stock = stock
    self.orders = orders
  }
}

/// A place that ships. Of equally good answers the one with the lower rank wins, and then the one with the lower id.
public struct RoutingLocation: Hashable, Sendable {
  public var id: NodeID
  public var rank: Int64
  /// How many units it can still handle; nil for no limit.
  public var unitCapacity: Quantity?
  /// How many parcels it can still ship; nil for no limit.
  public var shipmentCapacity: Int64?

  public init(id: NodeID, rank: Int64 = 0, unitCapacity: Quantity? = nil, shipmentCapacity: Int64? = nil) {
    self.id = id
    self.rank = rank
    self.unitCapacity = unitCapacity
    self.shipmentCapacity = shipmentCapacity
  }
}

/// Units of an item (the caller's number for it) at a location (an index in the problem).
public struct RoutingStock: Hashable, Sendable {
  public var location: Int
  public var item: Int32
  public var units: Quantity

  public init(location: Int, item: Int32, units: Quantity) {
    self.location = location
    self.item = item
    self.units = units
  }
}

/// How far an order may be split.
public enum SplitMode: String, Hashable, Sendable, CaseIterable {
  /// A line may come from several locations.
  case any
  /// Each line comes whole from one location, or not at all.
  case byLine = "by_line"
  /// At most one location ships, and it may ship a part.
  case none
}

public struct RoutingOrder: Sendable {
  public var id: OrderID
  public var lines: [RoutingLine]
  public var options: [RoutingOption]
  public var split: SplitMode
  /// Every line in full, or nothing of the order.
  public var shipsComplete: Bool
  /// The price of every parcel after the first.
  public var splitPenalty: Int64
  /// How many parcels it may take; nil for no limit.
  public var parcelLimit: Int?
  /// What each parcel of a split order must be worth at least.
  public var splitThreshold: Int64
  /// Whether another part of it is under way already: it is split however few parcels this takes.
  public var isSplit: Bool

  public init(
    id: OrderID, lines: [RoutingLine], options: [RoutingOption], split: SplitMode = .any, shipsComplete: Bool = false,
    splitPenalty: Int64 = 0, parcelLimit: Int? = nil, splitThreshold: Int64 = 0,
    isSplit: Bool = false
  ) {
    self.id = id
    self.lines = lines
    self.options = options
    self.split = split
    self.shipsComplete = shipsComplete
    self.splitPenalty = splitPenalty
    self.parcelLimit = parcelLimit
    self.splitThreshold = splitThreshold
    self.isSplit = isSplit
  }
}

public struct RoutingLine: Hashable, Sendable {
  public var item: Int32
  public var quantity: Quantity
  /// What each unit costs that is not shipped.
  public var unfilledPenalty: Int64
  /// What a unit is worth, for the split threshold.
  public var unitValue: Int64

  public init(item: Int32, quantity: Quantity, unfilledPenalty: Int64, unitValue: Int64 = 0) {
    self.item = item
    self.quantity = quantity
    self.unfilledPenalty = unfilledPenalty
    self.unitValue = unitValue
  }
}

/// One way to ship from one location. Of the services of a location an order uses one.
public struct RoutingOption: Sendable {
  /// An index in the problem's locations.
  public var location: Int
  /// The caller's number for the service; the lower wins among equals.
  public var service: Int
  /// The cost of the parcel itself.
  public var fixed: Int64
  /// What arriving late costs: promise missed, once a parcel.
  public var late: Int64
  /// Shipping, handling and opportunity cost of a unit of each line, beside the order's lines.
  public var unitCosts: [Int64]
  /// When the parcel arrives at the latest.
  public var promised: Instant
  /// Why it may not be used, if so; it is then kept for the explanation only.
  public var closure: RoutingClosure?

  public init(
    location: Int, service: Int = 0, fixed: Int64, late: Int64 = 0, unitCosts: [Int64],
    promised: Instant = .distantPast, closure: RoutingClosure? = nil
  ) {
    self.location = location
    self.service = service
    self.fixed = fixed
    self.late = late
    self.unitCosts = unitCosts
    self.promised = promised
    self.closure = closure
  }
}

/// Why the caller lets an order not ship by an option.
public enum RoutingClosure: String, Hashable, Sendable, CaseIterable {
  case nodeDisabled = "node_disabled"
  case promiseMissed = "promise_missed"
  case carrierDown = "carrier_down"
  case noService = "no_service"
}
