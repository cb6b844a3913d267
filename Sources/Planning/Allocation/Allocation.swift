import Operations

/// What one open order line gets.
struct Allocation: Hashable, Sendable {
  var claims: [PlannedClaim] = []
  /// Units that nothing covers.
  var missing: Quantity = 0
}

/// Gives what the grants allow to the open lines of one item, round after round.
///
/// A line takes its channel's own protection first and then the shared pool, never more than its cap has left: the same
/// rule by which an order claims at once when it is placed. In a strict round lines come by tier, then by priority, then
/// by age, then by id. In one that shares, the channels' lines together get what `sharedOut` gives the channel, and inside
/// a channel they come by the same order.
/// - Parameters:
///   - lines: in any order; the result stands beside them.
///   - channels: the index of each line's channel in the policy; nil for a channel that stands in no policy.
///   - held: the units that the channels' claims hold already, beside the policy's channels.
///   - rooms: what more can leave for orders of channels that cannot have everything; nil where all can.
///   - isKept: whether what a channel of a round that shares is to have at least and does not ask for is left for it, by
///     that round and those after it.
/// - Returns: what each line gets. `grants` and `shared` are left as they are after the claims.
func allocate(
  _ lines: [OpenLine], channels: [Int?], policy: Policy.ItemPolicy, held: ContiguousArray<Quantity>,
  grants: inout ContiguousArray<Grant>, shared: inout Quantity, rooms: ClaimRooms? = nil,
  keepingMinimums isKept: Bool = false
) -> [Allocation] {
  var rooms = rooms
  var given = held
  /// What is left of the shared pool for a channel besides what others are to have at least, who are not served with it.
  func pool(for channel: Int, in round: Round) -> Quantity {
    guard isKept, shared > 0 else { return shared }
    let kept = policy.minimumsKept[channel].reduce(0) { sum, other in
      round.isShared && round.channels.contains(other)
        ? sum : sum + policy.channels[other].unmetMinimum(held: given[other] + grants[other].protected)
    }
    return max(0, shared - kept)
  }
  var result = lines.map { Allocation(missing: $0.open) }
  let order = lines.indices.sorted { lines[$0].isServed(before: lines[$1]) }
  for round in policy.serving {
    let members = order.filter { index in channels[index].map(round.channels.contains) ?? false }
    guard !members.isEmpty else { continue }
    var limits: [Int: Quantity] = [:]
    if round.isShared {
      let demand = Dictionary(members.map { (channels[$0] ?? 0, lines[$0].open) }, uniquingKeysWith: +)
      let wanted = isKept ? withMinimums(demand, of: round, policy, held) : demand
      limits = sharedOut(wanted, of: round, policy, held, grants, pool(for: round.channels[0], in: round))
    }
    for index in members {
      guard let channel = channels[index] else { continue }
      let line = lines[index]
      let most = min(limits[channel] ?? line.open, rooms.map { max(0, $0.left[channel] ?? .max) } ?? line.open)
      let units = min(line.open, grants[channel].available(shared: pool(for: channel, in: round)), most)
      let own = min(units, grants[channel].protected)
      for (pool, quantity) in [(Pool.protected(line.channel), own), (.shared, units - own)] where quantity > 0 {
        result[index].claims.append(
          PlannedClaim(order: line.order, line: line.line, channel: line.channel, pool: pool, quantity: quantity))
      }
      grants[channel].protected -= own
      grants[channel].capLeft = grants[channel].capLeft.map { $0 - units }
      limits[channel] = limits[channel].map { $0 - units }
      shared -= units - own
      rooms?.take(units, for: channel)
      given[channel] += units
      result[index].missing -= units
    }
  }
  return result
}

/// How much the open lines of each channel of a round get together.
///
/// What a channel has and what its own protection covers is its own. The shared pool is shared out by the published rule
/// over all that its channels then have, going on from there, so that who was served before waits for the others.
/// - Parameter demand: by channel, in units that it asks for or that are to be left for it.
private func sharedOut(
  _ demand: [Int: Quantity], of round: Round, _ policy: Policy.ItemPolicy, _ held: ContiguousArray<Quantity>,
  _ grants: ContiguousArray<Grant>, _ shared: Quantity
) -> [Int: Quantity] {
  let members = round.channels.filter { demand[$0] != nil }
  let own = members.map { min(demand[$0] ?? 0, grants[$0].available(shared: min(0, shared))) }
  let reach = members.map { min(demand[$0] ?? 0, grants[$0].available(shared: shared)) }
  let sharers = members.enumerated().map { place, index in
    Sharer(policy.channels[index], cap: held[index] + max(own[place], reach[place]))
  }
  let taken = members.enumerated().map { place, index in held[index] + own[place] }
  let more = share(max(0, shared), among: sharers, taken: taken, by: fairShare)
  return Dictionary(uniqueKeysWithValues: members.indices.map { (members[$0], own[$0] + more[$0]) })
}

/// What the channels of a round ask for or, where that is more, what each lacks of what it is to have at least.
private func withMinimums(
  _ demand: [Int: Quantity], of round: Round, _ policy: Policy.ItemPolicy, _ held: ContiguousArray<Quantity>
) -> [Int: Quantity] {
  round.channels.reduce(into: demand) { wanted, index in
    let lacking = policy.channels[index].unmetMinimum(held: held[index])
    if lacking > wanted[index] ?? 0 { wanted[index] = lacking }
  }
}

extension Sharer {
  /// A channel's part in a round that shares, of at most `cap` units.
  init(_ channel: ChannelPolicy, cap: Quantity) {
    self.init(rank: channel.rank, weight: channel.share.weight, minimum: channel.share.minimum, cap: cap)
  }
}

extension OpenLine {
  /// The order inside a round or a channel: by priority, then by age, then by id.
  func isServed(before other: OpenLine) -> Bool {
    if priority != other.priority { return priority > other.priority }
    if placedAt != other.placedAt { return placedAt < other.placedAt }
    if order != other.order { return order < other.order }
    return line.isBytewiseLess(than: other.line)
  }
}
