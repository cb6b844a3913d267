import Operations

/// What the caps of an item's channels leave over all regions together: a cap that names no region counts what is sold
/// in each of them, and a region gets no more than what is left for all.
struct OverallCaps {
  /// The item's channels as they are over all regions.
  private var channels: ContiguousArray<ChannelPolicy>
  /// Beside the channels: the hour in which the window of the cap begins.
  private var hours: [Int32]
  /// Beside the channels: units that each claimed in its cap's window, that all claimed in it, and that each holds.
  private var used: [Quantity]
  private var usedByAll: [Quantity]
  private var held: [Quantity]
  /// Beside the channels: units that wait for goods to come.
  private var waiting: [Quantity]
  /// What the pools of each region can offer, from that of the first cell on.
  private var nets: ContiguousArray<Quantity> = []
  private var firstCell = 0
  /// How what is left is dealt out while regions are served one after another.
  var dealing = Dealing.toWhoeverComes

  enum Dealing {
    /// Each region may take all that is left.
    case toWhoeverComes
    /// As if whatever is not used up had no end, to see what a region would take.
    case withoutEnd
    /// Beside the channels: what the region under way may take; nil for any number.
    case inShares([Quantity?])
  }

  init(_ rules: Policy.ItemPolicy, _ hours: [Int32], _ cells: Range<Int>) {
    channels = rules.channels
    self.hours = hours
    used = channels.map { _ in 0 }
    usedByAll = used
    held = used
    waiting = used
    nets = ContiguousArray(repeating: 0, count: cells.count)
    firstCell = cells.lowerBound
  }

  /// Starts over for another item, of as many channels.
  mutating func start(_ rules: Policy.ItemPolicy, _ hours: [Int32], _ cells: Range<Int>) {
    channels = rules.channels
    self.hours = hours
    for channel in used.indices { (used[channel], usedByAll[channel], held[channel], waiting[channel]) = (0, 0, 0, 0) }
    nets.removeAll(keepingCapacity: true)
    for _ in cells { nets.append(0) }
    firstCell = cells.lowerBound
    dealing = .toWhoeverComes
  }

  /// Notes what the pools of a region can offer.
  mutating func offer(_ net: Quantity, in cell: Int) { nets[cell - firstCell] = net }

  /// Adds what was used and is held in one region.
  mutating func gather(_ cell: Int, _ snapshot: Snapshot, _ policyChannel: [Int?]) {
    for row in snapshot.grants.rows(of: cell) {
      guard let channel = policyChannel[Int(snapshot.grants.channel[row])] else { continue }
      held[channel] += snapshot.grants.activeProtected[row] + snapshot.grants.activeShared[row]
    }
    for row in snapshot.usage.rows(of: cell) {
      let (hour, units) = (snapshot.usage.hour[row], snapshot.usage.claimed[row])
      for index in hours.indices where hour >= hours[index] { usedByAll[index] += units }
      if let channel = policyChannel[Int(snapshot.usage.channel[row])], hour >= hours[channel] {
        used[channel] += units
      }
    }
  }

  /// Counts units that were claimed in an hour as sold from stock or, below 0, as not.
  mutating func countOfStock(_ units: Quantity, from hour: Int32) {
    for index in hours.indices where hour >= hours[index] { usedByAll[index] += units }
  }

  /// Counts units that wait for goods to come since before.
  mutating func gatherWaiting(_ units: Quantity, _ channel: Int) { waiting[channel] += units }

  /// Counts units of goods to come that are claimed now.
  mutating func countInbound(_ units: Quantity, _ channel: Int) {
    used[channel] += units
    waiting[channel] += units
    deal(units, channel)
  }

  mutating func uncountInbound(_ units: Quantity, _ channel: Int, from hour: Int32) {
    waiting[channel] -= units
    if hour >= hours[channel] { used[channel] -= units }
    deal(-units, channel)
  }

  /// Counts units that waited for goods to come as units of stock.
  mutating func hold(_ units: Quantity, _ channel: Int) {
    waiting[channel] -= units
    held[channel] += units
    deal(units, channel)
  }

