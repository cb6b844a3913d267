public import Digest
public import Operations

/// A message from another system, as it arrived.
public struct Event: Hashable, Sendable {
  public var source: String
  public var id: String
  public var type: String
  /// When it happened in the world.
  public var time: Instant
  public var data: JSONValue

  public init(source: String, id: String, type: String, time: Instant, data: JSONValue) {
    self.source = source
    self.id = id
    self.type = type
    self.time = time
    self.data = data
  }

  /// What people know it by.
  public var name: String { "\(source)#\(id)" }

  /// Unique among all events, whatever their names look like: the length says where the source ends.
  public var key: String { "\(source.utf8.count):\(source)#\(id)" }
}

extension Event {
  /// What it says, apart from when: SHA-256 of its type and data. Whoever sends it again may stamp it anew, and one
  /// without a time gets that of its arrival, so the time is no part of it.
  public var contentDigest: SHA256Digest { Self.contentDigest(type: type, canonicalData: data.canonicalBytes) }

  /// - Parameter canonicalData: canonical JSON, as stores keep it.
  static func contentDigest(type: String, canonicalData: some Collection<UInt8>) -> SHA256Digest {
    SHA256Digest(of: Array("\(type.utf8.count):\(type)".utf8) + canonicalData)
  }
}

/// What a store keeps of an event that came in.
public struct KeptEvent: Hashable, Sendable {
  public var state: EventState
  /// `Event.contentDigest` of what it said.
  public var contentDigest: SHA256Digest

  /// - Parameter canonicalData: as it was kept.
  public init(_ state: EventState, type: String, canonicalData: String) {
    self.state = state
    contentDigest = Event.contentDigest(type: type, canonicalData: canonicalData.utf8)
  }
}

/// What became of an event.
public enum EventState: Hashable, Sendable {
  case applied
  /// The event names something that is not known yet, and is tried again when that arrives: `sku:X`, `order:X`,
  /// `purchase_order:X`.
  case waiting(for: String)
  /// The event can never be applied; it is kept with the reason.
  case refused(String)
}

public struct ItemRow: Hashable, Sendable {
  public var sku: SKU
  public var uom: String
  public var traits: ItemTraits
  /// Grows with everything that touches the item.
  public var version: Int64
  /// Units left in the shared pool; below 0 when stock shrank after the last plan.
  public var shared: Quantity
  /// Units that active claims hold in pools of what is on hand, and on no node yet.
  public var claimed: Quantity
  /// Whether the item was touched since it was last planned.
  public var isDirty: Bool
  /// The UTC day on which the catalogue first named it; nil for one that an older Purser wrote down.
  public var since: Int32?
  /// What it has in the pools of regions; `shared` and `claimed` are those of no region.
  public var pools: [RegionID: RegionPool] = [:]

  public init(
    sku: SKU, uom: String, traits: ItemTraits, version: Int64 = 0, shared: Quantity = 0, claimed: Quantity = 0,
    isDirty: Bool = true, since: Int32? = nil
  ) {
    self.since = since
    self.sku = sku
    self.uom = uom
    self.traits = traits
    self.version = version
    self.shared = shared
    self.claimed = claimed
    self.isDirty = isDirty
  }

  /// The pools of a region.
  public subscript(region: RegionID) -> RegionPool {
    get {
      region.isEverywhere ? RegionPool(shared: shared, claimed: claimed) : pools[region] ?? RegionPool()
    }
    set {
      if region.isEverywhere {
        (shared, claimed) = (newValue.shared, newValue.claimed)
      } else {
        pools[region] = newValue
      }
    }
  }
}

/// The projection of the ledger for one item at one node.
public struct PositionRow: Hashable, Sendable {
  public var sku: SKU
  public var node: NodeID
  public var onHand: Quantity = 0
  public var sellable: Quantity = 0
  /// Units that claims hold at this node.
  public var allocated: Quantity = 0
  /// Units that the last applied plan keeps from being promised.
  public var safetyStock: Quantity = 0
  /// The latest count, by time and then by event key; nil before the first.
  public var countedAt: Instant?
  public var countKey = ""

  public init(sku: SKU, node: NodeID) {
    self.sku = sku
    self.node = node
  }

  /// What the position adds to the units that can be promised: its available to fulfil, and less than nothing where more
  /// left than the books had or than claims hold there. Those units are missing, and must not be sold from the other
  /// nodes' books.
  public func promisable(isActive: Bool) -> Quantity {
    sellable < allocated ? sellable - allocated : availableToFulfil(isActive: isActive)
  }

