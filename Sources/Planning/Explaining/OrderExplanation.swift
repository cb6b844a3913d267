public import DesiredState
public import Operations

/// Why an order is where it is: what keeps its lines from being covered and from being sent, and what a plan would do about
/// it now.
public struct OrderExplanation: Sendable {
  /// Units of a line that nothing covers once the plan has given out what it could.
  public struct Uncovered: Sendable {
    public var line: String
    public var sku: SKU
    /// The item and the region that it is sold in.
    public var part: CatalogPart
    public var units: Quantity
    public var obstacles: [Obstacle]
  }

  /// Units that are covered by what is there, for good, and that no node sends.
  public struct Unsent: Sendable {
    public var units: Quantity
    public var obstacles: [RoutingObstacle]
  }

  /// In byte order of the lines.
  public let uncovered: [Uncovered]
  public let unsent: Unsent?
  /// What of a plan that is made now is about the order.
  public let planned: [Action]

  /// - Parameter snapshot: of all items.
  public init(of order: OrderID, policy: Policy, snapshot: Snapshot, now: Instant) {
    let (actions, planner, router) = Plan.actions(of: policy, on: snapshot, now: now, explaining: order)
    uncovered = planner.findings.explained.sorted { $0.line.isBytewiseLess(than: $1.line) }
    unsent = policy.network.isRouting ? router?.unsent(order) : Self.withoutLanes(order, planner.snapshot, actions)
    planned = actions.filter { $0.order == order }
  }
}

extension OrderExplanation {
  /// What waits where nothing is routed.
  private static func withoutLanes(_ order: OrderID, _ snapshot: Snapshot, _ actions: [Action]) -> Unsent? {
    let held = snapshot.claims.values.joined().filter { $0.order == order && $0.isFirm }
    let units = actions.reduce(held.reduce(0) { $0 + $1.quantity }) { sum, action in
      switch action {
      case .claim(_, let claim) where claim.order == order && claim.expiresAt == nil && !claim.pool.isInbound:
        sum + claim.quantity
      case .releaseClaim(_, let release) where release.order == order && !release.pool.isInbound: sum - release.quantity
      default: sum
      }
    }
    return units > 0 ? Unsent(units: units, obstacles: [.notRouted]) : nil
  }
}

extension HeldClaim {
  /// Whether it holds units that are there, for good, on no node.
  fileprivate var isFirm: Bool { node == nil && expiresAt == nil && !pool.isInbound }
}

extension ItemPlanner {
  /// Keeps what there is to say of the lines of the order that is explained.
  mutating func explain(_ work: ItemWork) {
    guard let order = explaining else { return }
    var finder = ObstacleFinder(work)
    let part = part(of: work.item)
    let lost = Dictionary(
      lostAllocations(work.book, work.inbound, work.item.index).map {
        (Array($0.subject.utf8), [$0.detail])
      },
      uniquingKeysWith: +)
    func lostBefore(_ line: OpenLine) -> [Obstacle] {
      (lost[Array("\(line.order)/\(line.line)".utf8)] ?? []).map { detail in
        .lost(detail, between: [line.channel] + takers(from: line.channel, detail, work))
      }
    }
    func add(_ line: OpenLine, _ obstacles: [Obstacle]) {
      findings.explained.append(
        OrderExplanation.Uncovered(
          line: line.line, sku: work.item.sku, part: part, units: line.open, obstacles: obstacles))
    }
    for (index, line) in work.book.lines.enumerated() where line.order == order && line.open > 0 {
      add(line, lostBefore(line) + finder.obstacles(of: index, self))
    }
    for line in uncovered(work.book, work.item) where line.order == order && !isDue(line) {
      add(line, lostBefore(line) + (notDue(line, work).map { [$0] } ?? []))
    }
  }

  /// The channels that a case says to have taken units; where their orders are gone, those that may take some.
  private func takers(from loser: ChannelID, _ detail: String, _ work: ItemWork) -> [ChannelID] {
    func isNamed(_ order: OrderID, _ line: String) -> Bool {
      let name = " to \(order)/\(line)"
      return detail.hasSuffix(name) || [",", ";", " and "].contains { detail.contains(name + $0) }
    }
    let item = Int32(work.item.index)
    let named =
      (snapshot.claims[item] ?? []).filter { isNamed($0.order, $0.line) }.map(\.channel)
      + (snapshot.openLines[item] ?? []).filter { isNamed($0.order, $0.line) }.map(\.channel)
      + work.book.reallocated.compactMap(\.winner).filter { isNamed($0.order, $0.line) }.map(\.channel)
    let isGone = detail.split(separator: " to ").dropFirst().allSatisfy { $0.hasPrefix("missing stock") }
    guard named.isEmpty, !isGone, let channel = policy.channels.firstIndex(of: loser) else { return named }
    let rules = work.item.rules
    return rules.takers.filter { $0.takeFrom(rules.channels[channel]) }.flatMap(\.channels).map { policy.channels[$0] }
  }

  /// What keeps a line from asking for anything yet.
  private func notDue(_ line: OpenLine, _ work: ItemWork) -> Obstacle? {
    guard let channel = policy.channels.firstIndex(of: line.channel) else { return nil }
    let terms = policy.terms[channel]
    switch terms.refusal(line.stage, isLapsed: line.isLapsed, shipOn: line.shipOn, at: now) {
    case nil: return nil
    case .stage: return .stage(line.channel, reserveAt: terms.reserveAt, now: line.stage)
    case .lapsed: return .lapsed(line.channel, holdTTL: terms.holdTTL)
    case .early(let from):
      let zone = work.item.rules.channels[channel].promising.zone
      return .early(line.channel, shipOn: zone.local(at: line.shipOn ?? from).date, from: from)
    }
  }
}

extension Action {
  /// The order that it is about; nil for none.
  fileprivate var order: OrderID? {
    switch self {
    case .claim(_, let claim): claim.order
    case .moveClaim(_, let move): move.order
    case .releaseClaim(_, let release): release.order
    case .promise(_, let promise, _): promise.order
    case .route(let order, _): order
    default: nil
    }
  }
}