  /// Counts units that are claimed now.
  mutating func count(_ units: Quantity, _ channel: Int) {
    used[channel] += units
    held[channel] += units
    for index in usedByAll.indices { usedByAll[index] += units }
    deal(units, channel)
  }

  /// Takes units out that were claimed in an hour.
  mutating func uncount(_ units: Quantity, _ channel: Int, from hour: Int32) {
    held[channel] -= units
    if hour >= hours[channel] { used[channel] -= units }
    for index in hours.indices where hour >= hours[index] { usedByAll[index] -= units }
    deal(-units, channel)
  }

  private mutating func deal(_ units: Quantity, _ channel: Int) {
    guard case .inShares(var shares) = dealing, let share = shares[channel] else { return }
    shares[channel] = share - units
    dealing = .inShares(shares)
  }

  /// Units that a channel may still claim in all regions together, below 0 where it has more than it may; nil for any
  /// number.
  func rest(_ channel: Int) -> Quantity? {
    var rest: Quantity?
    switch channels[channel].cap {
    case nil: break
    case .units(let units): rest = units - used[channel]
    case .share(let rate):
      let available = nets.reduce(0) { $0 + max(0, $1) }
      rest = rate.floor(of: available + usedByAll[channel]) - used[channel]
    }
    guard let maximum = channels[channel].share.maximum else { return rest }
    return min(rest ?? .max, maximum - held[channel])
  }

  /// Units that the region under way may claim for a channel; nil for any number.
  func left(_ channel: Int) -> Quantity? { dealt(rest(channel), channel) }

  /// Units of stock that the claims of a channel that wait may take in the region under way: its cap counts them already.
  func leftToHold(_ channel: Int) -> Quantity? {
    dealt(channels[channel].share.maximum.map { $0 - held[channel] }, channel)
  }

  /// Units by which more wait for a channel in all regions together than may, or below 0 than could; nil for any number.
  func waitingAboveLimit(_ channel: Int) -> Quantity? {
    mostWaiting(channel).map { waiting[channel] - $0 }
  }

  /// The most units that may wait for a channel in all regions together; nil for any number.
  func mostWaiting(_ channel: Int) -> Quantity? { channels[channel].backorder?.maxUnits }

  /// Units of goods to come that the orders of a channel may claim in the region under way; nil for any number.
  func leftToWait(_ channel: Int) -> Quantity? {
    let share = channels[channel].share.maximum.map { $0 - held[channel] - waiting[channel] }
    let limits = [rest(channel), share, waitingAboveLimit(channel).map { -$0 }]
    return dealt(limits.compactMap(\.self).min(), channel)
  }

  private func dealt(_ rest: Quantity?, _ channel: Int) -> Quantity? {
    let rest = rest.map { max(0, $0) }
    switch dealing {
    case .toWhoeverComes: return rest
    case .withoutEnd: return rest == 0 ? 0 : nil
    case .inShares(let shares): return [rest, shares[channel].map { max(0, $0) }].compactMap(\.self).min()
    }
  }

  /// The cap and the maximum of a channel, where nothing is left of them for all regions.
  func obstacles(_ channel: Int, _ name: ChannelID) -> [Obstacle] {
    let rules = channels[channel]
    let base = nets.reduce(usedByAll[channel]) { $0 + max(0, $1) }
    let cap = rules.capUse(used: used[channel], of: base, isOverall: true)
    let most = rules.share.maximum.flatMap { $0 <= held[channel] + waiting[channel] ? $0 : nil }
    return (cap.map { [.cap(name, $0)] } ?? []) + (most.map { [.maximum(name, $0, isOverall: true)] } ?? [])
  }

  func isOpen(_ channel: Int) -> Bool { channels[channel].isOpen }

  /// Grants of a region, as far as what is left for all regions allows.
  func limited(_ grants: ContiguousArray<Grant>) -> ContiguousArray<Grant> {
    var limited = grants
    for channel in grants.indices {
      if let left = left(channel) { limited[channel].capLeft = min(limited[channel].capLeft ?? left, left) }
    }
    return limited
  }
}
