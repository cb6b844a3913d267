public import Digest
public import Operations

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
