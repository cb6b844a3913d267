public import Digest

/// The policy that is in force: the commit, its tree, and how many governance changes led to it.
public struct PolicyPin: Hashable, Sendable {
  public var commit: String
  public var tree: String
  /// The ordinal of accepted governance changes, starting at 1 for the trust root. It only grows.
  public var version: Int64

  public init(commit: String, tree: String, version: Int64) {
    self.commit = commit
    self.tree = tree
    self.version = version
  }

  public var json: JSONValue {
    ["commit": .string(commit), "tree": .string(tree), "version": .integer(version)]
  }

  public init?(_ text: JSONText) {
    guard let commit = text["commit"]?.string, let tree = text["tree"]?.string,
      let version = text["version"]?.integer
    else { return nil }
    self.init(commit: commit, tree: tree, version: version)
  }

  public init?(json: JSONValue) {
    guard let commit = json["commit"]?.string, let tree = json["tree"]?.string,
      let version = json["version"]?.integer
    else { return nil }
    self.init(commit: commit, tree: tree, version: version)
  }
}

/// The trees that the changes before the policy in force began with, each its own, the last one at the end: what differs
/// between one and the next, and between the last and the tree in force, is what one change brought.
public struct FormerTrees: Hashable, Sendable {
  /// How many changes back one may lie that a rule for reverts speaks of. Whoever goes back further makes a change like any
  /// other.
  public static let reach = 20
  /// As many again, so that of each of these it is known whether it took back another.
  static let limit = 2 * reach

  public private(set) var trees: [String]
  /// The push of which a part took effect by itself and the rest is judged after it; nil where none is open.
  public var series: PushedSeries?

  public init(_ trees: [String] = []) { self.trees = trees }

  /// Takes in that one change has put another tree in force. A commit that changes nothing is none.
  public mutating func move(from old: String, to new: String) {
    guard new != old else { return }
    trees.append(old)
    if trees.count > Self.limit { trees.removeFirst() }
  }

  public var json: JSONValue {
    let trees = JSONValue.array(trees.map { .string($0) })
    guard let series else { return trees }
    return ["trees": trees, "series": series.json]
  }

  public init?(json: JSONValue) {
    guard let trees = (json["trees"] ?? json).array else { return nil }
    self.trees = trees.compactMap(\.string)
    series = json["series"].flatMap(PushedSeries.init(json:))
  }
}

/// Commits that were pushed at once and take effect one by one, since what each would do is worked out after the one before.
public struct PushedSeries: Hashable, Sendable {
  /// The commit that was in force before the first of them.
  public var start: String
  /// The last of them.
  public var end: String

  public init(start: String, end: String) { (self.start, self.end) = (start, end) }

  public var json: JSONValue { ["start": .string(start), "end": .string(end)] }

  public init?(json: JSONValue) {
    guard let start = json["start"]?.string, let end = json["end"]?.string else { return nil }
    self.init(start: start, end: end)
  }
}

/// All that a store needs to apply a plan in one transaction. Only `Reconciling` makes one, from a plan and a verdict.
public struct Application: Sendable {
  public var planDigest: SHA256Digest
  /// The policy that must still be pinned when this is applied; nil only for the first.
  public var expectedPin: PolicyPin?
  public var pin: PolicyPin
  /// On the first run the commit that is trusted from then on.
  public var trustRoot: String?
  /// The store's change counter when the plan read it. While it still stands, nothing that was read has changed.
  public var snapshotVersion: Int64
  /// The version of each item that the plan read; a mismatch aborts everything.
  public var readVersions: [(sku: SKU, version: Int64)]
  /// Whether anything at all that has changed since the snapshot aborts everything: what a change of policy would do was
  /// worked out over everything, an item that was not there yet among it.
  public var isExact: Bool
  /// The nodes that the plan takes to be silent, and when it last heard of each; a node that has spoken since aborts
  /// everything, since all its items would count again.
  public var silentNodes: [NodeID: Instant]
  public var actions: [Action]
  /// Nil when nothing changes and only the marks of what was planned are cleared.
  public var record: AuditDraft?
  /// What the plans of this hour will have changed with it; nil where nothing limits them.
  public var spent: HourlyRadius?
  /// What becomes of the holds: those that people let through end with it, so that what they said counts once. Another
  /// state of the holds than the plan was made with aborts everything.
  public var holds: HoldChange?
  /// The numbers of the holds that people let through with it, ascending.
  public var letThrough: [Int64] = []
  /// Changes that take effect with it without the review that they needed.
  public var reviewCases: [ReviewCase] = []
  /// Everyone whose work is in what waits after it, in byte order; nil where that stays as it was.
  public var authors: [String]?
  /// What was in force before the policy that it puts in force, change by change; of use only where the policy moves.
  public var formerTrees = FormerTrees()
  /// What of a plan of everything is only observed; nil where nothing is, or the plan is a part.
  public var observed: SHA256Digest?
  /// Whether the whole catalogue was planned; `now` then says when the next full plan is due.
  public var fullPlan: Bool
  public var now: Instant
  /// The hour before which no plan by the policy asks what channels took and sold; nil where nothing may be forgotten.
  public var usageFloor: Int32?

