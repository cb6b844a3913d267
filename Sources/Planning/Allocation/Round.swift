/// Channels that are served together when stock does not suffice.
///
/// A strict tier is a round of its own: it is served in full before the next. Fair-share tiers that follow each other by
/// rank are one round, because what a later one must have at least stands before what an earlier one gets above its own
/// minimum.
struct Round: Hashable, Sendable {
  /// Whether its channels share by weight; else they are served by the order of what they ask for.
  var isShared: Bool
  /// Indexes of channels, by rank and then in channel order.
  var channels: [Int]

  /// The rounds in which protections are granted, by rank alone.
  static func granting(_ channels: ContiguousArray<ChannelPolicy>) -> [Round] {
    rounds(of: channels, turn: { _ in 0 }, isOwnRound: { _ in false })
  }

  /// The rounds in which open lines are served: those that win before all others, and those that lose after them. So
  /// nobody gets what another may take back at once; for the same reason a tier that may lose joins no earlier one.
  static func serving(_ channels: ContiguousArray<ChannelPolicy>) -> [Round] {
    rounds(
      of: channels, turn: { $0.reallocation == .win ? 0 : $0.reallocation == .lose ? 2 : 1 },
      isOwnRound: { $0.reallocation?.mayLose ?? false })
  }

  private static func rounds(
    of channels: ContiguousArray<ChannelPolicy>, turn: (ChannelPolicy) -> Int, isOwnRound: (ChannelPolicy) -> Bool
  ) -> [Round] {
    let order = channels.indices.sorted {
      (turn(channels[$0]), channels[$0].rank, $0) < (turn(channels[$1]), channels[$1].rank, $1)
    }
    var rounds: [Round] = []
    var start = order.startIndex
    var last: ChannelPolicy?
    while start < order.endIndex {
      let first = channels[order[start]]
      let tier = order[start...].prefix { turn(channels[$0]) == turn(first) && channels[$0].rank == first.rank }
      let isShared = tier.allSatisfy { channels[$0].rule == .fairShare }
      let mayJoin = last.map { turn($0) == turn(first) } ?? false
      if isShared, mayJoin, rounds.last?.isShared == true, !tier.contains(where: { isOwnRound(channels[$0]) }) {
        rounds[rounds.count - 1].channels += tier
      } else {
        rounds.append(Round(isShared: isShared, channels: Array(tier)))
      }
      last = first
      start = tier.endIndex
    }
    return rounds
  }
}
