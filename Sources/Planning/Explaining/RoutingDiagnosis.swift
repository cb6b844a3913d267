import Operations

/// Why what is left of an order is sent by no node: the rules that have to give way before more of it is.
///
/// Each rule is lifted in thought, alone and with others, and what could be sent then is counted. Days of work are left
/// out of that at first, since other orders use them too. An order that could be sent then waits for labour: it would not
/// be looked at if any of those nodes had the time; one that no whole day is long enough for waits for nothing, and what
/// has to give way is told. What is found is a function of the order, its items' stock and the
/// policy, so that nothing that happens elsewhere changes a case's words.
struct RoutingDiagnosis {
  /// A lane, or a node without one.
  struct Way {
    var node: Int
    /// All of them must give way before it can be used.
    var blockers: Set<RoutingObstacle>
  }

  struct Line {
    var item: Int32
    var units: Quantity
    var unitValue: Int64?
  }

  let nodes: [NodeID]
  let lines: [Line]
  private(set) var ways: [Way]
  /// By item and node: what can be sent and, once safety stock gives way, what more can.
  let stock: [Int32: [Int: Quantity]]
  let safety: [Int32: [Int: Quantity]]
  /// By item and node: what more there is of which only a share counts; and by node, which rule says so.
  let doubted: [Int32: [Int: Quantity]]
  let doubts: [Int: RoutingObstacle]
  let profile: RoutingProfile
  /// How many parcels of the order are to leave already, and whether any are.
  let parcels: Int
  let isSplit: Bool
  /// By place in `nodes`: units of a whole day's work, where days are limited.
  let labour: [Int: Quantity]
  let region: String
  /// Whether a day's work counts, as long as it is when nobody else has anything of it.
  private(set) var isWithinADay = false

  /// What has to give way: each rule that alone lets more be sent and, where those together do not let all be sent that
  /// could be, a smallest set beside them that does.
  var obstacles: [RoutingObstacle] {
    guard ways.contains(where: \.isLane) else { return [.noLane(region)] }
    guard units(lifting: []) == 0 else { return beyondADay ?? withoutLabour.deciding }
    return deciding
  }

  /// The same where not even a day on which nobody else wants anything is long enough.
  private var beyondADay: [RoutingObstacle]? {
    // Most orders fit into any day, which is asked before every way is looked at.
    let wanted = lines.reduce(0) { $0 + $1.units }
    guard profile.isLimiting, labour.values.contains(where: { 0 < $0 && $0 < wanted }) else { return nil }
    var other = self
    other.isWithinADay = true
    return other.units(lifting: []) == 0 ? other.deciding : nil
  }

  private var deciding: [RoutingObstacle] {
    let (all, now) = (rules, units(lifting: []))
    let most = units(lifting: Set(all))
    let found = now > 0 ? [.notFound] : most > 0 ? deciding(among: all, reaching: most) : []
    return Self.merged(most < lines.reduce(0, { $0 + $1.units }) ? found + [.stock] : found)
  }

  /// A lane that nobody has agreed on is told of only where nothing else does.
  private func deciding(among all: [RoutingObstacle], reaching most: Quantity) -> [RoutingObstacle] {
    let single = all.filter { !$0.isMissingLane && units(lifting: [$0]) > 0 }
    guard units(lifting: Set(single)) < most else { return single }
    var needed = Set(all)
    for rule in all.reversed() where !single.contains(rule) {
      needed.remove(rule)
      if units(lifting: needed) < most { needed.insert(rule) }
    }
    return all.filter(needed.contains)
  }

  /// The same while nodes whose days of work are limited can do no more.
  private var withoutLabour: Self {
    var other = self
    for index in ways.indices where labour[ways[index].node] != nil {
      other.ways[index].blockers.insert(.labour([nodes[ways[index].node]]))
    }
    return other
  }

  /// Labour at several nodes, told at once.
  private static func merged(_ obstacles: [RoutingObstacle]) -> [RoutingObstacle] {
    let nodes = obstacles.flatMap { obstacle -> [NodeID] in if case .labour(let nodes) = obstacle { nodes } else { [] }
    }
    let others = obstacles.filter { if case .labour = $0 { false } else { true } }
    return (nodes.isEmpty ? [] : [.labour(nodes.sorted())]) + others
  }

