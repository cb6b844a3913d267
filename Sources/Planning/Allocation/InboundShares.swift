import Operations

/// What the channels may claim of one purchase-order line before it has arrived.
///
/// A channel whose protection keeps a share of what is to come has that share to itself for as long as the protection
/// holds; what is kept for nobody is for everyone. When the window closes the shares are gone, and everything is for
/// everyone again without another change. What has arrived meanwhile is shared out by `Exposure`.
struct InboundShares: Hashable, Sendable {
  /// Beside the channels: units that are kept for each, beyond what it has claimed.
  private(set) var kept: [Quantity]
  /// Units that nobody has claimed and that are kept for nobody.
  private(set) var free: Quantity

  /// Shares out a line's units by the rule of on-hand protection: tier by tier what is protected and not claimed yet, and
  /// in the first tier that does not fit by Webster's rule, going on from what each has claimed. A claim counts first
  /// against its own channel's share, whichever it was before.
  /// - Parameters:
  ///   - expected: units of the line that can be counted on.
  ///   - rates: beside the channels.
  ///   - claimed: units of the line that each channel's claims hold.
  ///   - claimedByOthers: what claims of channels hold that are in no policy any more.
  ///   - tiers: channel indexes by rank.
  init(
    of expected: Quantity, rates: [Rate], claimed: [Quantity], claimedByOthers: Quantity = 0, tiers: [[Int]]
  ) {
    var rest = max(0, expected - claimed.reduce(claimedByOthers, +))
    kept = rates.map { _ in 0 }
    for tier in tiers {
      let shares = tier.map { rates[$0].floor(of: max(0, expected)) }
      var open = zip(tier, shares).map { channel, share in max(0, share - claimed[channel]) }
      if open.reduce(0, +) > rest {
        open = share(rest, among: shares.map(Sharer.init(entitledTo:)), taken: tier.map { claimed[$0] }, by: apportion)
      }
      for (channel, units) in zip(tier, open) { kept[channel] = units }
      rest -= open.reduce(0, +)
    }
    free = rest
  }

  /// Keeps more of what is free, tier by tier.
  /// - Parameters:
  ///   - units: beside the channels: what each is to have beyond what is kept for it.
  ///   - tiers: channel indexes by rank.
  mutating func keep(_ units: [Quantity], tiers: [[Int]]) {
    for tier in tiers {
      let wanted = tier.map { units[$0] }
      for (channel, given) in zip(tier, apportion(wanted, free)) {
        kept[channel] += given
        free -= given
      }
    }
  }

  /// The units that a channel may claim.
  func available(to channel: Int) -> Quantity { kept[channel] + free }

  /// Takes units for a channel, first from its own share: nobody else has less of theirs.
  /// - Parameter units: at most what is available to it.
  mutating func claim(_ units: Quantity, for channel: Int) {
    let own = min(units, kept[channel])
    kept[channel] -= own
    free -= units - own
  }
}

extension Policy.ItemPolicy {
  /// What each channel may claim of a purchase-order line; parameters as in `InboundShares`.
  /// - Parameter eta: when its goods are to come: a protection keeps a share of those only that come while it holds.
  func inboundShares(
    of expected: Quantity, eta: Instant, claimed: [Quantity], claimedByOthers: Quantity = 0
  ) -> InboundShares {
    let rates = channels.map { channel in
      channel.protection.map { $0.window.contains(hourFrom: eta.hour) ? $0.shareOfInbound : .none } ?? .none
    }
    return InboundShares(
      of: expected, rates: rates, claimed: claimed, claimedByOthers: claimedByOthers, tiers: granting.map(\.channels))
  }
}
