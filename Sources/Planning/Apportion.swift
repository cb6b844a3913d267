import Operations

/// Shares out `units` among entitlements so that less to share never raises a share.
///
/// Everything is granted when it fits; otherwise one unit at a time goes to the largest P/(g+½) (Webster's rule), ties
/// to the first. Largest remainder is not used because it is not monotone. The units handed out one by one are worked
/// out in one step up to the last few, so that a million units cost no more than ten.
/// - Parameter entitlements: in channel order, each at least 0.
/// - Returns: beside `entitlements`, never above it; the sum is min(units, Σ entitlements).
/// - Source: domain.md §2.4; Balinski and Young, Fair Representation (1982), for the monotony of divisor methods.
public func apportion(_ entitlements: [Quantity], _ units: Quantity) -> [Quantity] {
  let total = entitlements.reduce(0, +)
  guard units < total else { return entitlements }
  guard units > 0 else { return entitlements.map { _ in 0 } }
  // Webster's share lies within one unit for each sharer of the exact quota: start below it and hand out the rest.
  let slack = Quantity(entitlements.count)
  var shares = entitlements.map { entitlement -> Quantity in
    let quota = total.dividingFullWidth(entitlement.multipliedFullWidth(by: units)).quotient
    return max(0, quota - slack)
  }
  var rest = units - shares.reduce(0, +)
  while rest > 0 {
    var best: Int?
    for index in entitlements.indices where shares[index] < entitlements[index] {
      guard let current = best else {
        best = index
        continue
      }
      // P/(g+½) compared by cross multiplication, exactly.
      let candidate = entitlements[index].multipliedFullWidth(by: 2 * shares[current] + 1)
      let leader = entitlements[current].multipliedFullWidth(by: 2 * shares[index] + 1)
      if (candidate.high, candidate.low) > (leader.high, leader.low) { best = index }
    }
    guard let best else { break }
    shares[best] += 1
    rest -= 1
  }
  return shares
}

/// Shares out `units` among entitlements of which each sharer has taken some already: the same rule, going on from there.
///
/// Whoever has more than its share keeps it and gets nothing, and the others share what is left. So a unit that someone
/// takes of its own share changes nobody's share.
/// - Returns: what each gets beside what it has taken, beside `entitlements`.
public func apportion(_ entitlements: [Quantity], taken: [Quantity], _ units: Quantity) -> [Quantity] {
  var result = entitlements.map { _ in Quantity(0) }
  var sharers = entitlements.indices.filter { taken[$0] < entitlements[$0] }
  while !sharers.isEmpty {
    let shares = apportion(sharers.map { entitlements[$0] }, sharers.reduce(units) { $0 + taken[$1] })
    let pairs = Array(zip(sharers, shares))
    sharers = pairs.filter { taken[$0.0] <= $0.1 }.map(\.0)
    guard sharers.count == pairs.count else { continue }
    for (index, share) in pairs { result[index] = share - taken[index] }
    break
  }
  return result
}
