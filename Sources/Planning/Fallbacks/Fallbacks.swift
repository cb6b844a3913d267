import DesiredState
import Operations

/// What counts in the place of what is said of nodes and suppliers: worked out once for a plan.
///
/// Several rules may hold for one node. Then the lowest share counts, and one that freezes freezes: a rule that is added
/// never raises what can be promised.
///
/// Ages are looked at on the hour, so that a plan at any minute of it says the same: a node is silent once its `max_age`
/// has passed at the full hour; never sooner, and at most an hour later.
/// - Source: domain.md §2.1, and design.md §4 (a stale feed triggers its rule, never a guess).
struct Fallbacks {
  private(set) var states: [FallbackTarget: FallbackState] = [:]
  /// Nodes that would count in another way if they were heard of, and when they last were.
  private(set) var silentNodes: [NodeID: Instant] = [:]

  private let policy: Policy
  private let snapshot: Snapshot
  private let beliefs: SupplierBeliefs
  private let hour: Instant

  init(policy: Policy, snapshot: Snapshot, beliefs: SupplierBeliefs, now: Instant) {
    self.policy = policy
    self.beliefs = beliefs
    self.snapshot = snapshot
    hour = Instant(hour: now.hour)
    guard !policy.fallbacks.isEmpty else { return }
    for index in snapshot.nodes.indices { judge(.node(snapshot.nodes[index]), snapshot.heardAt(index)) }
    for supplier in policy.suppliers.keys { judge(.supplier(supplier), nil) }
  }

  /// The share of a node's free stock that counts, and whether its items are frozen.
  func ofNode(_ node: NodeID) -> (share: Rate, isFrozen: Bool) {
    states[.node(node)].map { ($0.share, $0.isFrozen) } ?? (.all, false)
  }

  /// The rules that decide what counts of a target, by name.
  func rules(of target: FallbackTarget) -> [String] { states[target]?.rules ?? [] }

  /// What still counts of goods that a supplier's confidence lets expect.
  func counted(_ expected: Quantity, from supplier: SupplierID) -> Quantity {
    (states[.supplier(supplier)]?.share ?? .all).floor(of: expected)
  }

  /// What differs from what the last applied plan has put in place.
  var actions: [Action] {
    let targets = Set(states.keys).union(snapshot.fallbacks.keys).sorted()
    return targets.compactMap { target in
      let (new, was) = (states[target], snapshot.fallbacks[target])
      return new == was ? nil : .setFallback(target, new, was: was)
    }
  }

  // MARK: Which rules hold

  /// What a rule does to a target, as far as it holds.
  private struct Finding {
    var rule: String
    var share: Rate
    var isFrozen: Bool
    /// Since when; nil where nothing says so.
    var since: Instant?
    /// Whether hearing of the node could change it.
    var isAboutAge: Bool
  }

  /// - Parameter heardAt: nil where it was never heard of, and so holds nothing that could be wrong.
  private mutating func judge(_ target: FallbackTarget, _ heardAt: Instant?) {
    let findings = policy.fallbacks.compactMap { rule in
      rule.targets.contains(target) ? finding(rule, target, heardAt) : nil
    }
    put(findings, target)
    if case .node(let node) = target, findings.contains(where: \.isAboutAge) { silentNodes[node] = heardAt }
  }

  private func finding(_ rule: FallbackPolicy, _ target: FallbackTarget, _ heardAt: Instant?) -> Finding? {
    let age = heardAt.map { hour - $0 }
    var finding = Finding(rule: rule.name, share: .all, isFrozen: false, since: nil, isAboutAge: false)
    switch (rule.trigger, target) {
    case (.silentFor(let limit), _) where age.map { $0 >= limit } ?? false:
      finding.since = heardAt.map { ($0 + limit).nextFullHour }
      finding.isAboutAge = true
    case (.declared(isActive: true, let since), _): finding.since = since
    case (.confidenceBelow(let rate), .supplier(let supplier))
    where (beliefs.suppliers[supplier]?.confidence ?? .none) < rate: break
    default:
      guard policy.drill?.triggers(rule, target) == true else { return nil }
    }
    switch rule.effect {
    case .share(let share): finding.share = share
    case .freeze: finding.isFrozen = true
    case .lastKnown(let limit) where age.map { $0 >= limit } ?? false:
      finding.share = .none
      finding.isAboutAge = true
    case .lastKnown: break
    }
    return finding
  }

  /// Keeps the strictest of what was found, and who says so.
  private mutating func put(_ findings: [Finding], _ target: FallbackTarget) {
    guard let share = findings.map(\.share).min() else { return }
    let isFrozen = findings.contains(where: \.isFrozen)
    // A rule that takes nothing away is named only where none does.
    let takesAway = share != .all || isFrozen
    let deciding = findings.filter { !takesAway || ($0.share == share && share != .all) || $0.isFrozen }
    let rules = deciding.map(\.rule)
    let was = snapshot.fallbacks[target].flatMap { $0.rules == rules ? $0.since : nil }
    states[target] = FallbackState(
      rules: rules, share: share, isFrozen: isFrozen, since: deciding.compactMap(\.since).min() ?? was ?? hour)
  }
}

extension Snapshot {
  /// Up to when the stock of the node at a place of `nodes` is known.
  fileprivate func heardAt(_ index: Int) -> Instant? { index < nodeHeardAt.count ? nodeHeardAt[index] : nil }
}
