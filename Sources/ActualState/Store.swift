public import Digest
public import Operations

/// What is asked of a store: rows by key, in transactions. The rules stand once, in extensions of this protocol, so
/// that two stores cannot differ in what they mean.
///
/// A store belongs to one task; other processes may have the same file open.
public protocol Store: AnyObject {
  /// Runs `body` so that all of its writes happen or none does.
  func transaction<Result>(_ body: () throws -> Result) throws -> Result

  /// Runs `body`, which only reads, on one unchanging state of the store.
  func reading<Result>(_ body: () throws -> Result) throws -> Result

  func value(_ key: StoreKey) throws -> String?
  func set(_ key: StoreKey, _ value: String?) throws

  /// Nil if none came in under this source and id.
  func event(_ source: String, _ id: String) throws -> KeptEvent?
  func put(_ event: Event, _ state: EventState) throws
  /// In the order in which they arrived.
  func events(waitingFor what: String) throws -> [Event]
  func countEvents() throws -> EventCounts

  func item(_ sku: SKU) throws -> ItemRow?
  /// Replaces the item; pools of regions that the row does not name stay as they are.
  func put(_ item: ItemRow) throws

  func isActive(_ node: NodeID) throws -> Bool
  func setActive(_ node: NodeID, _ isActive: Bool) throws
  /// Up to when the node's stock is known; nil if it was never heard of.
  func heardAt(_ node: NodeID) throws -> Instant?
  func setHeard(_ node: NodeID, at time: Instant) throws
  /// What the last applied plan has put in the place of what is said of a node or a supplier.
  func fallback(of target: FallbackTarget) throws -> FallbackState?
  func setFallback(of target: FallbackTarget, _ state: FallbackState?) throws
  func position(_ sku: SKU, _ node: NodeID) throws -> PositionRow?
  func put(_ position: PositionRow) throws
  /// Appends to the ledger; the caller keeps the projection and the checkpoint in step.
  func append(_ entry: LedgerEntry) throws
  /// The sum of the sellable changes of all entries but counts whose time is after `time`.
  func netMoves(_ sku: SKU, _ node: NodeID, after time: Instant) throws -> Quantity

  /// Nil before the first plan.
  func terms(of channel: ChannelID) throws -> ChannelTerms?
  func setTerms(of channel: ChannelID, _ terms: ChannelTerms) throws

  func order(_ id: OrderID) throws -> OrderRow?
  func put(_ order: OrderRow) throws
  func line(_ order: OrderID, _ line: String) throws -> OrderLineRow?
  /// In byte order of their line ids.
  func lines(of order: OrderID) throws -> [OrderLineRow]
  func put(_ line: OrderLineRow) throws
  /// The active claims of a line, oldest first.
  func activeClaims(of order: OrderID, _ line: String) throws -> [ClaimRow]
  /// Active claims whose time is over, oldest first.
  func activeClaims(expiringBy time: Instant) throws -> [ClaimRow]
  func claim(_ id: Int64) throws -> ClaimRow?
  /// Inserts a claim without a number, else replaces it.
  func put(_ claim: ClaimRow) throws

  func grant(_ sku: SKU, _ channel: ChannelID, _ region: RegionID) throws -> GrantRow?
  func put(_ grant: GrantRow) throws
  func listing(_ sku: SKU, _ key: ListingKey) throws -> ListingState?
  func put(_ listing: ListingState, of sku: SKU) throws
  func addUsage(_ sku: SKU, _ channel: ChannelID, _ region: RegionID, hour: Int32, _ change: UsageChange) throws
  /// Adds to what orders to a destination asked for on a day since 1970-01-01: as `UsageChange.sold`, whatever region serves
  /// it then.
  func addSales(_ sku: SKU, to destination: String, day: Int32, _ units: Quantity) throws

