import DesiredState
import Operations

// What others changed on channels.
extension ItemPlanner {
  /// Holds what channels show against what this plan leaves them told, so that nothing older than the plan's own
  /// publications is ever told again.
  mutating func compareListings(_ planned: ItemInPlanning, _ cases: inout [Case], into actions: inout [Action]) {
    for listing in snapshot.listings[Int32(planned.index)] ?? [] {
      let (state, before) = (listing.state, listing.state.note)
      let comparison = comparison(of: listing, planned)
      let drift = comparison?.drift(of: planned.sku)
      if let drift {
        findings.drifts.append(drift)
        if let one = Case(drift) { cases.append(one) }
      }
      if let comparison, comparison.isHealed {
        actions.append(
          .heal(
            planned.sku,
            Healing(
              state.key, value: comparison.reference, observed: state.observation.value,
              writer: state.observation.writer)))
      } else if comparison?.noted != before {
        actions.append(.noteDrift(planned.sku, state.key, comparison?.noted, was: before))
      }
    }
  }

  /// Nil where the policy does not say what the channel should show there.
  private func comparison(of listing: Listing, _ planned: ItemInPlanning) -> ListingComparison? {
    let key = listing.state.key
    guard planned.isNamed, key.region == region, let channel = policy.channels.firstIndex(of: key.channel) else {
      return nil
    }
    let drift = planned.rules.drift[channel]
    let isQuantity = key.field == .units
    guard let reference = isQuantity ? exposure.published[channel] : drift.settings[key.field] else { return nil }
    let lead = cells?.lead[planned.index] ?? planned.index
    let isFoughtOver = (snapshot.cases[Int32(lead)] ?? []).contains {
      $0.kind == .driftFight && $0.subject.isBytewiseEqual(to: key.description)
    }
    return ListingComparison(
      listing: listing, reference: reference, isToldNow: isQuantity && listing.published != reference,
      rule: drift.rule(of: key.field), isFoughtOver: isFoughtOver, now: now)
  }
}

extension Case {
  /// Nil for what nobody has to look at. What it says changes only with what it is about.
  init?(_ drift: Drift) {
    let difference = "shows \(drift.observed) instead of \(drift.reference)"
    switch (drift.kind, drift.answer) {
    case (.sales, _), (.unsettled, _), (.otherWriter, .heal), (.otherWriter, .accept): return nil
    case (.otherWriter, .report), (.otherWriter, .adopt):
      self.init(
        .drift, subject: drift.key.description,
        detail: "\(difference), written by \(drift.writerWords); \(drift.remedy)")
    case (.fight, _):
      let times = drift.repairs.suffix(ListingComparison.fight.repairs).map(\.at.description)
      self.init(
        .driftFight, subject: drift.key.description,
        detail: "\(difference), written by \(drift.writerWords) each time it was re-sent: at "
          + "\(times.joined(separator: ", ")); it is no longer re-sent; \(drift.remedy)")
    }
  }
}
