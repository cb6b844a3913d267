public import Operations

/// One that shares in stock of which there is not enough.
public struct Sharer: Hashable, Sendable {
  /// Its tier: the lowest rank is served first.
  public var rank: Int64
  /// How fast it is filled beside the others of its tier; at least 1.
  public let weight: Int64
  /// Units that are set aside for it before anyone gets more than their own minimum.
  public var minimum: Quantity
  /// The most it can take: min(maximum, demand), below 0 counts as 0; nil: any number.
  public var cap: Quantity?

  public init(rank: Int64, weight: Int64, minimum: Quantity, cap: Quantity?) {
    precondition(weight > 0, "a weight is checked where it is read")
    self.rank = rank
    self.weight = weight
    self.minimum = minimum
    self.cap = cap
  }
}

/// Shares out stock by tier and, inside a tier, in proportion to weights.
///
/// 1. Tier by tier, and in the given order inside a tier, min(minimum, cap, what is left) is set aside.
/// 2. Tier by tier all sharers are raised above that, each by w·λ with one λ for the tier, until each is at its cap or the
///    stock ends; only what a tier cannot take flows to the next.
///
/// Whole units: the continuous level rounded down, then one more each by largest remainder, ties in the given order. At
/// most one tier is left between its minimum and its caps, so nothing is ever rounded across tiers. All of it is exact and
/// costs the same for ten units as for a billion.
///
/// Less stock can raise a share by one unit: weights 1, 3, 3 get 0, 2, 2 of four units and 1, 1, 1 of three (the Alabama
/// paradox of largest remainder). Stored grants of protected stock need `apportion`, which is monotone.
/// - Parameters:
///   - available: units to share out; below 0 counts as 0.
///   - sharers: in the order of their ids, which is what breaks ties; tiers may stand mixed. Their units may be up to
///     `Limits.quantity` and their weights anything.
/// - Returns: units beside `sharers`. Σ = min(available, Σ caps); 0 ≤ share ≤ cap; |share − continuous level| < 1.
/// - Source: weighted max-min fairness by filling (Bertsekas and Gallager, Data Networks, 1992, §6.5); Hamilton's rounding
///   (Balinski and Young, Fair Representation, 1982).
public func fairShare(of available: Quantity, among sharers: [Sharer]) -> [Quantity] {
  share(available, among: sharers) { $0.byLargestRemainder }
}

/// The two steps of sharing by tier; `rounding` makes whole units of the levels inside a tier.
func share(
  _ available: Quantity, among sharers: [Sharer], rounding: (FilledRooms) -> [Quantity]
) -> [Quantity] {
  var rest = max(0, available)
  var shares = sharers.map { _ in Quantity(0) }
  let order = sharers.indices.sorted { (sharers[$0].rank, $0) < (sharers[$1].rank, $1) }
  for index in order {
    shares[index] = max(0, min(sharers[index].minimum, sharers[index].cap ?? rest, rest))
    rest -= shares[index]
  }
  var start = order.startIndex
  while start < order.endIndex, rest > 0 {
    let rank = sharers[order[start]].rank
    let tier = order[start...].prefix { sharers[$0].rank == rank }
    // Nobody can take more than is left, which also bounds those without a cap.
    let rooms = tier.map { index in min(rest, sharers[index].cap.map { max(0, $0 - shares[index]) } ?? rest) }
    let raised = rounding(FilledRooms(rooms, weights: tier.map { sharers[$0].weight }, with: rest))
    for (index, units) in zip(tier, raised) {
      shares[index] += units
      rest -= units
    }
    start = tier.endIndex
  }
  return shares
}

/// Rooms that were filled at a speed that is their weight until they were full or the units ended: exactly, in
/// fractions of a unit.
struct FilledRooms {
  let rooms: [Quantity]
  let weights: [Int64]
  /// The level of each room, rounded down.
  private(set) var floors: [Quantity]
  /// Units that rounding down leaves.
  private(set) var left: Quantity
  /// The rooms in which the units ended, and what was rounded off, all over one denominator.
  private(set) var remainders: [(of: Int, units: Int128)] = []

  init(_ rooms: [Quantity], weights: [Int64], with units: Quantity) {
    self.rooms = rooms
    self.weights = weights
    floors = rooms.map { _ in Quantity(0) }
    var rest = Int128(units)
    var weight = weights.reduce(0) { $0 + Int128($1) }
    // In the order in which they become full: by room / weight.
    var open = rooms.indices.sorted {
      Int128(rooms[$0]) * Int128(weights[$1]) < Int128(rooms[$1]) * Int128(weights[$0])
    }[...]
    while let first = open.first, Int128(rooms[first]) * weight <= rest * Int128(weights[first]) {
      floors[first] = rooms[first]
      rest -= Int128(rooms[first])
      weight -= Int128(weights[first])
      open.removeFirst()
    }
    // The rest ends inside every open room: the level of each is rest · w / weight.
    left = open.isEmpty ? 0 : Quantity(rest)
    for index in open {
      let level = (rest * Int128(weights[index])).quotientAndRemainder(dividingBy: weight)
      floors[index] = Quantity(level.quotient)
      left -= floors[index]
      remainders.append((index, level.remainder))
    }
  }

  /// Hamilton's rounding: one more for those of whom most was rounded off, ties to the first.
  var byLargestRemainder: [Quantity] {
    var filled = floors
    let order = remainders.sorted { ($1.units, $0.of) < ($0.units, $1.of) }
    for remainder in order.prefix(Int(left)) { filled[remainder.of] += 1 }
    return filled
  }
}