  public init(
    planDigest: SHA256Digest, expectedPin: PolicyPin?, pin: PolicyPin, trustRoot: String? = nil, snapshotVersion: Int64,
    readVersions: [(sku: SKU, version: Int64)], isExact: Bool = false, silentNodes: [NodeID: Instant] = [:],
    actions: [Action], record: AuditDraft?, fullPlan: Bool, now: Instant
  ) {
    self.planDigest = planDigest
    self.expectedPin = expectedPin
    self.pin = pin
    self.trustRoot = trustRoot
    self.snapshotVersion = snapshotVersion
    self.readVersions = readVersions
    self.isExact = isExact
    self.silentNodes = silentNodes
    self.actions = actions
    self.record = record
    self.fullPlan = fullPlan
    self.now = now
  }

  /// Unique: the store refuses to apply the same plan twice.
  public var key: String { Self.key(of: planDigest.description, letThrough: letThrough) }

  /// What an applied plan is known by in a store. A plan that waits and is then let through may be the same plan of the
  /// same moment, and only then is it applied: so the holds are part of it.
  /// - Parameter letThrough: the numbers of the holds that people let through with it, ascending.
  public static func key(of planDigest: String, letThrough: [Int64]) -> String {
    ([planDigest] + letThrough.map(String.init)).joined(separator: " ")
  }
}

/// An audit record before the store knows its place in the chain.
public struct AuditDraft: Sendable {
  /// Whether git should hear of it at once (a decision) or with the next checkpoint (routine trade).
  public var isDecision: Bool
  public var body: [String: JSONValue]

  public init(isDecision: Bool, body: [String: JSONValue]) {
    self.isDecision = isDecision
    self.body = body
  }

  /// The finished record: its number, the hash of the one before it and the ledger's checkpoint are added.
  public func sealed(sequence: Int64, previous: SHA256Digest, checkpoint: LedgerCheckpoint) -> AuditRecord {
    var body = body
    body["record"] = .integer(sequence)
    body["previous"] = .string(previous.description)
    body["ledger"] = checkpoint.json
    return AuditRecord(sequence: sequence, isDecision: isDecision, json: .object(body))
  }
}

/// One link of the audit chain.
public struct AuditRecord: Hashable, Sendable {
  public var sequence: Int64
  public var isDecision: Bool
  public var json: JSONValue

  public init(sequence: Int64, isDecision: Bool, json: JSONValue) {
    self.sequence = sequence
    self.isDecision = isDecision
    self.json = json
  }

  public var hash: SHA256Digest { SHA256Digest(of: json.canonicalBytes) }
}

public enum ApplyOutcome: Hashable, Sendable {
  /// - record: the number of its audit record; nil when nothing changed.
  case applied(record: Int64?)
  /// This very plan was applied before; nothing was done again.
  case alreadyApplied
  /// Something that the plan read has changed since; nothing was done. Plan again.
  case conflict(String)

  public var isApplied: Bool { if case .applied = self { true } else { false } }
}
