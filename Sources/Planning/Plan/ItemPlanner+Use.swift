import Operations

// What the channels of an item hold and have sold.
extension ItemPlanner {
  mutating func gatherUse(_ item: Int, _ rules: Policy.ItemPolicy, _ capHours: [Int32]) {
    for index in use.indices { use[index] = ChannelUse() }
    let narrow = frame.reach.narrow
    for index in narrow.indices { use[narrow[index].channel].reachable = reachable[index] }
    for row in snapshot.grants.rows(of: item) {
      guard let channel = policyChannel[Int(snapshot.grants.channel[row])] else { continue }
      use[channel].held = snapshot.grants.activeProtected[row] + snapshot.grants.activeShared[row]
      guard let protection = rules.channels[channel].protection, !protection.window.isBounded else { continue }
      use[channel].consumed = snapshot.grants.activeProtected[row]
    }
    for receipts in snapshot.receipts[Int32(item)] ?? [] {
      for index in use.indices {
        guard let protection = rules.channels[index].protection, protection.shareOfInbound > .none,
          protection.window.contains(hourFrom: receipts.hour)
        else { continue }
        use[index].received += receipts.units
      }
    }
    for row in snapshot.usage.rows(of: item) {
      let hour = snapshot.usage.hour[row]
      let claimed = snapshot.usage.claimed[row]
      for index in capHours.indices where hour >= capHours[index] { use[index].usedByAll += claimed }
      guard let channel = policyChannel[Int(snapshot.usage.channel[row])] else { continue }
      if hour >= capHours[channel] { use[channel].used += claimed }
      if hour >= demandHour { use[channel].soldFromShared += claimed - snapshot.usage.protected[row] }
      guard let window = rules.channels[channel].protection?.window, window.isBounded,
        window.contains(hourFrom: hour)
      else { continue }
      use[channel].consumed += snapshot.usage.protected[row]
      use[channel].consumedShipped += snapshot.usage.protectedShipped[row]
    }
    for claim in snapshot.claims[Int32(item)] ?? [] where claim.pool.isInbound {
      countOfStock(claim, -claim.quantity, policy.channels.firstIndex(of: claim.channel), capHours)
    }
  }

  /// Counts units of a claim as sold from stock or, below 0, as not: what waits for goods to come takes nothing from the
  /// stock that percentages and buffers are about.
  mutating func countOfStock(_ claim: HeldClaim, _ units: Quantity, _ channel: Int?, _ capHours: [Int32]) {
    let hour = claim.claimedAt.hour
    overall?.countOfStock(units, from: hour)
    for index in use.indices where hour >= capHours[index] { use[index].usedByAll += units }
    if let channel, hour >= demandHour { use[channel].soldFromShared += units }
  }
}
