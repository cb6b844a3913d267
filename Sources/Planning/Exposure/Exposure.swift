import Operations

/// What one channel of one item holds and has sold: the inputs of its grant beside the policy.
struct ChannelUse: Hashable, Sendable {
  /// Units that claims drew from the channel's own protection and that still count against it.
  var consumed: Quantity = 0
  /// Of `consumed`, what has left the building and is therefore missing in on-hand.
  var consumedShipped: Quantity = 0
  /// Units that purchase orders brought in while the channel's protection holds, if it keeps a share of them.
  var received: Quantity = 0
  /// Units that the channel claimed, from any pool, in its cap's window.
  var used: Quantity = 0
  /// Units that all channels claimed in this channel's cap window.
  var usedByAll: Quantity = 0
  /// Units that the channel took from the shared pool within `DemandWindow.span`.
  var soldFromShared: Quantity = 0
  /// Units of what is on hand that the channel's active claims hold.
  var held: Quantity = 0
  /// Units that could leave for its orders if nobody had anything, for a channel whose orders cannot leave from everywhere.
  var reachable: Quantity = 0
}

/// The time over which recent sales are measured, for the latency buffer.
enum DemandWindow {
  static let span = TimeSpan(milliseconds: 24 * 3_600_000)
}

/// Grants and publications of one item.
///
/// - Source: domain.md §2.4.
struct Exposure {
  var grants: ContiguousArray<Grant> = []
  var shared: Quantity = 0
  var published: ContiguousArray<Quantity> = []
  /// Protected units that are not there, by channel.
  private(set) var unmet: [(channel: Int, units: Quantity)] = []
  /// Units of what channels that share are to have first and that are not there, by channel.
  private(set) var unmetMinimums: [(channel: Int, units: Quantity)] = []
  /// Units by which what is used stands above the cap, by channel.
  private(set) var overused: [(channel: Int, units: Quantity)] = []

  /// Shares out what is left of an item among the channels.
  ///
  /// 1. Tiers ascending, with `rem` the units left: g = max(0, protected − consumed) where Σ g fits into rem, else rem is
  ///    apportioned, going on from what is consumed: over the protected units in a strict tier, by the channels' weights
  ///    and minimums up to the protected units in those that share.
  /// 2. shared = A − Σ g. A debt (more claimed than there is) stays in shared, below 0.
  /// 3. The cap leaves cap − used, and the maximum of a share leaves maximum − held; one that is below what is used
  ///    already leaves 0 and cancels nothing.
  /// - Parameters:
  ///   - net: Σ ATF − units claimed on no node; below 0 when more is claimed than there is.
  ///   - onHand: units on hand in all nodes: the base of percentages.
  mutating func grant(
    net: Quantity, onHand: Quantity, policy: borrowing Policy.ItemPolicy, use: borrowing ContiguousArray<ChannelUse>
  ) {
    let available = max(0, net)
    let count = policy.channels.count
    if grants.count != count {
      grants = ContiguousArray(repeating: Grant(), count: count)
      published = ContiguousArray(repeating: 0, count: count)
    }
    if !unmet.isEmpty { unmet.removeAll(keepingCapacity: true) }
    if !unmetMinimums.isEmpty { unmetMinimums.removeAll(keepingCapacity: true) }
    if !overused.isEmpty { overused.removeAll(keepingCapacity: true) }
    var rest = available
    for round in policy.granting {
      if round.isShared { compareMinimums(of: round, rest, policy, use) }
      rest -= grantProtection(of: round, rest, onHand, policy, use)
    }
    shared = net < 0 ? net : rest
    for index in 0..<count {
      let channel = policy.channels[index]
      grants[index].mayUseShared = channel.mayUseShared
      var left: Quantity?
      switch channel.cap {
      case nil: break
      case .units(let units): left = units - use[index].used
      case .share(let rate): left = rate.floor(of: available + use[index].usedByAll) - use[index].used
      }
      if let maximum = channel.share.maximum { left = min(left ?? .max, maximum - use[index].held) }
      if let over = left, over < 0, channel.isOpen { overused.append((index, -over)) }
      grants[index].capLeft = left.map { max(0, $0) }
    }
  }

  /// Sets aside what the channels of a round are to have before the others get more, tier by tier, and notes what is missing.
  /// What a channel's claims hold counts.
  private mutating func compareMinimums(
    of round: Round, _ rest: Quantity, _ policy: borrowing Policy.ItemPolicy,
    _ use: borrowing ContiguousArray<ChannelUse>
  ) {
    var left = rest
    for index in round.channels where policy.channels[index].isOpen {
      let share = policy.channels[index].share
      let wanted = max(0, min(share.minimum, share.maximum ?? .max) - use[index].held)
      let units = min(wanted, left)
      left -= units
      if units < wanted { unmetMinimums.append((index, wanted - units)) }
    }
  }

