import Operations

/// What one open order line gets.
struct Allocation: Hashable, Sendable {
  var claims: [PlannedClaim] = []
  /// Units that nothing covers.
  var missing: Quantity = 0
}

/// Gives what the grants allow to the open lines of one item: by tier, then by priority, then by age, then by id.
///
/// A line takes its channel's own protection first and then the shared pool, never more than its cap has left: the same
/// rule by which an order claims at once when it is placed.
/// - Parameters:
///   - lines: in any order; the result stands beside them.
///   - channels: the index of each line's channel in the policy; nil for a channel that stands in no policy.
/// - Returns: what each line gets. `grants` and `shared` are left as they are after the claims.
func allocate(
  _ lines: [OpenLine], channels: [Int?], ranks: (Int) -> Int64, grants: inout ContiguousArray<Grant>,
  shared: inout Quantity
) -> [Allocation] {
  var result = lines.map { Allocation(missing: $0.open) }
  let order = lines.indices.filter { channels[$0] != nil }.sorted { left, right in
    let ranks = (ranks(channels[left] ?? 0), ranks(channels[right] ?? 0))
    if ranks.0 != ranks.1 { return ranks.0 < ranks.1 }
    if lines[left].priority != lines[right].priority { return lines[left].priority > lines[right].priority }
    if lines[left].placedAt != lines[right].placedAt { return lines[left].placedAt < lines[right].placedAt }
    if lines[left].order != lines[right].order { return lines[left].order < lines[right].order }
    return lines[left].line.isBytewiseLess(than: lines[right].line)
  }
  for index in order {
    guard let channel = channels[index] else { continue }
    let line = lines[index]
    let units = min(line.open, grants[channel].available(shared: shared))
    let own = min(units, grants[channel].protected)
    for (pool, quantity) in [(Pool.protected(line.channel), own), (.shared, units - own)] where quantity > 0 {
      result[index].claims.append(
        PlannedClaim(order: line.order, line: line.line, channel: line.channel, pool: pool, quantity: quantity))
    }
    grants[channel].protected -= own
    grants[channel].capLeft = grants[channel].capLeft.map { $0 - units }
    shared -= units - own
    result[index].missing -= units
  }
  return result
}
