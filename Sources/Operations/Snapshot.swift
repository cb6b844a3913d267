/// What the world looked like at one moment: immutable columns, sorted by SKU, names interned to small integers.
///
/// Rows of one item stand together; `starts[i]..<starts[i + 1]` are those of item `i`. Planning is then a walk over
/// columns without dictionary, string or allocation in the loop.
public struct Snapshot: Sendable {
  /// Which items a snapshot holds.
  public enum Scope: Hashable, Sendable {
    /// Every item.
    case all
    /// Only items that an event has touched since they were last planned.
    case dirty
  }

  public var scope: Scope
  /// In a snapshot of every item: those that something has touched since they were last planned, and those that share an
  /// order with them that is to be routed.
  public var touched: Set<SKU> = []
  /// The store's change counter when it was read.
  public var version: Int64 = 0
  /// When everything was last planned and that was applied; nil if it never was.
  public var fullPlanAt: Instant?
  public var nodes: [NodeID] = []
  /// Beside `nodes`: whether the last applied plan lets the node's stock be promised.
  public var nodeIsActive: [Bool] = []
  /// Beside `nodes`: up to when the node's stock is known; nil if it was never heard of.
  public var nodeHeardAt: [Instant?] = []
  public var channels: [ChannelID] = []
  /// Beside `channels`: what the last applied plan lets their orders do; nil before the first.
  public var channelTerms: [ChannelTerms?] = []
  /// Every region that a row has named, in byte order; rows of no region name none of them.
  public var regions: [RegionID] = []
  /// Which nodes serve which destinations by the last applied plan.
  public var regionMap = RegionMap()
  /// The fallbacks that the last applied plan has put in place.
  public var fallbacks: [FallbackTarget: FallbackState] = [:]
  /// The distinct (class, attributes) of items; `items.traits` points here.
  public var traits: [ItemTraits] = []
  public var items = ItemColumns()
  public var positions = PositionColumns()
  public var grants = GrantColumns()
  /// What items have in the pools of regions, in byte order; what they have in none stands in `items`.
  public var pools: [Int32: [(region: RegionID, pool: RegionPool)]] = [:]
  public var usage = UsageColumns()
  /// Every destination that sales have named, in byte order.
  public var destinations: [Identifier<RegionMap.Destination>] = []
  public var sales = SalesColumns()
  public var inbound: [Int32: [InboundLine]] = [:]
  /// Every supplier that purchase orders or deliveries name.
  public var suppliers: [SupplierID: SupplierRecord] = [:]
  public var transfers: [Int32: [TransferLine]] = [:]
  /// What purchase orders brought in lately, by hour and then by node: see `Receipts.rememberedHours`.
  public var receipts: [Int32: [Receipts]] = [:]
  /// What came in on the purchase-order and transfer lines that claims wait for, by their pool.
  public var received: [Pool: ReceivedGoods] = [:]
  public var openLines: [Int32: [OpenLine]] = [:]
  /// The active claims of orders, not of carts.
  public var claims: [Int32: [HeldClaim]] = [:]
  /// The orders that open lines or claims of the snapshot's items belong to.
  public var orders: [OrderID: SnapshotOrder] = [:]
  public var cases: [Int32: [Case]] = [:]
  /// Whether the last applied plan routes orders.
  public var isRouting = false
  /// What nodes have to do on their work days, by node and day; empty while orders are not routed.
  public var loads: [NodeLoad] = []
  /// The parcels of the snapshot's orders that are to leave, and that have left of those that are not complete yet, what
  /// was decided last first; empty while orders are not routed.
  public var parcels: [OrderID: [ParcelUnderWay]] = [:]
  /// When items could not be sold, by region and the oldest first; of a region only the last may still last. Kept of items
  /// that are replenished.
  public var stockouts: [Int32: [Stockout]] = [:]
  /// The open proposals, at most one of each kind for a region, by kind and region.
  public var proposals: [Int32: [PurchaseProposal]] = [:]
  /// What channels were seen to show, by channel, region and field.
  public var listings: [Int32: [Listing]] = [:]

  public init(scope: Scope) { self.scope = scope }
}

/// What selects an item's `ProductClass`.
public struct ItemTraits: Hashable, Sendable {
  public var productClass: String?
  public var attributes: [String: String]

  public init(productClass: String? = nil, attributes: [String: String] = [:]) {
    self.productClass = productClass
    self.attributes = attributes
  }
}

