public import Digest
public import Operations

/// Why a plan does something. For people: nothing decides by it.
public enum Reason: String, Sendable, CaseIterable {
  /// The policy says something else than before.
  case policyChanged = "policy_changed"
  /// Stock, orders, supply or time moved under the same policy.
  case worldMoved = "world_moved"
  /// Others changed what a channel was told, and a DriftRule has it told again.
  case repair
}

public struct PlannedAction: Hashable, Sendable {
  public var action: Action
  public var reason: Reason

  public init(_ action: Action, _ reason: Reason) {
    self.action = action
    self.reason = reason
  }

  public var json: JSONValue {
    guard case .object(var members) = action.json else { return .null }
    members["reason"] = .string(reason.rawValue)
    return .object(members)
  }
}

/// Units of an order line that nothing covers, and when supply is expected to cover them.
public struct Shortfall: Hashable, Sendable {
  public var sku: SKU
  public var order: OrderID
  public var line: String
  public var units: Quantity
  /// When the customer was told that it comes, else when it is to ship; nil for at once.
  public var neededBy: Instant?
  /// Nil when no expected supply covers it.
  public var expectedAt: Instant?
}

/// What shall change in the database so that it says what the policy means for the world as it is: a value.
public struct Plan: Sendable {
  /// The policy that it was made with.
  public var policy: PolicyPin
  public var snapshotVersion: Int64
  public var scope: Snapshot.Scope
  public var now: Instant
  /// In the order of their items, each item's in the order of its columns: equal inputs give equal bytes.
  public var actions: [PlannedAction]
  public var shortfalls: [Shortfall]
  /// Who gave up units to whom because there is not enough.
  public var reallocated: [Reallocated]
  /// Where channels show something else than they should, in the order of items and then of listings.
  public var drifts: [Drift] = []
  /// What the policy asks for and cannot have, over the items that were planned.
  public var warnings: [PlanWarning]
  /// The version of every item that was read.
  public var readVersions: [(sku: SKU, version: Int64)]
  /// The nodes that it takes to be silent, and when each was last heard of.
  public var silentNodes: [NodeID: Instant]

  /// The hour before which no plan by its policy asks what channels took and sold; nil where there is none.
  public var usageFloor: Int32?

  public var isEmpty: Bool { actions.isEmpty }

  /// Whether a fallback begins, ends or changes: then what lies at its node, or comes from its supplier, counts in
  /// another way, whether or not it was touched.
  public var changesFallbacks: Bool {
    actions.contains { if case .setFallback = $0.action { true } else { false } }
  }

  public func count(_ reason: Reason) -> Int { actions.count { $0.reason == reason } }

  /// What the plan was made from.
  public var header: JSONValue {
    ["policy": policy.json, "snapshot_version": .integer(snapshotVersion), "now": .string(now.description)]
  }

  /// The canonical lines of the plan: its header, then each action. Equal plans give equal bytes.
  public var lines: [[UInt8]] { [header.canonicalBytes] + actions.map { $0.json.canonicalBytes } }

  /// SHA-256 of the canonical lines, each ended by a line feed: what an applied plan is known by.
  public var digest: SHA256Digest { SHA256Digest(of: Array(lines.joined(separator: [0x0A])) + [0x0A]) }

  public var json: JSONValue {
    [
      "format": 1, "digest": .string(digest.description), "plan": header, "actions": .array(actions.map(\.json)),
      "shortfalls": .array(
        shortfalls.map {
          [
            "sku": .string($0.sku.rawValue), "order": .string($0.order.rawValue), "line": .string($0.line),
            "units": .integer($0.units), "expected_at": JSONValue($0.expectedAt?.description),
          ]
        }),
      "drift": .array(drifts.map(\.json)), "reallocated": .array(reallocated.map(\.json)),
      "warnings": .array(warnings.map(\.json)),
    ]
  }
}