  /// - Returns: the units granted to the round.
  private mutating func grantProtection(
    of round: Round, _ rest: Quantity, _ onHand: Quantity, _ policy: borrowing Policy.ItemPolicy,
    _ use: borrowing ContiguousArray<ChannelUse>
  ) -> Quantity {
    var wanted: Quantity = 0
    for index in round.channels {
      grants[index].protected = Self.protectedLeft(policy.channels[index], onHand: onHand, use[index])
      wanted += grants[index].protected
    }
    guard wanted > rest else { return wanted }
    let sharers = round.channels.map { index in
      let channel = policy.channels[index]
      let protected = Self.protected(channel, onHand, use[index])
      return round.isShared ? Sharer(channel, cap: protected) : Sharer(entitledTo: protected)
    }
    let shares = share(rest, among: sharers, taken: round.channels.map { use[$0].consumed }, by: apportion)
    for (index, share) in zip(round.channels, shares) {
      if share < grants[index].protected { unmet.append((index, grants[index].protected - share)) }
      grants[index].protected = share
    }
    return rest
  }

  // Both are called for each channel of each item: a call would copy all that holds for the channel.
  /// What of a channel's protection is not used up, whether it is there or not.
  @inline(__always)
  static func protectedLeft(_ channel: ChannelPolicy, onHand: Quantity, _ use: ChannelUse) -> Quantity {
    max(0, protected(channel, onHand, use) - use.consumed)
  }

  /// A percentage has the base on-hand + what was consumed and has left, so that selling does not erode it twice.
  /// What was kept of units that were to come stays kept once they are there. What a channel could not claim is not kept
  /// for it either.
  @inline(__always)
  private static func protected(_ channel: ChannelPolicy, _ onHand: Quantity, _ use: ChannelUse) -> Quantity {
    guard let policy = channel.protection else { return 0 }
    let arrived = policy.shareOfInbound.floor(of: use.received)
    let units =
      switch policy.amount {
      case nil: arrived
      case .units(let units): units + arrived
      case .shareOfOnHand(let rate): rate.floor(of: max(0, onHand) + use.consumedShipped) + arrived
      }
    return channel.share.maximum.map { min(units, $0) } ?? units
  }

  /// Takes what claims left of an offer.
  /// - Parameter offered: where what could be claimed was less than the grants: what that was.
  mutating func draw(_ left: ContiguousArray<Grant>, of offered: ContiguousArray<Grant>?) {
    guard let offered else {
      grants = left
      return
    }
    for index in grants.indices {
      grants[index].protected = left[index].protected
      guard let cap = grants[index].capLeft, let before = offered[index].capLeft, let after = left[index].capLeft else {
        continue
      }
      grants[index].capLeft = cap - (before - after)
    }
  }

  /// What each channel is told: pub = max(0, min(max, ⌊ats · exposure⌋) − buffer), and 0 below the minimum.
  /// - Parameter grants: what orders may claim when they are placed.
  mutating func publish(
    _ grants: ContiguousArray<Grant>, policy: borrowing Policy.ItemPolicy, use: borrowing ContiguousArray<ChannelUse>,
    buffers: inout BufferTable
  ) {
    var sold: Quantity = 0
    for index in 0..<grants.count { sold += use[index].soldFromShared }
    for index in 0..<grants.count {
      let channel = policy.channels[index]
      var units = min(channel.maxPublish, channel.exposure.floor(of: grants[index].available(shared: shared)))
      if units > 0, channel.mayUseShared, let buffer = channel.buffer {
        units = max(0, units - buffers.units(buffer, soldByOthers: sold - use[index].soldFromShared))
      }
      published[index] = units < channel.minPublish ? 0 : units
    }
  }
}

/// Remembers latency buffers: the same few means occur for a million items.
struct BufferTable {
  private struct Key: Hashable {
    var sold: Quantity
    var buffer: ChannelPolicy.Buffer
  }

  private var known: [Key: Quantity] = [:]

  mutating func units(_ buffer: ChannelPolicy.Buffer, soldByOthers sold: Quantity) -> Quantity {
    switch buffer {
    case .fixed(let units): return units
    case .latency(let latency, let risk):
      guard sold > 0 else { return 0 }
      let key = Key(sold: sold, buffer: buffer)
      if let units = known[key] { return units }
      let units = latencyBuffer(sold: sold, in: DemandWindow.span, latency: latency, risk: risk)
      known[key] = units
      return units
    }
  }
}
