import Operations

/// Shares out stock as `fairShare` does, so that less stock never raises a share.
///
/// Minimums are set aside first, and tiers are raised one after the other, as there. Inside a tier one unit at a time goes
/// to the largest w/(g+½), where g is what the sharer has above its minimum (Webster's rule), ties to the first. So all
/// units that could ever be handed out stand in one fixed order, and a stock of n units means the first n of them: this
/// is what makes it monotone, and what lets it go on from what is taken. Largest remainder has no such order.
/// - Returns: units beside `sharers`. Σ = min(units, Σ caps); 0 ≤ share ≤ cap.
/// - Source: domain.md §2.4; Balinski and Young, Fair Representation (1982), for the monotony of divisor methods.
func apportion(_ units: Quantity, among sharers: [Sharer]) -> [Quantity] {
  share(units, among: sharers) { $0.byWebster }
}

/// Shares out `units` among entitlements in proportion to them: everything is granted when it fits.
/// - Parameter entitlements: in channel order, each at least 0.
/// - Returns: beside `entitlements`, never above it; the sum is min(units, Σ entitlements).
public func apportion(_ entitlements: [Quantity], _ units: Quantity) -> [Quantity] {
  apportion(units, among: entitlements.map(Sharer.init(entitledTo:)))
}

extension Sharer {
  /// One whose weight is what it is entitled to, which is also the most that it can take.
  init(entitledTo units: Quantity) {
    self.init(rank: 0, weight: max(1, units), minimum: 0, cap: units)
  }
}

extension FilledRooms {
  /// Webster's rounding. The units handed out one by one are worked out in one step up to the last few, so that a
  /// million units cost no more than ten.
  var byWebster: [Quantity] {
    guard !remainders.isEmpty else { return floors }
    // Webster's share lies less than one unit for each sharer below the exact level: start there, hand out the rest.
    let slack = Quantity(rooms.count)
    var shares = floors.map { max(0, $0 - slack) }
    var rest = left + zip(floors, shares).reduce(0) { $0 + $1.0 - $1.1 }
    while rest > 0 {
      var best: Int?
      for index in rooms.indices where shares[index] < rooms[index] {
        guard let leader = best else {
          best = index
          continue
        }
        // w/(g+½) compared by cross multiplication, exactly.
        if Int128(weights[index]) * Int128(2 * shares[leader] + 1)
          > Int128(weights[leader]) * Int128(2 * shares[index] + 1)
        {
          best = index
        }
      }
      guard let best else { break }
      shares[best] += 1
      rest -= 1
    }
    return shares
  }
}

/// Shares out `units` among sharers of whom each has taken some already: the same rule, going on from there.
///
/// Whoever has more than its share keeps it and gets nothing, and the others share what is left. So a unit that someone
/// takes of its own share changes nobody's share.
/// - Parameter rule: `fairShare` or `apportion`.
/// - Returns: what each gets beside what it has taken, beside `sharers`. A sharer's minimum and cap count what it has
///   taken.
func share(
  _ units: Quantity, among sharers: [Sharer], taken: [Quantity], by rule: (Quantity, [Sharer]) -> [Quantity]
) -> [Quantity] {
  var result = sharers.map { _ in Quantity(0) }
  var open = sharers.indices.filter { index in sharers[index].cap.map { taken[index] < $0 } ?? true }
  while !open.isEmpty {
    let shares = rule(open.reduce(units) { $0 + taken[$1] }, open.map { sharers[$0] })
    let pairs = Array(zip(open, shares))
    open = pairs.filter { taken[$0.0] <= $0.1 }.map(\.0)
    guard open.count == pairs.count else { continue }
    for (index, share) in pairs { result[index] = share - taken[index] }
    break
  }
  return result
}
