public import Operations

/// Of what a schedule is kept while a plan is made.
struct ScheduleRequest {
  var sku: SKU
  /// Whose orders ask, by its index in the policy; nil for all.
  var channel: Int?
  /// What lies there and comes there; nil for all nodes.
  var node: NodeID?
}

extension SupplySchedule {
  /// The schedules of an item: one, or one for each region where regions are named.
  /// - Parameters:
  ///   - channel: counts what an order of the channel could have; one that stands in no policy has nothing.
  ///   - node: counts what lies at the node and comes to it.
  ///   - snapshot: of all items; one that is not in it has no schedule.
  public static func schedules(
    of sku: SKU, channel: ChannelID? = nil, node: NodeID? = nil, policy: Policy, snapshot: Snapshot, now: Instant
  ) -> [SupplySchedule] {
    guard let item = snapshot.items.place(of: sku) else { return [] }
    let index = channel.map { policy.channels.firstIndex(of: $0) }
    if case .some(nil) = index { return [] }
    var planner = ItemPlanner(policy: policy, snapshot: snapshot, now: now)
    planner.scheduling = ScheduleRequest(sku: sku, channel: index ?? nil, node: node)
    var actions: [Action] = []
    planner.plan(item, into: &actions)
    return planner.findings.schedules.filter { schedule in
      node.map { schedule.region == policy.regions.map.region(of: $0) } ?? true
    }
  }
}

extension ItemPlanner {
  /// Keeps what there is of the item that a schedule is asked of, as this plan leaves it.
  mutating func keepSchedule(of work: ItemWork) {
    guard let request = scheduling, request.sku == work.item.sku, work.item.isNamed else { return }
    let rules = work.item.rules
    let promising = request.channel.map { rules.channels[$0].promising }
    let hour = Instant(hour: now.hour)
    let onHand = onHand(for: request.channel, work)
    let offers = offers(for: request.channel, behind: onHand, work)
    let pools = Set(offers.map(\.goods.pool))
    findings.schedules.append(
      SupplySchedule(
        region: work.item.region, start: hour,
        onHand: request.node.map { min(onHand, max(0, promisable(work.item, at: $0))) } ?? onHand,
        arrivals: offers.filter { $0.goods.node == request.node ?? $0.goods.node }.map { offer in
          SupplySchedule.Arrival(
            at: offer.at, units: offer.units, held: offer.units - offer.free, isTransfer: offer.goods.supplier == nil)
        },
        due: dueToArrive(work.inbound, work.item, of: pools, to: request.node)
          + (request.node == nil ? dueFromStock(work, of: request.channel) : []),
        fence: request.channel.flatMap { fence(of: $0, rules) },
        waitsForGoods: request.channel.map { rules.channels[$0].backorder != nil } ?? true,
        zone: promising?.zone ?? .utc))
  }

  /// What an order that asks now gets at once.
  private func onHand(for channel: Int?, _ work: ItemWork) -> Quantity {
    guard let channel else { return max(0, work.stock.net) }
    var grant = offered(work.item.rules)[channel]
    let most = work.item.rules.channels[channel].share.maximum.map { max(0, $0 - use[channel].held) }
    grant.capLeft = [grant.capLeft, most].compactMap(\.self).min()
    return grant.available(shared: exposure.shared)
  }

  private func promisable(_ item: ItemInPlanning, at name: NodeID) -> Quantity {
    guard let node = snapshot.nodes.firstIndex(of: name),
      let row = snapshot.positions.rows(of: item.index).first(where: { Int(snapshot.positions.node[$0]) == node })
    else { return 0 }
    let sellable = snapshot.positions.sellable[row]
    let free = sellable - snapshot.positions.allocated[row] + freedUnits(at: node)
    return promisable(free, of: sellable, at: node, item.safety)
  }

