import Operations

// What one channel's orders may claim beside what its grant and its caps say: what can leave for them, and their part where
// its tier shares by weight.
extension ItemPlanner {
  /// Units more that claims of a channel may hold, so that all of them could leave if nobody else had anything there; nil
  /// for any number. Wherever a claim is put, it stays the same.
  func room(_ channel: Int) -> Quantity? {
    frame.reach.narrow.first { $0.channel == channel }.map { room($0) }
  }

  /// The same for what it takes over from others, whose claims may lie there now.
  func ownRoom(_ channel: Int) -> Quantity? {
    frame.reach.narrow.contains { $0.channel == channel } ? max(0, use[channel].reachable - use[channel].held) : nil
  }

  private func room(_ narrow: Reach.Narrow) -> Quantity {
    max(0, use[narrow.channel].reachable - narrow.within.reduce(0) { $0 + use[$1].held })
  }

  /// The rooms of all channels that have one; nil where none has.
  var rooms: ClaimRooms? {
    frame.reach.narrow.isEmpty
      ? nil : ClaimRooms(frame.reach.narrow.map { (room($0), $0) }, channels: policy.channels.count)
  }

  /// Grants as far as caps over all regions and what can leave allow; nil where neither says anything.
  func limited() -> ContiguousArray<Grant>? {
    let limited = overall?.limited(exposure.grants)
    guard !frame.reach.narrow.isEmpty else { return limited }
    return withinReach(limited ?? exposure.grants)
  }

  /// Grants as far as what can leave allows. A room that has place for all that the channel could claim is no limit: what it
  /// claims takes as much of both, and a row that says nothing is not written anew with each sale.
  private func withinReach(_ grants: ContiguousArray<Grant>) -> ContiguousArray<Grant> {
    var grants = grants
    for narrow in frame.reach.narrow {
      let grant = grants[narrow.channel]
      let usable = grant.protected + (grant.mayUseShared ? max(0, exposure.shared) : 0)
      let room = room(narrow)
      if room < usable { grants[narrow.channel].limit(to: room) }
    }
    return grants
  }

  /// What orders may claim when they are placed. A channel of a tier that shares by weight may take no more at once than
  /// its part: who comes first does not get what is due to the others. What they do not ask for, the next plan gives to
  /// whoever is short, but for what is to be theirs at least. That is left for them by those who come later, too.
  /// - Parameter isOverall: whether caps over all regions stand in the grants too.
  func offered(_ rules: Policy.ItemPolicy, isOverall: Bool = true) -> ContiguousArray<Grant> {
    guard !frame.reach.narrow.isEmpty || !rules.sharing.isEmpty || rules.keepsMinimums else {
      return (isOverall ? overall?.limited(exposure.grants) : nil) ?? exposure.grants
    }
    let limited = limited() ?? exposure.grants
    var offered = isOverall ? limited : withinReach(exposure.grants)
    guard exposure.shared > 0 else { return offered }
    for tier in rules.sharing {
      for (channel, units) in zip(tier.channels, parts(of: tier, rules, limited)) {
        offered[channel].limit(to: exposure.grants[channel].protected + units)
      }
    }
    for channel in rules.minimumsKept.indices where !rules.minimumsKept[channel].isEmpty {
      let kept = keptForOthers(than: channel, rules)
      offered[channel].limit(to: exposure.grants[channel].protected + max(0, exposure.shared - kept))
    }
    return offered
  }

  /// Units of the shared pool that each channel of a tier may take if all of them ask for all that they may have.
  private func parts(
    of tier: SharingTier, _ rules: Policy.ItemPolicy, _ grants: ContiguousArray<Grant>
  ) -> [Quantity] {
    let others = rules.minimumsKept[tier.channels[0]].filter { !tier.channels.contains($0) }
    let kept = others.reduce(0) { $0 + unmetMinimum($1, rules) }
    let taken = tier.channels.map { channel in
      use[channel].held + min(grants[channel].protected, grants[channel].capLeft ?? .max)
    }
    let sharers = tier.channels.map { channel in
      let most = grants[channel].capLeft.map { use[channel].held + $0 }
      return Sharer(
        rules.channels[channel],
        cap: [most, rules.channels[channel].share.maximum].compactMap(\.self).min() ?? Limits.quantity)
    }
    return share(max(0, exposure.shared - kept), among: sharers, taken: taken, by: apportion)
  }

  /// Units of the shared pool that are left for others, so that each has what it is to have at least.
  func keptForOthers(than channel: Int, _ rules: Policy.ItemPolicy) -> Quantity {
    rules.minimumsKept[channel].reduce(0) { $0 + unmetMinimum($1, rules) }
  }

  func unmetMinimum(_ channel: Int, _ rules: Policy.ItemPolicy) -> Quantity {
    rules.channels[channel].unmetMinimum(held: use[channel].held + exposure.grants[channel].protected)
  }
}

extension ChannelPolicy {
  /// Units that it lacks of what it is to have at least, from stock that is for everyone.
  func unmetMinimum(held: Quantity) -> Quantity {
    guard isOpen, mayUseShared else { return 0 }
    return max(0, min(share.minimum, share.maximum ?? .max) - held)
  }
}

extension Grant {
  /// Lets no more be claimed than so many units.
  fileprivate mutating func limit(to units: Quantity) { capLeft = min(capLeft ?? .max, units) }
}

/// Units more that the claims of channels may hold whose orders cannot leave from every node. What one claims is missing to
/// all whose orders leave from there too.
struct ClaimRooms {
  /// Beside the policy's channels: nil for any number.
  private(set) var left: [Quantity?]
  /// Beside the policy's channels: whose rooms its claims lie in.
  private var takes: [[Int]]

  init(_ rooms: [(units: Quantity, narrow: Reach.Narrow)], channels: Int) {
    left = Array(repeating: nil, count: channels)
    takes = Array(repeating: [], count: channels)
    for (units, narrow) in rooms {
      left[narrow.channel] = units
      for channel in narrow.within { takes[channel].append(narrow.channel) }
    }
  }

  mutating func take(_ units: Quantity, for channel: Int) {
    for other in takes[channel] { left[other] = left[other].map { $0 - units } }
  }
}
