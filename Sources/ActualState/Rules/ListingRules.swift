import Operations

// What channels were seen to show, and what they were told again.
extension Store {
  /// Keeps the latest observation of each field; what is older changes nothing, so that the order of arrival does not
  /// matter. Nobody has looked later than they told of it: a clock that is ahead must not make what is seen look newer
  /// than what the channel is told next.
  func observe(_ sku: SKU, _ seen: [ListingState], arrival: Instant?) throws -> EventState {
    guard var item = try item(sku) else { return .waiting(for: "sku:\(sku)") }
    var isNews = false
    for var listing in seen {
      if let arrival { listing.observation.asOf = min(listing.observation.asOf, arrival) }
      var state = listing
      if let known = try self.listing(sku, listing.key) {
        guard listing.observation.isLater(than: known.observation) else { continue }
        state = known
        state.observation = listing.observation
      }
      try put(state, of: sku)
      isNews = true
    }
    if isNews { try touch(&item) }
    return .applied
  }

  func keep(_ note: DriftNote?, of key: ListingKey, _ sku: SKU) throws {
    guard var state = try listing(sku, key) else { return }
    state.note = note
    try put(state, of: sku)
  }

  /// Remembers that the channel was told again, after it was looked at. From then on its orders count anew, as after a
  /// publication.
  func heal(_ healing: Healing, of sku: SKU, at now: Instant) throws {
    guard var state = try listing(sku, healing.key) else { return }
    let now = max(now, state.observation.asOf)
    state.note = nil
    state.repairs.append(Repair(at: now, observed: healing.observed, writer: healing.writer))
    state.repairs.removeFirst(max(0, state.repairs.count - Repair.remembered))
    try put(state, of: sku)
    guard healing.key.field == .units, var row = try grant(sku, healing.key.channel, healing.key.region) else { return }
    row.tell(at: now)
    try put(row)
  }
}

extension GrantRow {
  mutating func tell(at now: Instant) {
    publishedAt = now
    sold = 0
  }
}