  /// atf(n) = max(0, sellable − allocated − safety stock); a node that is not active promises nothing.
  public func availableToFulfil(isActive: Bool) -> Quantity {
    isActive ? availability.available : 0
  }

  /// What is there beside claims, what of it is kept back, and what is missing, whatever becomes of the node.
  public var availability: NodeAvailability {
    NodeAvailability(free: sellable - allocated, safetyStock: safetyStock)
  }
}

public struct OrderRow: Hashable, Sendable {
  public var order: OrderID
  public var channel: ChannelID
  /// When it was placed; of a cart, when it was last updated.
  public var placedAt: Instant
  public var region: String
  public var stage = OrderStage.order
  /// Of an order: its hold ran out before it was paid. Of a cart: it is over, and holds nothing any more.
  public var isLapsed = false
  /// The day on which the customer wants it to leave; nil: as soon as possible.
  public var shipOn: Instant?
  /// The higher is served first within its tier.
  public var priority: Int64 = 0
  /// Who let it go to the warehouse, in byte order: whether one of them may, the policy says.
  public var releasedBy: [String] = []

  public init(order: OrderID, channel: ChannelID, placedAt: Instant, region: String) {
    self.order = order
    self.channel = channel
    self.placedAt = placedAt
    self.region = region
  }
}

public struct OrderLineRow: Hashable, Sendable {
  public var order: OrderID
  public var line: String
  public var sku: SKU
  public var ordered: Quantity
  public var cancelled: Quantity = 0
  public var shipped: Quantity = 0
  /// Units that active claims hold.
  public var claimed: Quantity = 0
  /// Minor units of the repository's currency; nil if the order did not say.
  public var unitPrice: Int64?
  /// When the customer was last told that it comes; nil too where that was taken back.
  public var promisedAt: Instant?
  /// What the customer was told first: it stays, whatever is told later.
  public var firstPromisedAt: Instant?

  public init(order: OrderID, line: String, sku: SKU, ordered: Quantity, unitPrice: Int64?) {
    self.order = order
    self.line = line
    self.sku = sku
    self.ordered = ordered
    self.unitPrice = unitPrice
  }

  /// Units that are still to leave.
  public var unshipped: Quantity { max(0, ordered - cancelled - shipped) }

  /// Units that were sold: not what was cancelled before it left, nor what waits for a payment that did not come in time.
  public func sold(by order: OrderRow) -> Quantity { order.isLapsed ? shipped : max(shipped, ordered - cancelled) }

  /// Units that are neither cancelled nor shipped nor claimed.
  public var open: Quantity { max(0, ordered - cancelled - shipped - claimed) }
}

/// A reservation: units that an order line holds in a pool.
public struct ClaimRow: Hashable, Sendable {
  /// 0 until the store has given it a number.
  public var id: Int64
  public var order: OrderID
  public var line: String
  public var sku: SKU
  public var channel: ChannelID
  public var pool: Pool
  /// Where the units are to leave from; nil until the order is routed.
  public var node: NodeID?
  /// The service by which they are to leave the node; nil while that is not said.
  public var service: String?
  /// The node's day whose labour they take; nil until a decision says so. What has left keeps it.
  public var workDay: LocalDate?
  public var quantity: Quantity
  public var state: ClaimState
  /// When it was claimed: the hour in which it counts towards caps.
  public var claimedAt: Instant
  /// Until when a soft claim holds; nil for a hard one, which holds until it is shipped or cancelled.
  public var expiresAt: Instant?
  /// Whose stock it holds.
  public var region: RegionID

  public init(
    id: Int64 = 0, order: OrderID, line: String, sku: SKU, channel: ChannelID, pool: Pool, node: NodeID? = nil,
    service: String? = nil, workDay: LocalDate? = nil, quantity: Quantity, state: ClaimState = .active,
    claimedAt: Instant, expiresAt: Instant? = nil, region: RegionID = .everywhere
  ) {
    self.id = id
    self.order = order
    self.line = line
    self.sku = sku
    self.channel = channel
    self.pool = pool
    self.node = node
    self.service = service
    self.workDay = workDay
    self.quantity = quantity
    self.state = state
    self.claimedAt = claimedAt
    self.expiresAt = expiresAt
    self.region = region
  }

  /// - Parameter line: its order line.
  public func held(for line: OrderLineRow?) -> HeldClaim {
    HeldClaim(
      id: id, order: order, line: self.line, channel: channel, pool: pool, node: node, service: service,
      workDay: workDay, quantity: quantity, claimedAt: claimedAt, expiresAt: expiresAt, promisedAt: line?.promisedAt,
      unitPrice: line?.unitPrice, firstPromisedAt: line?.firstPromisedAt, region: region)
  }
}

