import DesiredState
import Operations

/// Finds why lines of one item are not covered, once the plan has given out what it could.
///
/// What is the same for all lines of a channel is worked out once.
struct ObstacleFinder {
  private let work: ItemWork
  private var ofChannel: [Int: [Obstacle]] = [:]
  /// Lines that are promised what supply beyond the fence brings.
  private var promised: [LineName: Instant]?

  init(_ work: ItemWork) { self.work = work }

  /// What a case says of a line of the book. Whether it is promised supply beyond the fence depends on the promises that the
  /// same plan makes to others, and is left to `obstacles`: a case must read the same in the next plan.
  mutating func summary(of index: Int, _ planner: ItemPlanner) -> String {
    let (part, places) = (planner.part(of: work.item), planner.policy.places)
    return lasting(of: index, planner).map { $0.summary(in: places, for: part) }.joined(separator: "; ")
  }

  /// Everything that stands in the way of a line of the book, as far as it is short.
  mutating func obstacles(of index: Int, _ planner: ItemPlanner) -> [Obstacle] {
    let found = lasting(of: index, planner)
    guard let refusal = refusal(of: index, planner), !found.contains(refusal) else { return found }
    return found + [refusal]
  }

  private mutating func lasting(of index: Int, _ planner: ItemPlanner) -> [Obstacle] {
    let line = work.book.lines[index]
    guard let channel = work.book.channels[index] else { return [.unknownChannel(line.channel)] }
    guard work.item.isNamed else { return [.unknownRegion(line.region)] }
    guard work.item.rules.channels[channel].isOpen else { return [.channelNotInEffect(line.channel)] }
    let common = ofChannel[channel] ?? planner.stockObstacles(channel, work)
    ofChannel[channel] = common
    var obstacles = common
    if planner.isOutOfStock(channel), common.reduce(0, { $0 + $1.units }) < line.open {
      obstacles.append(.allClaimed(onHand: work.stock.onHand))
    }
    return obstacles + planner.backorderObstacles(line, channel, work)
  }

  /// The limit of units, where a line is promised nothing because too many wait though all could be had from some time
  /// after an order.
  private mutating func refusal(of index: Int, _ planner: ItemPlanner) -> Obstacle? {
    let line = work.book.lines[index]
    guard work.item.isNamed, let channel = work.book.channels[index], work.item.rules.channels[channel].isOpen,
      let terms = work.item.rules.channels[channel].backorder, let most = terms.maxUnits,
      let fence = planner.fence(of: line, work.item.rules)
    else { return nil }
    let known = promised ?? planner.promisedBeyondTheFence(work.inbound, work.book, work.item)
    promised = known
    let isWithinHorizon = terms.horizon.map { fence <= Instant(hour: planner.now.hour) + $0 } ?? true
    guard known[LineName(line.order, line.line)] == nil, isWithinHorizon else { return nil }
    return .backorder(planner.policy.channels[channel], .maxUnits(most))
  }
}

extension Obstacle {
  /// Units that are there and that it keeps from the line.
  fileprivate var units: Quantity {
    switch self {
    case .protected(_, let units), .withheld(_, _, let units), .protectionUsedUp(_, let units): units
    default: 0
    }
  }
}

// What stands in the way of stock.
extension ItemPlanner {
  /// Whether a channel can claim nothing whatever its cap says.
  func isOutOfStock(_ channel: Int) -> Bool {
    let grant = exposure.grants[channel]
    return grant.protected + (grant.mayUseShared ? exposure.shared : min(0, exposure.shared)) <= 0
  }

  /// What keeps all lines of a channel from stock.
  func stockObstacles(_ channel: Int, _ work: ItemWork) -> [Obstacle] {
    let (rules, name) = (work.item.rules.channels[channel], policy.channels[channel])
    var obstacles = limits(channel, work)
    guard isOutOfStock(channel) else {
      guard obstacles.isEmpty else { return obstacles }
      return (shares(channel, work).map { [$0] } ?? []) + keptMinimums(channel, work)
    }
    if !rules.mayUseShared, exposure.shared > 0 {
      return obstacles + [.protectionUsedUp(name, shared: exposure.shared)]
    }
    if let shares = shares(channel, work) { obstacles.append(shares) }
    obstacles += withheld(work, channel)
    if rules.mayUseShared {
      obstacles += policy.channels.indices.compactMap { other in
        let units = other == channel ? 0 : exposure.grants[other].protected
        return units > 0 ? .protected(for: policy.channels[other], units) : nil
      }
    }
    if work.stock.net < 0 { obstacles.append(.oversold(-work.stock.net)) }
    let elsewhere = unitsElsewhere(work.item.index)
    return elsewhere > 0 ? obstacles + [.elsewhere(elsewhere)] : obstacles
  }

  /// What is left for others, so that they have what they are to have at least.
  private func keptMinimums(_ channel: Int, _ work: ItemWork) -> [Obstacle] {
    work.item.rules.minimumsKept[channel].compactMap { other in
      let units = unmetMinimum(other, work.item.rules)
      return units > 0 ? .keptMinimum(for: policy.channels[other], units) : nil
    }
  }