public struct ItemColumns: Sendable {
  public var sku: ContiguousArray<SKU> = []
  public var traits: ContiguousArray<Int32> = []
  /// Changes with every event that touches the item; an apply checks it.
  public var version: ContiguousArray<Int64> = []
  /// Units left in the shared pool; below 0 when stock shrank after the last plan.
  public var shared: ContiguousArray<Quantity> = []
  /// Units that active claims hold in pools, on no node yet.
  public var claimed: ContiguousArray<Quantity> = []
  /// The UTC day on which the catalogue first named it; `Int32.min` where nobody knows, and empty where of no item.
  public var since: ContiguousArray<Int32> = []

  public init() {}

  public var count: Int { sku.count }

  /// Where an item stands: those of a snapshot are in byte order.
  public func place(of sku: SKU) -> Int? {
    let place = self.sku.partitioningIndex { $0 >= sku }
    return place < count && self.sku[place] == sku ? place : nil
  }
}

public struct PositionColumns: Sendable {
  public var starts: ContiguousArray<Int32> = [0]
  public var node: ContiguousArray<Int32> = []
  public var onHand: ContiguousArray<Quantity> = []
  public var sellable: ContiguousArray<Quantity> = []
  public var allocated: ContiguousArray<Quantity> = []
  public var safetyStock: ContiguousArray<Quantity> = []

  public init() {}

  public func rows(of item: Int) -> Range<Int> { Int(starts[item])..<Int(starts[item + 1]) }
}

public struct GrantColumns: Sendable {
  public var starts: ContiguousArray<Int32> = [0]
  public var channel: ContiguousArray<Int32> = []
  /// Beside `channel`: a place in `Snapshot.regions`, or -1 for no region. Empty where no row is of a region.
  public var region: ContiguousArray<Int32> = []
  /// Nil before the first plan.
  public var grant: ContiguousArray<Grant?> = []
  /// What the channel was last told; nil before the first publication.
  public var published: ContiguousArray<Quantity?> = []
  public var activeProtected: ContiguousArray<Quantity> = []
  public var activeShared: ContiguousArray<Quantity> = []

  public init() {}

  public func rows(of item: Int) -> Range<Int> { Int(starts[item])..<Int(starts[item + 1]) }
}

extension GrantColumns {
  public func region(of row: Int, in regions: [RegionID]) -> RegionID { region.name(row, in: regions) }
}

extension UsageColumns {
  public func region(of row: Int, in regions: [RegionID]) -> RegionID { region.name(row, in: regions) }
}

extension ContiguousArray<Int32> {
  fileprivate func name(_ row: Int, in regions: [RegionID]) -> RegionID {
    isEmpty || self[row] < 0 ? .everywhere : regions[Int(self[row])]
  }
}

/// Units claimed and sold by channel and UTC hour: the base of caps, windowed protections, demand rates and velocities.
public struct UsageColumns: Sendable {
  public var starts: ContiguousArray<Int32> = [0]
  public var channel: ContiguousArray<Int32> = []
  /// As in `GrantColumns`.
  public var region: ContiguousArray<Int32> = []
  public var hour: ContiguousArray<Int32> = []
  /// Claimed from any pool and not released, or left without a claim.
  public var claimed: ContiguousArray<Quantity> = []
  /// Claimed from the channel's own protection and not released.
  public var protected: ContiguousArray<Quantity> = []
  /// Of `protected`, what has left the building.
  public var protectedShipped: ContiguousArray<Quantity> = []
  /// Ordered in the hour, less what was cancelled before it left or not paid for in time; of all regions together.
  public var sold: ContiguousArray<Quantity> = []

  public init() {}

  public func rows(of item: Int) -> Range<Int> { Int(starts[item])..<Int(starts[item + 1]) }
}

/// What a plan grants one channel of one item; claims decrement it.
public struct Grant: Hashable, Sendable {
  public var protected: Quantity
  /// Units that the channel's cap still allows; nil without a cap.
  public var capLeft: Quantity?
  public var mayUseShared: Bool

  public init(protected: Quantity = 0, capLeft: Quantity? = nil, mayUseShared: Bool = true) {
    self.protected = protected
    self.capLeft = capLeft
    self.mayUseShared = mayUseShared
  }

  /// Units that the channel can claim now beside `shared` units in the common pool. A negative `shared` is a debt of
  /// the whole item and lowers every channel, so that grants without stock behind them cannot be sold.
  public func available(shared: Quantity) -> Quantity {
    let usable = protected + (mayUseShared ? shared : min(0, shared))
    return max(0, min(usable, capLeft ?? usable))
  }
}

/// A purchase-order line with units still to come.
public struct InboundLine: Hashable, Sendable {
  public var purchaseOrder: PurchaseOrderID
  public var line: String
  public var supplier: SupplierID
  public var node: NodeID
  public var open: Quantity
  public var eta: Instant
  /// The first promised date: re-dating a late order does not revive it.
  public var originalETA: Instant
  /// What of the open units is on its way, as the supplier says.
  public var shipNotices: [ShipNotice]

