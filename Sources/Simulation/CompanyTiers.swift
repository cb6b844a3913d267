import TestSupport

/// How the tiers of a company are served when stock is short.
extension Company {
  /// A channel's part in a tier that shares by weight.
  struct Share: Hashable, Sendable {
    var weight: Int
    var minimum: Int
    /// How far the maximum is above the minimum; nil: there is none.
    var room: Int?
  }

  /// What the tiers `t0`, `t1` and `t2` say.
  struct Tiers: Hashable, Sendable {
    var ranks = [1, 2, 2]
    /// The ranks whose tiers share by weight: tiers of one rank do it alike.
    var shared: Set<Int> = []
    var reallocation = ["none", "none", "none"]

    /// Tiers of which mostly some take and others lose, so that a shortage moves claims.
    static func random(_ random: inout SplitMix64) -> Tiers {
      let words = ["win", "gain", "redistribute", "redistribute", "fill", "lose", "lose"]
      return Tiers(
        ranks: (0..<3).map { _ in random.number(1...3) }, shared: Set((1...3).filter { _ in random.chance(50) }),
        reallocation: (0..<3).map { _ in random.pick(words) })
    }

    func isShared(_ tier: Int) -> Bool { shared.contains(ranks[tier]) }

    var documents: [String] {
      ranks.indices.map { tier in
        "kind: AllocationTier\nname: t\(tier)\nrank: \(ranks[tier])\nrule: \(isShared(tier) ? "fair_share" : "strict")\n"
          + "reallocation: \(reallocation[tier])"
      }
    }
  }

  mutating func changeTiers(_ random: inout SplitMix64) {
    let tier = random.number(0...2)
    switch random.number(0...3) {
    case 0: tiers.ranks[tier] = random.number(1...3)
    case 1: tiers.shared.formSymmetricDifference([random.number(1...3)])
    default: tiers.reallocation[tier] = random.pick(["none", "win", "gain", "redistribute", "fill", "lose"])
    }
    dropUnusedShares()
  }

  mutating func changeShare(of channel: Int, _ random: inout SplitMix64) {
    channels[channel].share =
      random.chance(20)
      ? nil
      : Share(
        weight: random.number(1...4), minimum: random.pick([0, 0, 2, 8]),
        room: random.chance(30) ? random.number(0...9) : nil)
    dropUnusedShares()
  }

  /// A share in a tier that shares nothing out is refused.
  mutating func dropUnusedShares() {
    for channel in channels.indices where !tiers.isShared(channels[channel].tier) { channels[channel].share = nil }
  }
}

extension Company.Channel {
  /// A minimum above the cap could never be had.
  private var shareMinimum: Int {
    let minimum = share?.minimum ?? 0
    return if case .units(let units) = cap?.amount { min(units, minimum) } else { minimum }
  }

  /// Nil: any number.
  var shareMaximum: Int? { share?.room.map { shareMinimum + $0 } }

  var shareField: String {
    guard let share else { return "" }
    return "\nshare: {weight: \(share.weight), min_units: \(shareMinimum)"
      + (shareMaximum.map { ", max_units: \($0)" } ?? "") + "}"
  }
}
