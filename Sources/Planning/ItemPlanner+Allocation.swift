import Operations

// Stage 4: what the open order lines get.
extension ItemPlanner {
  /// - Returns: the units that were claimed.
  mutating func allocateLines(
    _ lines: [OpenLine], _ item: Int, _ sku: SKU, _ rules: Policy.ItemPolicy, _ net: Quantity, _ cases: inout [Case],
    into actions: inout [Action]
  ) -> Quantity {
    // Whoever has not reached the point at which their channel claims is short of nothing yet.
    let lines = lines.filter { line in
      guard let channel = policy.channels.firstIndex(of: line.channel) else { return true }
      return policy.terms[channel].allow(line.stage, isLapsed: line.isLapsed, shipOn: line.shipOn, at: now)
    }
    let channels = lines.map { line in policy.channels.firstIndex(of: line.channel) }
    let results = allocate(
      lines, channels: channels, ranks: { rules.channels[$0].rank }, grants: &exposure.grants,
      shared: &exposure.shared)
    var taken: Quantity = 0
    var missing: [(line: OpenLine, units: Quantity)] = []
    for (index, result) in results.enumerated() {
      let line = lines[index]
      for var claim in result.claims {
        claim.expiresAt = expiry(of: line, channels[index])
        actions.append(.claim(sku, claim))
        taken += claim.quantity
        count(claim, channels[index])
      }
      let subject = "\(line.order)/\(line.line)"
      if channels[index] == nil {
        cases.append(Case(.unknownChannel, subject: subject, detail: "no Channel is named '\(line.channel)'"))
      } else if result.missing > 0 {
        cases.append(
          Case(.shortage, subject: subject, detail: "\(result.missing) units are not covered"))
        missing.append((line, result.missing))
      }
    }
    expect(missing, item, sku, net - taken)
    return taken
  }

  /// Until when a claim holds that is made for a line now: what an order would get that claims when it is placed.
  func expiry(of line: OpenLine, _ channel: Int?) -> Instant? {
    channel.flatMap { policy.terms[$0].expiry(of: line.stage, at: now) }
  }

  /// Counts a planned claim as the store will count it, so that the grants that follow are those of the next plan too.
  mutating func count(_ claim: PlannedClaim, _ channel: Int?) {
    guard let channel else { return }
    use[channel].used += claim.quantity
    for index in use.indices { use[index].usedByAll += claim.quantity }
    if claim.pool.isProtected {
      use[channel].consumed += claim.quantity
    } else {
      use[channel].soldFromShared += claim.quantity
    }
  }

  /// When supply is expected to cover what is missing: line after line, each behind those before it.
  mutating func expect(
    _ missing: [(line: OpenLine, units: Quantity)], _ item: Int, _ sku: SKU, _ net: Quantity
  ) {
    guard !missing.isEmpty else { return }
    let hour = Instant(hour: now.hour)
    let ordered = (snapshot.inbound[Int32(item)] ?? []).flatMap { line in
      (beliefs.suppliers[line.supplier]?.expected(line, now: hour) ?? []).map {
        ($0.at, fallbacks.counted($0.units, from: line.supplier))
      }
    }
    let moving = (snapshot.transfers[Int32(item)] ?? []).compactMap { line in
      policy.nodes[line.to]?.isActive == true ? (at: max(hour, line.eta), units: line.open) : nil
    }
    let supply = ordered + moving
    let curve = LookAheadATP(start: now, onHand: min(0, net), supply: supply, demand: [])
    var wanted: Quantity = 0
    for (line, units) in missing {
      wanted += units
      shortfalls.append(
        Shortfall(
          sku: sku, order: line.order, line: line.line, units: units, expectedAt: curve.firstMoment(for: wanted)))
    }
  }
}
