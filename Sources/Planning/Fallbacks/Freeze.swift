import Operations

// A freeze: what was granted and published may fall and not rise, since what is heard of the stock is not believed.
extension ItemPlanner {
  /// What the last applied plan, and the claims after it, have left of an item's grants and publications. A channel that
  /// was never granted anything has nothing.
  func standing(_ item: Int) -> Exposure {
    var standing = Exposure()
    standing.shared = snapshot.items.shared[item]
    let nothing = Grant(protected: 0, capLeft: 0, mayUseShared: false)
    standing.grants = ContiguousArray(repeating: nothing, count: policy.channels.count)
    standing.published = ContiguousArray(repeating: 0, count: policy.channels.count)
    for row in snapshot.grants.rows(of: item) {
      guard let channel = policyChannel[Int(snapshot.grants.channel[row])] else { continue }
      standing.grants[channel] = snapshot.grants.grant[row] ?? nothing
      standing.published[channel] = snapshot.grants.published[row] ?? 0
    }
    return standing
  }
}

extension Exposure {
  /// Lowers every pool to what another exposure of the same channels has. Each alone: units that leave the shared pool
  /// for a protection would be new to that channel.
  mutating func keepGrants(below other: Exposure) {
    shared = min(shared, other.shared)
    for index in grants.indices {
      let standing = other.grants[index]
      grants[index].protected = min(grants[index].protected, standing.protected)
      grants[index].capLeft = [grants[index].capLeft, standing.capLeft].compactMap(\.self).min()
      grants[index].mayUseShared = grants[index].mayUseShared && standing.mayUseShared
    }
  }

  mutating func keepPublished(below other: Exposure) {
    for index in published.indices { published[index] = min(published[index], other.published[index]) }
  }
}