  func purchaseOrderLine(_ order: PurchaseOrderID, _ line: String) throws -> PurchaseOrderLineRow?
  func hasPurchaseOrder(_ order: PurchaseOrderID) throws -> Bool
  /// In byte order of their line ids.
  func purchaseOrderLines(of order: PurchaseOrderID) throws -> [PurchaseOrderLineRow]
  func put(_ line: PurchaseOrderLineRow) throws
  /// The hour of the last receipt of an item that is remembered; nil without one.
  func lastReceipt(of sku: SKU) throws -> Int32?
  /// Adds to what came in at the same node in the same hour.
  func add(_ receipts: Receipts, of sku: SKU) throws
  func removeReceipts(of sku: SKU, before hour: Int32) throws
  /// The items of open lines of a supplier, in byte order.
  func itemsAwaited(from supplier: SupplierID) throws -> [SKU]
  func supplier(_ supplier: SupplierID) throws -> SupplierRow?
  func put(_ supplier: SupplierRow) throws
  /// In byte order.
  func suppliers() throws -> [SupplierRow]
  func clearSupplierMarks() throws
  func delivery(_ reference: String) throws -> DeliveryRow?
  func put(_ delivery: DeliveryRow) throws
  /// In byte order of their references.
  func deliveries(of supplier: SupplierID) throws -> [Delivery]
  func transferLine(_ transfer: TransferID, _ line: String) throws -> TransferLineRow?
  /// By name.
  func transferLines(of transfer: TransferID) throws -> [TransferLineRow]
  func hasTransfer(_ transfer: TransferID) throws -> Bool
  func put(_ line: TransferLineRow) throws

  /// Oldest first.
  func routes(of order: OrderID) throws -> [RouteRow]
  func append(_ route: RouteRow) throws
  /// Oldest first.
  func promises(of order: OrderID, _ line: String) throws -> [PromiseRow]
  func append(_ promise: PromiseRow) throws
  /// Adds to the load of a node's day, or takes from it; of a day that is forgotten there is nothing to take from.
  func add(_ load: NodeLoad) throws
  func forgetLoads(before day: LocalDate) throws
  func forgetUsage(before hour: Int32) throws
  func forgetSales(before day: Int32) throws
  /// The items that are not marked and that an order has claims of which holds a claim that is on no node yet, or on a
  /// node that is short, or has an open line, of an item that is marked.
  func companions() throws -> [SKU]

  func open(_ case: Case, of sku: SKU, at time: Instant) throws
  func close(_ case: Case, of sku: SKU) throws
  /// Replaces one of the same region that began in the same hour.
  func put(_ stockout: Stockout, of sku: SKU) throws
  /// Forgets those that were over before an hour.
  func removeStockouts(of sku: SKU, endedBefore hour: Int32) throws
  /// Replaces the item's open proposal of the same kind for the same region.
  func put(_ proposal: PurchaseProposal, of sku: SKU, at time: Instant) throws
  func remove(_ kind: PurchaseProposal.Kind, for region: RegionID, of sku: SKU) throws

  /// Clears the mark of every item that an event has touched.
  func clearDirtyMarks(of skus: [SKU]?) throws

  /// - Parameter plan: its key as an `Application` has it.
  func wasApplied(_ plan: String) throws -> Bool
  func recordApplied(_ plan: String, record: Int64) throws
  /// In the order of the records.
  func eachAppliedPlan(_ body: (_ plan: String, _ record: Int64) throws -> Void) throws
  /// - Throws: where another message has its key.
  func append(_ message: OutboxRow) throws
  func countOutbox() throws -> Int64

  func append(_ record: AuditRecord) throws
  func auditRecords(_ range: ClosedRange<Int64>) throws -> [AuditRecord]
  func countAuditRecords(after sequence: Int64) throws -> Int64
  /// The number of the last record that must be heard of at once; 0 if there is none.
  func lastDecision() throws -> Int64
  func auditBatches(pendingOnly: Bool) throws -> [AuditBatch]
  /// The batch with the highest records: the only one that can be on its way. Asked for in every cycle.
  func lastAuditBatch() throws -> AuditBatch?
  func put(_ batch: AuditBatch) throws