/// What one channel of one item was granted, holds and was told in one region.
///
/// Where regions are named, the row of none of them has no units; its cap is that of the channel over all regions.
public struct GrantRow: Hashable, Sendable {
  public var sku: SKU
  public var channel: ChannelID
  public var region: RegionID
  /// Nil before the first plan: nothing can be claimed at once.
  public var grant: Grant?
  public var published: Quantity?
  /// When it was last told, whether or not that was anything new; nil before the first time.
  public var publishedAt: Instant?
  /// Units that its orders have asked for since then.
  public var sold: Quantity = 0
  public var activeProtected: Quantity = 0
  public var activeShared: Quantity = 0

  public init(sku: SKU, channel: ChannelID, region: RegionID = .everywhere) {
    self.sku = sku
    self.channel = channel
    self.region = region
  }
}

public struct PurchaseOrderLineRow: Hashable, Sendable {
  public var purchaseOrder: PurchaseOrderID
  public var line: String
  public var sku: SKU
  public var supplier: SupplierID
  public var node: NodeID
  public var ordered: Quantity
  public var received: Quantity
  public var cancelled: Quantity = 0
  public var eta: Instant
  public var originalETA: Instant
  /// In the order in which they came.
  public var shipNotices: [ShipNotice] = []

  /// Units that are still to come.
  public var open: Quantity { max(0, ordered - cancelled - received) }

  public init(
    purchaseOrder: PurchaseOrderID, line: String, sku: SKU, supplier: SupplierID, node: NodeID, ordered: Quantity,
    received: Quantity = 0, eta: Instant, originalETA: Instant
  ) {
    self.purchaseOrder = purchaseOrder
    self.line = line
    self.sku = sku
    self.supplier = supplier
    self.node = node
    self.ordered = ordered
    self.received = received
    self.eta = eta
    self.originalETA = originalETA
  }
}

/// A delivery as its supplier is judged by it.
public struct DeliveryRow: Hashable, Sendable {
  /// Unique: the purchase-order line, or what an event calls it.
  public var reference: String
  public var delivery: Delivery

  public init(reference: String, delivery: Delivery) {
    self.reference = reference
    self.delivery = delivery
  }
}

public struct SupplierRow: Hashable, Sendable {
  public var supplier: SupplierID
  /// The standing that the last applied plan wrote; nil if the policy does not learn.
  public var standing: SupplierStanding?
  /// Whether the supplier has deliveries that were not learned from yet.
  public var isDirty: Bool

  public init(supplier: SupplierID, standing: SupplierStanding? = nil, isDirty: Bool = false) {
    self.supplier = supplier
    self.standing = standing
    self.isDirty = isDirty
  }
}

/// Units of an item on their way from one node to another.
public struct TransferLineRow: Hashable, Sendable {
  public var transfer: TransferID
  public var line: String
  public var sku: SKU
  public var from: NodeID
  public var to: NodeID
  public var dispatched: Quantity
  public var received: Quantity
  /// Units that come to the other node no more: they are back where they left, or lost.
  public var cancelled: Quantity = 0
  public var eta: Instant
  /// What was said when they left.
  public var originalETA: Instant

  public init(
    transfer: TransferID, line: String, sku: SKU, from: NodeID, to: NodeID, dispatched: Quantity,
    received: Quantity = 0, eta: Instant
  ) {
    self.transfer = transfer
    self.line = line
    self.sku = sku
    self.from = from
    self.to = to
    self.dispatched = dispatched
    self.received = received
    self.eta = eta
    originalETA = eta
  }

  /// Units that are still on their way.
  public var open: Quantity { max(0, dispatched - received - cancelled) }
}

/// Changes of what a channel has taken and sold in an hour.
public struct UsageChange: Hashable, Sendable {
  /// Units that count towards caps, in the hour of their claim; those that left without a claim in the hour in which they
  /// left.
  public var claimed: Quantity
  /// Of `claimed`, what was claimed from the channel's own protection.
  public var protected: Quantity
  public var protectedShipped: Quantity
  /// Units that customers ordered, in the hour of the order: see `OrderLineRow.sold(by:)`. They stand in the row of no
  /// region, since regions may change between an order and its end.
  public var sold: Quantity

  public init(
    claimed: Quantity = 0, protected: Quantity = 0, protectedShipped: Quantity = 0, sold: Quantity = 0
  ) {
    self.claimed = claimed
    self.protected = protected
    self.protectedShipped = protectedShipped
    self.sold = sold
  }
}
