import Operations

/// Text as a key: compared byte by byte, as a database does, never by Unicode equivalence.
typealias Name = Identifier<NameKind>
enum NameKind {}

struct Pair<First: Hashable & Sendable, Second: Hashable & Sendable>: Hashable, Sendable {
  var first: First
  var second: Second

  init(_ first: First, _ second: Second) {
    self.first = first
    self.second = second
  }
}

typealias LineKey = Pair<OrderID, Name>
/// A channel in a region.
typealias SellerKey = Pair<ChannelID, RegionID>
typealias UsageKey = Pair<SellerKey, Int32>
typealias StockoutKey = Pair<RegionID, Int32>
typealias ProposalKey = Pair<Name, RegionID>
/// A destination and a day.
typealias SalesKey = Pair<Identifier<RegionMap.Destination>, Int32>
typealias CaseKey = Pair<Name, Name>
typealias LoadKey = Pair<NodeID, LocalDate>

extension Case {
  var key: CaseKey { CaseKey(Name(kind.rawValue), Name(subject)) }
}

extension InMemoryStore {
  /// All that the store holds, as a value: a copy stands for what is on disk, and putting it back for a crash.
  public struct State: Sendable {
    var values: [StoreKey: String] = [:]
    var shelves: [SKU: Shelf] = [:]
    var dirty: Set<SKU> = []
    /// Every node that a row has named, and whether it is active.
    var nodes: [NodeID: Bool] = [:]
    var heardAt: [NodeID: Instant] = [:]
    var fallbacks: [FallbackTarget: FallbackState] = [:]
    /// Every channel that a row has named, with the terms that a plan has set.
    var channels: [ChannelID: ChannelTerms?] = [:]
    /// Every region that a row has named.
    var regions: Set<RegionID> = []
    /// Every destination that sales have named.
    var destinations: Set<Identifier<RegionMap.Destination>> = []

    var events: [Pair<Name, Name>: StoredEvent] = [:]
    /// Arrival numbers and keys of the events that wait, by what they wait for.
    var waiting: [Name: [Int: Pair<Name, Name>]] = [:]
    var eventCounts = EventCounts()

    var ledger: [LedgerEntry] = []
    var postedKeys: Set<Name> = []
    /// Places in `ledger` of the entries of an item at a node.
    var entries: [Pair<SKU, NodeID>: [Int]] = [:]

    var orders: [OrderID: OrderRow] = [:]
    var lines: [OrderID: [Name: OrderLineRow]] = [:]
    var claims: [Int64: ClaimRow] = [:]
    var activeClaims: [LineKey: Set<Int64>] = [:]
    /// Active claims that run out.
    var expiring: Set<Int64> = []
    var purchaseOrders: [PurchaseOrderID: [Name: PurchaseOrderLineRow]] = [:]
    var transfers: [TransferID: [Name: TransferLineRow]] = [:]
    var routes: [OrderID: [RouteRow]] = [:]
    var promises: [LineKey: [PromiseRow]] = [:]
    var loads: [LoadKey: NodeLoad] = [:]
    var suppliers: [SupplierID: SupplierRow] = [:]
    var deliveries: [Name: DeliveryRow] = [:]
    /// References of each supplier's deliveries.
    var deliveriesOf: [SupplierID: Set<Name>] = [:]

    var appliedPlans: [Name: Int64] = [:]
    var outbox: [OutboxRow] = []
    var outboxKeys: Set<Name> = []
    var records: [Int64: AuditRecord] = [:]
    var lastDecision: Int64 = 0
    var batches: [Int64: AuditBatch] = [:]

    public init() {}
  }

  struct StoredEvent: Sendable {
    var number: Int
    var event: Event
    var state: EventState
  }

  /// All rows of one item, side by side, so that reading it does not look at any other.
  struct Shelf: Sendable {
    var item: ItemRow?
    var positions: [NodeID: PositionRow] = [:]
    var grants: [SellerKey: GrantRow] = [:]
    var usage: [UsageKey: UsageChange] = [:]
    var cases: [CaseKey: OpenCase] = [:]
    var sales: [SalesKey: Quantity] = [:]
    /// By region and the hour in which each began.
    var stockouts: [StockoutKey: Stockout] = [:]
    /// By hour and then by node.
    var receipts: [Receipts] = []
    var proposals: [ProposalKey: ProposalRow] = [:]
    var listings: [ListingKey: ListingState] = [:]
    var openLines: [LineKey: OrderLineRow] = [:]
    var inbound: [Pair<PurchaseOrderID, Name>: PurchaseOrderLineRow] = [:]
    var transfers: [Pair<TransferID, Name>: TransferLineRow] = [:]
    /// Active claims of orders.
    var claims: [Int64: ClaimRow] = [:]
  }

  struct ProposalRow: Sendable {
    var value: PurchaseProposal
    var proposedAt: Instant
  }

  struct OpenCase: Sendable {
    var value: Case
    var openedAt: Instant
  }
}
