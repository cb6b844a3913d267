import Operations

/// The claims of an item that a shortage may take, weakest first: soft before hard, low priority before high, the newest
/// before the oldest.
struct Holdings {
  struct Holding {
    let claim: HeldClaim
    /// The index of its channel in the policy.
    let channel: Int
    let priority: Int64
    /// Units that it still has.
    var units: Quantity

    fileprivate func isWeaker(than other: Holding) -> Bool {
      let isSoft = (claim.expiresAt != nil, other.claim.expiresAt != nil)
      if isSoft.0 != isSoft.1 { return isSoft.0 }
      if priority != other.priority { return priority < other.priority }
      if claim.claimedAt != other.claim.claimedAt { return claim.claimedAt > other.claim.claimedAt }
      return claim.id > other.claim.id
    }
  }

  private(set) var all: [Holding]

  init(_ holdings: [Holding]) { all = holdings.sorted { $0.isWeaker(than: $1) } }

  func units(where isMeant: (Holding) -> Bool) -> Quantity {
    all.reduce(0) { isMeant($1) ? $0 + $1.units : $0 }
  }

  /// Chooses who gives up units, and counts them as given.
  ///
  /// Those that lose give first, and then the others; among either the lowest rank gives before the next. Channels of one
  /// rank that share by weight keep what they have by weight; in a strict tier the weakest claim gives first, whose ever it
  /// is.
  /// - Parameters:
  ///   - units: what is needed; less is given where there is less.
  ///   - held: all that each channel holds, beside the policy's channels.
  ///   - isMeant: whether a claim may be taken.
  /// - Returns: indexes into `all`, with units, in the order of giving.
  mutating func give(
    _ units: Quantity, _ policy: Policy.ItemPolicy, held: (Int) -> Quantity, where isMeant: (Holding) -> Bool
  ) -> [(holding: Int, units: Quantity)] {
    var groups: [[Int]: [Int]] = [:]
    for index in all.indices where all[index].units > 0 && isMeant(all[index]) {
      let channel = policy.channels[all[index].channel]
      groups[[channel.reallocation == .lose ? 0 : 1, -Int(channel.rank)], default: []].append(index)
    }
    var given: [(holding: Int, units: Quantity)] = []
    var rest = units
    for (_, members) in groups.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) where rest > 0 {
      let total = members.reduce(0) { $0 + all[$1].units }
      let needed = min(rest, total)
      rest -= needed
      for (members, units) in shares(of: members, total: total, needed: needed, policy, held) {
        given += give(units, of: members)
      }
    }
    return given
  }

  /// Takes units of some claims, weakest first.
  mutating func give(_ units: Quantity, of members: [Int]) -> [(holding: Int, units: Quantity)] {
    var given: [(holding: Int, units: Quantity)] = []
    var rest = units
    for index in members where rest > 0 {
      let taken = min(rest, all[index].units)
      guard taken > 0 else { continue }
      all[index].units -= taken
      rest -= taken
      given.append((index, taken))
    }
    return given
  }

  /// How many units the claims of one rank give: each channel's of its own, or all of them together.
  private func shares(
    of members: [Int], total: Quantity, needed: Quantity, _ policy: Policy.ItemPolicy, _ held: (Int) -> Quantity
  ) -> [(members: [Int], units: Quantity)] {
    let ofChannel = Dictionary(grouping: members) { all[$0].channel }.sorted { $0.key < $1.key }
    guard ofChannel.count > 1, ofChannel.allSatisfy({ policy.channels[$0.key].rule == .fairShare }) else {
      return [(members, needed)]
    }
    let units = ofChannel.map { $0.value.reduce(0) { $0 + all[$1].units } }
    let sharers = ofChannel.map { Sharer(policy.channels[$0.key], cap: held($0.key)) }
    let kept = share(
      total - needed, among: sharers, taken: zip(ofChannel, units).map { held($0.key) - $1 }, by: apportion)
    return ofChannel.indices.map { (ofChannel[$0].value, units[$0] - kept[$0]) }
  }
}
