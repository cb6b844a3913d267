import Operations

/// What stock a protection, a safety stock or a way to replenish is about, or what orders a release rule. Two with the
/// same target that hold at the same time contradict each other; one with a window may override one without.
struct StockTarget: Hashable {
  var kind: Kind
  var channel: String?
  var node: String?
  var region: String?
  var scope: Scope
  var isBounded: Bool

  init(of resource: Resource) {
    let fields = resource.fields
    kind = resource.key.kind
    channel = fields["channel"]?.text
    // What is bought is bought for the whole network, wherever it is delivered.
    node = kind == .replenishmentPolicy ? nil : fields["node"]?.text
    region = resource.targetRegion
    scope = resource.target
    isBounded = resource.effective.isBounded
  }
}

/// What protections, safety stocks and the like are about (channel, node, part of the catalogue), to find two that say
/// different things about the same stock at the same time.
///
/// Targets are told apart by a 64-bit hash, seeded anew in each process: two that only look the same raise a false
/// alarm, which the full check then dismisses.
struct StockTargets {
  /// How many targets without a window have a hash.
  private var standing: [Int: Int32] = [:]
  /// The windows of the targets that have one.
  private var timed: [Int: [Window]] = [:]
  private var conflictCount = 0

  var haveConflicts: Bool { conflictCount > 0 }

  mutating func insert(_ resource: Resource) {
    forEachHash(of: resource) { targets, hash in
      if resource.effective.isBounded {
        targets.conflictCount += targets.overlaps(hash, resource.effective)
        targets.timed[hash, default: []].append(resource.effective)
      } else {
        targets.conflictCount += Self.increment(&targets.standing[hash, default: 0])
      }
    }
  }

  mutating func remove(_ resource: Resource) {
    forEachHash(of: resource) { targets, hash in
      if resource.effective.isBounded {
        if let index = targets.timed[hash]?.firstIndex(of: resource.effective) {
          targets.timed[hash]?.remove(at: index)
        }
        if targets.timed[hash]?.isEmpty == true { targets.timed[hash] = nil }
        targets.conflictCount -= targets.overlaps(hash, resource.effective)
      } else {
        let rest = targets.standing[hash, default: 1] - 1
        targets.standing[hash] = rest == 0 ? nil : rest
        targets.conflictCount -= Int(rest)
      }
    }
  }

  /// Adds one and gives what was there before.
  private static func increment(_ count: inout Int32) -> Int {
    count += 1
    return Int(count) - 1
  }

  /// Makes room for the rows of many resources at once.
  mutating func reserve(for resources: [Resource]) {
    standing.reserveCapacity(resources.reduce(0) { $0 + ($1.fields["rows"]?.rows?.count ?? 0) })
  }

  private func overlaps(_ hash: Int, _ window: Window) -> Int {
    (timed[hash] ?? []).count { $0.overlaps(window) }
  }

  private mutating func forEachHash(of resource: Resource, _ body: (inout StockTargets, Int) -> Void) {
    guard DesiredState.kindsWithTargets.contains(resource.key.kind) else { return }
    let target = StockTarget(of: resource)
    guard let rows = resource.fields["rows"]?.rows else {
      return body(&self, Self.hash(Self.start(target, target.node), target.scope))
    }
    // All but the item is the same for many rows, so it is hashed once for each node.
    let everywhere = Self.start(target, nil)
    let starts = rows.nodes.map { Self.start(target, $0.name) }
    for index in rows.indices {
      let node = rows.nodeIndices[index]
      body(&self, Self.hash(node < 0 ? everywhere : starts[Int(node)], .item(rows.skus[index])))
    }
  }

  private static func start(_ target: StockTarget, _ node: String?) -> Hasher {
    var hasher = Hasher()
    hasher.combine(target.kind)
    hasher.combine(target.channel)
    hasher.combine(target.region)
    hasher.combine(node)
    return hasher
  }

  private static func hash(_ start: Hasher, _ scope: Scope) -> Int {
    var hasher = start
    hasher.combine(scope)
    return hasher.finalize()
  }
}