  func snapshot(_ scope: Snapshot.Scope) throws -> Snapshot

  // For people, in key order.
  func eachNode(_ body: (NodeID, _ isActive: Bool, _ heardAt: Instant?) throws -> Void) throws
  func eachFallback(_ body: (FallbackTarget, FallbackState) throws -> Void) throws
  func eachItem(_ body: (ItemRow) throws -> Void) throws
  func eachPosition(_ body: (PositionRow, _ isActive: Bool) throws -> Void) throws
  func eachGrant(_ body: (GrantRow) throws -> Void) throws
  func eachClaim(_ body: (ClaimRow) throws -> Void) throws
  func eachOrder(_ body: (OrderRow) throws -> Void) throws
  func eachCase(_ body: (SKU, Case, Instant) throws -> Void) throws
  func eachRoute(_ body: (RouteRow) throws -> Void) throws
  func eachLoad(_ body: (NodeLoad) throws -> Void) throws
  /// By order, then line, then number.
  func eachPromise(_ body: (PromiseRow) throws -> Void) throws
  /// In the order in which they were written.
  func eachMessage(_ body: (OutboxRow) throws -> Void) throws
  /// By item, then kind and region.
  func eachProposal(_ body: (SKU, PurchaseProposal, Instant) throws -> Void) throws
  /// By item, then channel, region and field.
  func eachListing(_ body: (SKU, ListingState) throws -> Void) throws
  func eachWaiting(_ body: (Event, EventState) throws -> Void) throws
  /// In the order in which they were posted.
  func eachReceipts(_ body: (SKU, Receipts) throws -> Void) throws
  func eachEntry(_ body: (LedgerEntry) throws -> Void) throws
}

/// Single values that a store keeps.
public enum StoreKey: String, Sendable, CaseIterable {
  /// Grows with every change; a snapshot carries it.
  case version
  /// `LedgerCheckpoint` as JSON.
  case ledger
  /// `PolicyPin` as JSON.
  case pin
  /// The parentless commit that the first run trusted.
  case trustRoot = "trust_root"
  /// `FormerTrees` as JSON.
  case formerTrees = "former_trees"
  /// The head of the log of approvals when it was last read.
  case approvals
  /// The head that was refused last, and why, so that it is recorded once.
  case refused
  /// When the whole catalogue was last planned, in milliseconds.
  case fullPlanAt = "full_plan_at"
  /// The hour since 1970 before which nobody asks any more what channels took and sold.
  case usageFloor = "usage_floor"
  /// What was only observed when everything was last planned and recorded.
  case observed
  /// `AuditHead` as JSON.
  case auditHead = "audit_head"
  /// Stands while the last applied plan routes orders.
  case routing
  /// Stands from when labour of a node came free until those who wait for a node were looked at.
  case labourFreed = "labour_freed"
  /// `HourlyRadius` as JSON.
  case spent
  /// `HoldBook` as JSON.
  case holds
  /// Whose work is in what waits, as JSON.
  case authors
  /// The open `ReviewCase`s as JSON, oldest first.
  case reviewCases = "review_cases"
  /// `RegionMap` as JSON; nothing while no region is named.
  case regions
  /// Since when which policy version has been in force, as JSON.
  case policyVersions = "policy_versions"
  /// What plan comments on a forge have said, as JSON.
  case shownPlans = "shown_plans"
  /// The last status of the newest commits on a forge, as JSON.
  case toldStatuses = "told_statuses"
}

public struct EventCounts: Hashable, Sendable {
  public var applied: Int64 = 0
  public var waiting: Int64 = 0
  public var refused: Int64 = 0

  public init(applied: Int64 = 0, waiting: Int64 = 0, refused: Int64 = 0) {
    self.applied = applied
    self.waiting = waiting
    self.refused = refused
  }
}

