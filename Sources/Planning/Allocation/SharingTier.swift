/// The channels of one tier that share by weight, as far as they sell from the shared pool.
struct SharingTier: Hashable, Sendable {
  /// In channel order.
  var channels: [Int]

  /// Those of more channels than one, which may each claim their part at once and no more.
  static func tiers(of channels: ContiguousArray<ChannelPolicy>, _ serving: [Round]) -> [SharingTier] {
    serving.filter(\.isShared).flatMap { round in
      let members = round.channels.filter { channels[$0].isOpen && channels[$0].mayUseShared }
      return Set(members.map { channels[$0].rank }).sorted().map { rank in
        SharingTier(channels: members.filter { channels[$0].rank == rank })
      }.filter { $0.channels.count > 1 }
    }
  }

  /// Beside the channels: the others that are to have so many units at least before it has more than its own, which are
  /// those of its round, if that shares, and those of earlier ones that do.
  static func minimums(kept channels: ContiguousArray<ChannelPolicy>, _ serving: [Round]) -> [[Int]] {
    var kept = channels.map { _ in [Int]() }
    var before: [Int] = []
    for round in serving {
      let own = round.isShared ? round.channels.filter { channels[$0].unmetMinimum(held: 0) > 0 } : []
      for channel in round.channels { kept[channel] = before + own.filter { $0 != channel } }
      before += own
    }
    return kept
  }
}
