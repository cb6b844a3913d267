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

  /// The rounds of some channels, first to last.
  static func rounds(of channels: some RandomAccessCollection<ChannelPolicy>) -> [Round] {
    var ranks: [Int64: [Int]] = [:]
    for (index, channel) in channels.enumerated() { ranks[channel.rank, default: []].append(index) }
    var rounds: [Round] = []
    for (_, members) in ranks.sorted(by: { $0.key < $1.key }) {
      let isShared = members.allSatisfy { index in
        channels[channels.index(channels.startIndex, offsetBy: index)].rule == .fairShare
      }
      if isShared, let last = rounds.indices.last, rounds[last].isShared {
        rounds[last].channels += members
      } else {
        rounds.append(Round(isShared: isShared, channels: members))
      }
    }
    return rounds
  }
}
