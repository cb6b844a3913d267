import DesiredState
import Operations

/// A field of a listing held against what it should show: a pure function of what was seen, told and sold.
struct ListingComparison {
  /// So many repairs within so long, and still another value: a fight.
  ///
  /// - Source: the fight detectors of Config Sync and of controllers like it count updates of one object over time.
  static let fight = (repairs: 3, within: TimeSpan.day)

  let listing: Listing
  /// What it should show.
  let reference: Int64
  /// Whether the plan under way tells the channel something new.
  let isToldNow: Bool
  let rule: DriftPolicy.Rule
  /// Whether a fight about it was found before and is not over.
  let isFoughtOver: Bool
  let now: Instant

  private var seen: Observation { listing.state.observation }
  private var note: DriftNote? { listing.state.note }
  private var isQuantity: Bool { listing.state.key.field == .units }

  /// Whether the channel had the time to show what it was told before somebody looked. What was seen earlier says nothing.
  private var isConclusive: Bool {
    if isToldNow { return false }
    let toldAt = isQuantity ? listing.publishedAt : listing.state.repairs.last?.at
    return toldAt.map { seen.asOf >= $0 + rule.delay } ?? true
  }

  /// Since when it shows the one while it should show the other. A note that says so keeps the first moment.
  private var since: Instant {
    guard let note, note.observed == seen.value else { return seen.asOf }
    return note.reference == reference ? note.since : now
  }

  /// Nil where it shows what it should, as far as that can be told.
  var kind: Drift.Kind? {
    guard seen.value != reference else { return nil }
    let isSale = isQuantity && seen.value < reference && seen.value >= reference - listing.sold
    // A fight is over when the channel shows what it should, not when it was last told something.
    if isFoughtOver, rule.answer == .heal, !isSale { return .fight }
    guard isConclusive else { return nil }
    if isSale { return .sales }
    // No sale raises a quantity, so nobody has to wait for orders that are late.
    let isCertain = isQuantity && seen.value > reference
    // Whole hours, so that every plan of an hour says the same.
    guard isCertain || Instant(hour: now.hour) >= since + rule.delay else { return .unsettled }
    return rule.answer == .heal && isFight ? .fight : .otherWriter
  }

  private var isFight: Bool {
    let start = seen.asOf - Self.fight.within
    return listing.state.repairs.count { $0.at > start } >= Self.fight.repairs
  }

  /// Whether the channel is told again. Sales never lead here.
  var isHealed: Bool { kind == .otherWriter && rule.answer == .heal }

  /// What is to be remembered of it. Of a setting also that it is as it should be: when git says something new, the
  /// channel is given time before anyone else is suspected.
  var noted: DriftNote? {
    let kind = kind
    if isHealed || kind == .sales { return nil }
    if kind == nil, isQuantity { return nil }
    if !isConclusive, note == nil { return nil }
    return DriftNote(observed: seen.value, reference: reference, since: since)
  }

  func drift(of sku: SKU) -> Drift? {
    kind.map { kind in
      Drift(
        sku: sku, key: listing.state.key, reference: reference, observed: seen.value, kind: kind, since: since,
        writer: seen.writer, source: seen.source, answer: rule.answer, rule: rule.name, until: rule.until,
        repairs: listing.state.repairs)
    }
  }
}