  /// Everything that could give way, in the order in which it is told.
  private var rules: [RoutingObstacle] {
    var rules = ways.reduce(into: Set<RoutingObstacle>()) { $0.formUnion($1.blockers) }
    rules.formUnion(profile.limitingRules)
    rules.formUnion(doubts.values)
    if isWithinADay { rules.formUnion(labour.map { .wholeDay(nodes[$0.key], $0.value) }) }
    for line in lines { for node in (safety[line.item] ?? [:]).keys { rules.insert(.safetyStock(nodes[node])) } }
    return rules.sorted(by: RoutingObstacle.isTold)
  }

  /// Units that a node can do on a day; nil for any number.
  private func day(_ node: Int, _ lifted: Set<RoutingObstacle>) -> Quantity? {
    guard isWithinADay, let units = labour[node] else { return nil }
    return lifted.contains(.wholeDay(nodes[node], units)) ? nil : units
  }

  /// Units that can be sent once some rules have given way, and days of work are long enough.
  func units(lifting lifted: Set<RoutingObstacle>) -> Quantity {
    let open = Set(ways.filter { $0.blockers.isSubset(of: lifted) }.map(\.node)).sorted()
    func held(_ item: Int32, _ node: Int) -> Quantity {
      let kept = safety[item]?[node] ?? 0
      let more = doubts[node].map(lifted.contains) ?? false ? doubted[item]?[node] ?? 0 : 0
      return (stock[item]?[node] ?? 0) + more + (kept > 0 && lifted.contains(.safetyStock(nodes[node])) ? kept : 0)
    }
    let limits = profile.lifting(lifted)
    guard limits.isLimiting else {
      let wanted = lines.reduce(into: [Int32: Quantity]()) { $0[$1.item, default: 0] += $1.units }
      return wanted.reduce(0) { sum, one in
        sum + min(one.value, open.reduce(0) { $0 + held(one.key, $1) })
      }
    }
    var problem = RoutingProblem(
      locations: nodes.indices.map { RoutingLocation(id: nodes[$0], unitCapacity: day($0, lifted)) }, stock: [],
      orders: [])
    for item in Set(lines.map(\.item)).sorted() {
      problem.stock += open.map { RoutingStock(location: $0, item: item, units: held(item, $0)) }
    }
    let threshold = lines.allSatisfy { $0.unitValue != nil } ? limits.splitValueThreshold : 0
    problem.orders = [
      RoutingOrder(
        id: "",
        lines: lines.map {
          RoutingLine(item: $0.item, quantity: $0.units, unfilledPenalty: 1, unitValue: $0.unitValue ?? 0)
        },
        options: open.map {
          RoutingOption(location: $0, fixed: 0, unitCosts: Array(repeating: 0, count: lines.count))
        },
        split: limits.split, shipsComplete: limits.shipsComplete, parcelLimit: limits.parcelLimit(beside: parcels),
        splitThreshold: threshold, isSplit: isSplit)
    ]
    return route(problem, effort: .none, explains: false).routes[0].shipments.reduce(0) { $0 + $1.quantity }
  }
}

extension RoutingDiagnosis.Way {
  /// Whether a lane is there at all.
  var isLane: Bool { !blockers.contains(where: \.isMissingLane) }
}

extension RoutingObstacle {
  fileprivate var isMissingLane: Bool { if case .noLaneFrom = self { true } else { false } }
}

extension RoutingProfile {
  /// Whether it says more than what things cost.
  fileprivate var isLimiting: Bool {
    split != .any || shipsComplete || maxParcels != nil || splitValueThreshold > 0
  }

  /// What of it can keep an order from being sent.
  fileprivate var limitingRules: Set<RoutingObstacle> {
    var rules = Set<RoutingObstacle>()
    if let maxParcels { rules.insert(.maxParcels(profile: name, maxParcels)) }
    if split != .any { rules.insert(.split(profile: name, split)) }
    if splitValueThreshold > 0 { rules.insert(.splitValueThreshold(profile: name, splitValueThreshold)) }
    if shipsComplete { rules.insert(.shipComplete(profile: name)) }
    return rules
  }

  /// The same without rules that give way.
  fileprivate func lifting(_ rules: Set<RoutingObstacle>) -> RoutingProfile {
    var profile = self
    for rule in rules {
      switch rule {
      case .maxParcels: profile.maxParcels = nil
      case .split: profile.split = .any
      case .splitValueThreshold: profile.splitValueThreshold = 0
      case .shipComplete: profile.shipsComplete = false
      default: break
      }
    }
    return profile
  }
}