  /// What the channel has of what its tier shares by weight among several channels; nil where it does not.
  private func shares(_ channel: Int, _ work: ItemWork) -> Obstacle? {
    let rules = work.item.rules.channels
    guard rules[channel].rule == .fairShare else { return nil }
    let members = policy.channels.indices.filter { rules[$0].isOpen && rules[$0].rank == rules[channel].rank }
    guard members.count > 1, let place = members.firstIndex(of: channel) else { return nil }
    let all = members.reduce(max(0, exposure.shared)) { $0 + use[$1].held }
    let sharers = members.map { Sharer(rules[$0], cap: rules[$0].share.maximum ?? Limits.quantity) }
    let (has, part) = (use[channel].held, apportion(all, among: sharers)[place])
    // A unit less is rounding.
    return .shares(policy.channels[channel], has: has, part: has + 1 < part ? part : has)
  }

  /// Caps and maximums that leave a channel nothing.
  private func limits(_ channel: Int, _ work: ItemWork) -> [Obstacle] {
    let (rules, used, name) = (work.item.rules.channels[channel], use[channel], policy.channels[channel])
    var obstacles: [Obstacle] = []
    if let cap = rules.capUse(used: used.used, of: max(0, work.stock.net) + used.usedByAll, isOverall: false) {
      obstacles.append(.cap(name, cap))
    }
    let waiting = work.inbound.waiting(of: channel)
    if let most = rules.share.maximum, most <= used.held + waiting {
      obstacles.append(.maximum(name, most, isOverall: false))
    }
    return obstacles + (overall?.obstacles(channel, name) ?? [])
      + (room(channel) == 0 ? unreachable(channel, work) : [])
  }

  /// What lies where nothing of the channel's orders can leave from, whoever has it.
  private func unreachable(_ channel: Int, _ work: ItemWork) -> [Obstacle] {
    snapshot.positions.rows(of: work.item.index).compactMap { row in
      let (node, units) = (snapshot.nodes[Int(snapshot.positions.node[row])], snapshot.positions.sellable[row])
      guard units > 0, !reach.leads(from: node, for: channel), reach.leads(from: node) else { return nil }
      return obstacle(node, channel).map { .withheld(node, .unreachable(policy.channels[channel], $0), units) }
    }
  }

  private func obstacle(_ node: NodeID, _ channel: Int) -> ReachObstacle? {
    let lanes = policy.network.lanes.filter { $0.node == node }
    return policy.network.profiles[channel].obstacle(at: policy.nodes[node]?.type, among: lanes)
  }

  /// Units that lie at nodes and are given to nobody.
  private func withheld(_ work: ItemWork, _ channel: Int) -> [Obstacle] {
    var obstacles: [Obstacle] = []
    let frozen = heldDown(work)
    for row in snapshot.positions.rows(of: work.item.index) {
      let node = Int(snapshot.positions.node[row])
      let allocated = snapshot.positions.allocated[row] - freedUnits(at: node) - (work.stock.freed[node] ?? 0)
      let free = snapshot.positions.sellable[row] - allocated
      let name = snapshot.nodes[node]
      // Whatever of it this plan routes.
      if nodeIsFrozen[node], nodeIsActive[node], frozen > 0, snapshot.positions.sellable[row] > 0 {
        obstacles.append(.withheld(name, .frozen(fallbacks.rules(of: .node(name))), frozen))
      }
      guard free > 0 else { continue }
      guard nodeIsActive[node] else {
        obstacles.append(.withheld(name, nodeIsKnown[node] ? .closed : .noNode, free))
        continue
      }
      if !nodeLeads[node], let why = obstacle(name, channel) {
        obstacles.append(.withheld(name, .unreachable(policy.channels[channel], why), free))
        continue
      }
      let safety = work.item.safety[node]
      let (counts, rules) = (counted(free, of: free + allocated, node), fallbacks.rules(of: .node(name)))
      let doubted = max(0, free - safety) - max(0, counts - safety)
      if doubted > 0 { obstacles.append(.withheld(name, .fallback(rules, nodeShare[node]), doubted)) }
      if min(counts, safety) > 0 { obstacles.append(.withheld(name, .safetyStock, min(counts, safety))) }
    }
    return obstacles
  }

  /// Units that would be in the pools and that a freeze keeps from them.
  private func heldDown(_ work: ItemWork) -> Quantity {
    guard work.standing != nil else { return 0 }
    return max(0, work.stock.net - exposure.grants.reduce(max(0, exposure.shared)) { $0 + $1.protected })
  }

  /// What lies there, whoever has it: what is free of it changes with what this plan routes.
  private func unitsElsewhere(_ index: Int) -> Quantity {
    guard let cells, let item = cells.ofItem.first(where: { $0.contains(index) }) else { return 0 }
    return item.filter { $0 != index }.flatMap { Array(snapshot.positions.rows(of: $0)) }.reduce(0) {
      $0 + max(0, snapshot.positions.sellable[$1])
    }
  }

  /// The item and the region that it is sold in, as resources narrow themselves.
  func part(of item: ItemInPlanning) -> CatalogPart {
    var part = policy.part(of: snapshot.traits[Int(snapshot.items.traits[item.index])])
    part.sku = item.sku
    part.region = policy.regions.areNamed && item.isNamed ? item.region.rawValue : nil
    return part
  }
}

extension ChannelPolicy {
  /// The cap, where nothing of it is left.
  /// - Parameter base: what a cap that is a share is a share of.
  func capUse(used: Quantity, of base: Quantity, isOverall: Bool) -> Obstacle.CapUse? {
    let (limit, rate): (Quantity, Rate?)
    switch cap {
    case nil: return nil
    case .units(let units): (limit, rate) = (units, nil)
    case .share(let share): (limit, rate) = (share.floor(of: base), share)
    }
    guard limit <= used else { return nil }
    return Obstacle.CapUse(used: used, limit: limit, share: rate, window: capWindow, isOverall: isOverall)
  }
}