/// Why a store cannot do its work, in words for the person who runs it.
public struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Kind: Sendable { case busy, full, readOnly, damaged, cannotOpen, other }

  public var kind: Kind
  public var message: String
  public var hint: String

  public init(kind: Kind, message: String, hint: String) {
    self.kind = kind
    self.message = message
    self.hint = hint
  }

  public var description: String { "\(message); \(hint)" }
}

extension Store {
  public func pin() throws -> PolicyPin? { try value(.pin, PolicyPin.init(json:)) }

  public func formerTrees() throws -> FormerTrees {
    try value(.formerTrees, FormerTrees.init(json:)) ?? FormerTrees()
  }

  public func checkpoint() throws -> LedgerCheckpoint { try value(.ledger, LedgerCheckpoint.init(json:)) ?? .empty }

  /// A value that is written as JSON; nil where there is none. One that cannot be read is not taken for none: without its
  /// pin a store would begin anew, without what was spent its limits would.
  public func value<Value>(_ key: StoreKey, _ read: (JSONValue) -> Value?) throws -> Value? {
    guard let text = try value(key) else { return nil }
    return try readable(key, (try? JSONValue.parse(text)).flatMap(read))
  }

  private func readable<Value>(_ key: StoreKey, _ value: Value?) throws -> Value {
    guard let value else {
      throw StoreError(
        kind: .damaged, message: "the store's value '\(key.rawValue)' cannot be read",
        hint: "put back a backup; policy and audit records are in git and not affected")
    }
    return value
  }

  /// Which nodes serve which destinations by the last applied plan.
  public func regionMap() throws -> RegionMap {
    try value(.regions, RegionMap.init(json:)) ?? RegionMap()
  }

  /// What a channel has of an item where no region is named.
  public func grant(_ sku: SKU, _ channel: ChannelID) throws -> GrantRow? { try grant(sku, channel, .everywhere) }

  public func version() throws -> Int64 { try value(.version).map { try readable(.version, Int64($0)) } ?? 0 }

  public func fullPlanAt() throws -> Instant? {
    try value(.fullPlanAt).map { Instant(milliseconds: try readable(.fullPlanAt, Int64($0))) }
  }

  /// What the plans of the last hour in which something was applied have changed; nil where nothing limits them.
  public func spent() throws -> HourlyRadius? {
    try value(.spent, HourlyRadius.init(json:))
  }

  /// What was only observed when that was last recorded; nil where nothing was. One that cannot be read is told once more.
  public func observed() throws -> SHA256Digest? { try value(.observed).flatMap { SHA256Digest(hex: $0) } }

  /// What waits for people.
  public func holds() throws -> HoldBook {
    try value(.holds, HoldBook.init(json:)) ?? HoldBook()
  }

  /// Everyone whose work is in what waits, in byte order.
  public func authors() throws -> [String] {
    try value(.authors) { json in
      json.array.flatMap { names in
        let texts = names.compactMap(\.string)
        return texts.count == names.count ? texts : nil
      }
    } ?? []
  }

  /// Changes that took effect without their review, and that nobody has looked at yet; oldest first.
  public func reviewCases() throws -> [ReviewCase] {
    try value(.reviewCases) { json in
      json.array.flatMap { rows in
        let cases = rows.compactMap(ReviewCase.init(json:))
        return cases.count == rows.count ? cases : nil
      }
    } ?? []
  }

  func set(_ cases: [ReviewCase]) throws {
    try set(.reviewCases, cases.isEmpty ? nil : JSONValue.array(cases.map(\.json)).canonical)
  }

  /// Marks an item as touched: its version grows, and the next plan looks at it.
  func touch(_ item: inout ItemRow) throws {
    let version = try version() + 1
    try set(.version, String(version))
    item.version = version
    item.isDirty = true
    try put(item)
  }
}
