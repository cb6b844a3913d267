import DesiredState
import Operations

/// Finds why lines of one item are not covered, once the plan has given out what it could.
///
/// What is the same for all lines of a channel is worked out once.
struct ObstacleFinder {
  private let work: ItemWork
  private var ofChannel: [Int: [Obstacle]] = [:]

  init(_ work: ItemWork) { self.work = work }

  /// What a case says of a line of the book.
  mutating func summary(of index: Int, _ planner: ItemPlanner) -> String {
    let (part, places) = (planner.part(of: work.item), planner.policy.places)
    return obstacles(of: index, planner).map { $0.summary(in: places, for: part) }.joined(separator: "; ")
  }

  /// Everything that stands in the way of a line of the book, as far as it is short.
  mutating func obstacles(of index: Int, _ planner: ItemPlanner) -> [Obstacle] {
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
      if obstacles.isEmpty, rules.rule == .fairShare { obstacles.append(.shares(name)) }
      return obstacles
    }
    if !rules.mayUseShared, exposure.shared > 0 {
      return obstacles + [.protectionUsedUp(name, shared: exposure.shared)]
    }
    if isSharing(channel, work) { obstacles.append(.shares(name)) }
    obstacles += withheld(work)
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

  /// Whether the channel's tier shares by weight, and among several channels.
  private func isSharing(_ channel: Int, _ work: ItemWork) -> Bool {
    let rules = work.item.rules.channels
    guard rules[channel].rule == .fairShare else { return false }
    return policy.channels.indices.contains { $0 != channel && rules[$0].rank == rules[channel].rank }
  }

  /// Caps and maximums that leave a channel nothing.
  private func limits(_ channel: Int, _ work: ItemWork) -> [Obstacle] {
    let (rules, used, name) = (work.item.rules.channels[channel], use[channel], policy.channels[channel])
    var obstacles: [Obstacle] = []
    if let cap = rules.capUse(used: used.used, of: max(0, work.stock.net) + used.usedByAll, isOverall: false) {
      obstacles.append(.cap(name, cap))
    }
    let waiting = work.inbound.waiting(of: channel)
    if let most = rules.share.maximum, most <= used.held + waiting { obstacles.append(.maximum(name, most)) }
    return obstacles + (overall?.obstacles(channel, name) ?? [])
  }

  /// Units that lie at nodes and are given to nobody.
  private func withheld(_ work: ItemWork) -> [Obstacle] {
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
