import Operations

// What is kept for channels of goods under way from one of our nodes to another.
extension InboundBook {
  /// What of a transfer nobody has claimed, and for whom it is kept.
  ///
  /// These goods were on hand when they left and are again when they arrive; meanwhile they are protected all the same. A
  /// percentage of what is on hand keeps as much of each transfer. Of a number of units what is not on hand is kept of
  /// what comes first. What comes after the window is kept for nobody.
  func keptUnderWay(_ index: Int, _ rules: Policy.ItemPolicy) -> InboundShares {
    let tiers = rules.granting.map(\.channels)
    func protects(_ channel: Int, _ goods: InboundGoods) -> ProtectionPolicy? {
      rules.channels[channel].protection.flatMap { $0.window.contains(hourFrom: goods.eta.hour) ? $0 : nil }
    }
    func shares(_ place: Int, _ goods: InboundGoods) -> InboundShares {
      let claimed = claimed(place, channels: rules.channels.count)
      let rates = rules.channels.indices.map { channel -> Rate in
        if case .shareOfOnHand(let rate) = protects(channel, goods)?.amount { rate } else { .none }
      }
      return InboundShares(
        of: supplies[place].confident, rates: rates, claimed: claimed.byChannel, claimedByOthers: claimed.byOthers,
        tiers: tiers)
    }
    var left = unmetUnits(rules)
    for (place, supply) in supplies.enumerated() where place <= index {
      guard let goods = supply.goods, goods.supplier == nil else { continue }
      var shares = shares(place, goods)
      let before = shares.kept
      shares.keep(left.indices.map { protects($0, goods) == nil ? 0 : left[$0] }, tiers: tiers)
      for channel in left.indices { left[channel] -= shares.kept[channel] - before[channel] }
      if place == index { return shares }
    }
    return InboundShares(of: 0, rates: rules.channels.map { _ in .none }, claimed: left.map { _ in 0 }, tiers: [])
  }

  /// Beside the channels: protected units that are neither on hand nor claimed of transfers.
  private func unmetUnits(_ rules: Policy.ItemPolicy) -> [Quantity] {
    var left = rules.channels.indices.map { channel -> Quantity in
      if case .units = rules.channels[channel].protection?.amount, channel < unmet.count { unmet[channel] } else { 0 }
    }
    for (place, supply) in supplies.enumerated() where supply.goods.map({ $0.supplier == nil }) ?? false {
      for (channel, units) in claimed(place, channels: left.count).byChannel.enumerated() {
        left[channel] = max(0, left[channel] - units)
      }
    }
    return left
  }
}