  public init(
    purchaseOrder: PurchaseOrderID, line: String, supplier: SupplierID, node: NodeID, open: Quantity, eta: Instant,
    originalETA: Instant, shipNotices: [ShipNotice] = []
  ) {
    self.purchaseOrder = purchaseOrder
    self.line = line
    self.supplier = supplier
    self.node = node
    self.open = open
    self.eta = eta
    self.originalETA = originalETA
    self.shipNotices = shipNotices
  }
}

/// What a purchase-order or transfer line has brought in so far, and where.
public struct ReceivedGoods: Hashable, Sendable {
  public var node: NodeID
  public var units: Quantity

  public init(node: NodeID, units: Quantity) {
    self.node = node
    self.units = units
  }
}

/// Units on their way from one node to another.
public struct TransferLine: Hashable, Sendable {
  public var transfer: TransferID
  public var line: String
  public var to: NodeID
  public var open: Quantity
  public var eta: Instant
  /// What was said when they left: re-dating a late transfer does not revive it.
  public var originalETA: Instant

  public init(
    transfer: TransferID, line: String, to: NodeID, open: Quantity, eta: Instant, originalETA: Instant? = nil
  ) {
    self.transfer = transfer
    self.line = line
    self.to = to
    self.open = open
    self.eta = eta
    self.originalETA = originalETA ?? eta
  }
}

/// An order line with units that no claim covers yet.
public struct OpenLine: Hashable, Sendable {
  public var order: OrderID
  public var line: String
  public var channel: ChannelID
  public var open: Quantity
  public var placedAt: Instant
  public var stage: OrderStage
  /// Its hold ran out before it was paid.
  public var isLapsed: Bool
  public var shipOn: Instant?
  /// The higher is served first within its tier.
  public var priority: Int64
  public var region: String
  /// When the customer was last told that it comes.
  public var promisedAt: Instant?
  /// Minor units for each unit; nil if the order did not say.
  public var unitPrice: Int64?
  /// What the customer was told first: it stays, whatever is told later.
  public var firstPromisedAt: Instant?

  public init(
    order: OrderID, line: String, channel: ChannelID, open: Quantity, placedAt: Instant, stage: OrderStage = .order,
    isLapsed: Bool = false, shipOn: Instant? = nil, priority: Int64 = 0, region: String = "",
    promisedAt: Instant? = nil, unitPrice: Int64? = nil, firstPromisedAt: Instant? = nil
  ) {
    self.order = order
    self.line = line
    self.channel = channel
    self.open = open
    self.placedAt = placedAt
    self.stage = stage
    self.isLapsed = isLapsed
    self.shipOn = shipOn
    self.priority = priority
    self.region = region
    self.promisedAt = promisedAt
    self.unitPrice = unitPrice
    self.firstPromisedAt = firstPromisedAt
  }
}

/// An active claim of an order line, which a plan may move or give back.
public struct HeldClaim: Hashable, Sendable {
  public var id: Int64
  public var order: OrderID
  public var line: String
  public var channel: ChannelID
  public var pool: Pool
  /// Where the units are to leave from; nil until the order is routed.
  public var node: NodeID?
  /// The service by which they are to leave the node.
  public var service: String?
  /// The node's day whose labour they take; nil while no decision has said so.
  public var workDay: LocalDate?
  public var quantity: Quantity
  public var claimedAt: Instant
  public var expiresAt: Instant?
  /// When the customer was last told that the line comes.
  public var promisedAt: Instant?
  /// Minor units for each unit; nil if the order did not say.
  public var unitPrice: Int64?
  /// What the customer was told first: it stays, whatever is told later.
  public var firstPromisedAt: Instant?
  /// Whose stock it holds.
  public var region: RegionID

  public init(
    id: Int64, order: OrderID, line: String, channel: ChannelID, pool: Pool, node: NodeID?, service: String? = nil,
    workDay: LocalDate? = nil, quantity: Quantity, claimedAt: Instant, expiresAt: Instant?, promisedAt: Instant? = nil,
    unitPrice: Int64? = nil, firstPromisedAt: Instant? = nil, region: RegionID = .everywhere
  ) {
    self.id = id
    self.order = order
    self.line = line
    self.channel = channel
    self.pool = pool
    self.node = node
    self.service = service
    self.workDay = workDay
    self.quantity = quantity
    self.claimedAt = claimedAt
    self.expiresAt = expiresAt
    self.promisedAt = promisedAt
    self.unitPrice = unitPrice
    self.firstPromisedAt = firstPromisedAt
    self.region = region
  }
}