  /// What comes, by time: for a channel what its orders may wait for, as far as its limits let them.
  /// - Parameter onHand: what the order takes first.
  private func offers(for channel: Int?, behind onHand: Quantity, _ work: ItemWork) -> [InboundBook.Offer] {
    let rules = work.item.rules
    var left = Quantity.max
    var offers = work.inbound.offers(to: channel, rules).filter { offer in
      policy.nodes[offer.goods.node].map { $0.isActive && $0.leaves(routedAt: offer.at.nextFullHour) != nil } ?? false
    }
    if let channel {
      guard let terms = rules.channels[channel].backorder else { return [] }
      let end = terms.horizon.map { Instant(hour: now.hour) + $0 }
      offers.removeAll { offer in
        !terms.accepts(offer.goods, of: offer.supplier) || end.map { offer.at > $0 } ?? false
      }
      let waiting = work.inbound.waiting(of: channel)
      let limits = [
        exposure.grants[channel].capLeft.map { $0 - onHand }, overall?.leftToWait(channel).map { $0 - onHand },
        terms.maxUnits.map { $0 - waiting },
        rules.channels[channel].share.maximum.map { $0 - use[channel].held - waiting - onHand },
      ]
      left = max(0, limits.compactMap(\.self).min() ?? .max)
    }
    offers.sort { $0.at < $1.at }
    for index in offers.indices {
      offers[index].free = min(offers[index].free, left)
      left -= offers[index].free
    }
    return offers
  }

  /// What orders wait for, by when it has to be there so that their promises hold.
  private func dueToArrive(
    _ inbound: InboundBook, _ item: ItemInPlanning, of pools: Set<Pool>, to node: NodeID?
  ) -> [(at: Instant, units: Quantity)] {
    let hour = Instant(hour: now.hour)
    return inbound.places.compactMap { place in
      let (supply, position) = (inbound.supplies[place.supply], inbound[place])
      guard pools.contains(supply.pool), supply.goods?.node == node ?? supply.goods?.node else { return nil }
      let date = supply.date(of: place.position)
      guard let promised = position.line.promisedAt else { return (max(hour, date ?? hour), position.units) }
      let promising = position.channel.map { item.rules.channels[$0].promising } ?? PromisePolicy()
      let arrives = date.flatMap { date in
        supply.goods.flatMap { arrival(date, from: $0.node, of: position.line.order, promising) }
      }
      guard let date, let arrives else { return (max(hour, promised), position.units) }
      return (max(hour, promised - (arrives - date)), position.units)
    }
  }

  /// What orders want that nothing covers, and what is claimed and not there.
  private func dueFromStock(_ work: ItemWork, of channel: Int?) -> [(at: Instant, units: Quantity)] {
    let hour = Instant(hour: now.hour)
    let name = channel.map { policy.channels[$0] }
    let lines = uncovered(work.book, work.item).compactMap { line -> (at: Instant, units: Quantity)? in
      guard line.channel == name ?? line.channel else { return nil }
      let told = line.firstPromisedAt ?? line.promisedAt
      // Who has not reached the point at which their channel claims wants nothing yet, unless all that is missing is the day.
      guard isDue(line) || isEarly(line) else { return nil }
      return (max(hour, told ?? line.shipOn ?? hour), line.open)
    }
    return lines + (work.stock.debt > 0 ? [(hour, work.stock.debt)] : [])
  }

  private func isEarly(_ line: OpenLine) -> Bool {
    guard let channel = policy.channels.firstIndex(of: line.channel) else { return false }
    guard case .early = policy.terms[channel].refusal(line.stage, isLapsed: line.isLapsed, shipOn: line.shipOn, at: now)
    else { return false }
    return true
  }

  private func fence(of channel: Int, _ rules: Policy.ItemPolicy) -> Instant? {
    let hour = Instant(hour: now.hour)
    let fence = rules.channels[channel].promising.infiniteAfter.map { hour + $0 }
    guard let horizon = rules.channels[channel].backorder?.horizon else { return fence }
    return fence.flatMap { $0 > hour + horizon ? nil : $0 }
  }
}
