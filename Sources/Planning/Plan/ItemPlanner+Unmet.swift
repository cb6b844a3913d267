import Operations

// What the policy asks for and cannot have: told in the plan, and kept as a case where a person has to decide.
extension ItemPlanner {
  /// Adds up what the item under way lacks.
  ///
  /// Of an item of which nothing is on hand nobody gets anything, and nothing is kept from anyone: it is sold out, which is
  /// no case for each channel of each item that is yet to come. A cap below what is used ends by itself as time passes,
  /// and moves with every sale where it is a percentage: it is told, and no case.
  /// - Parameter inbound: who waits for goods to come.
  mutating func noteUnmet(
    _ item: ItemInPlanning, _ stock: ItemStock, _ inbound: InboundBook? = nil, into cases: inout [Case]
  ) {
    guard item.isNamed else { return }
    for one in exposure.overused { findings.warnings.add(.capBelowUsed, one.channel, one.units, item.sku) }
    for one in exposure.unmet {
      findings.warnings.add(.protectionNotMet, one.channel, one.units, item.sku)
      guard stock.onHand > 0 else { continue }
      cases.append(
        unmetCase(.protectionNotMet, item, one.channel, "\(counted(one.units)) protected for it \(missing(one.units))"))
    }
    for one in exposure.unmetMinimums {
      findings.warnings.add(.minimumNotMet, one.channel, one.units, item.sku)
      guard stock.onHand > 0 else { continue }
      cases.append(
        unmetCase(
          .minimumNotMet, item, one.channel,
          "\(counted(one.units)) that it is to have first (min_units) \(missing(one.units))"))
    }
    guard let inbound, inbound.isWaiting else { return }
    for (channel, rules) in item.rules.channels.enumerated() {
      // What is too much for all regions together is told once.
      guard let most = rules.backorder?.maxUnits, overall?.waitingAboveLimit(channel) ?? 0 <= 0 else { continue }
      noteWaiting(inbound.waiting(of: channel) - most, of: most, channel, item, into: &cases)
    }
  }

  /// Adds up what an item lacks over all regions together.
  mutating func noteOverallUnmet(_ item: ItemInPlanning, into cases: inout [Case]) {
    guard let overall, policy.regions.areNamed else { return }
    for channel in policy.channels.indices {
      if let rest = overall.rest(channel), rest < 0, overall.isOpen(channel) {
        findings.warnings.add(.capBelowUsed, channel, -rest, item.sku)
      }
      if let over = overall.waitingAboveLimit(channel), let most = overall.mostWaiting(channel) {
        noteWaiting(over, of: most, channel, item, into: &cases)
      }
    }
  }

  private mutating func noteWaiting(
    _ over: Quantity, of most: Quantity, _ channel: Int, _ item: ItemInPlanning, into cases: inout [Case]
  ) {
    guard over > 0 else { return }
    findings.warnings.add(.backordersAboveLimit, channel, over, item.sku)
    let wait = over == 1 ? "1 unit waits" : "\(over) units wait"
    cases.append(
      unmetCase(
        .backordersAboveLimit, item, channel,
        "\(wait) for goods to come beyond the limit of \(most): nothing is cancelled, and no more may wait"))
  }

  private func unmetCase(_ kind: Case.Kind, _ item: ItemInPlanning, _ channel: Int, _ detail: String) -> Case {
    Case(kind, subject: "\(name(item)) for \(policy.channels[channel])", detail: detail)
  }

  private func counted(_ units: Quantity) -> String { units == 1 ? "1 unit" : "\(units) units" }

  private func missing(_ units: Quantity) -> String { units == 1 ? "is not in stock" : "are not in stock" }
}
