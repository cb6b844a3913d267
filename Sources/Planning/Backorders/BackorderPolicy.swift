import DesiredState
import Operations

/// How far the orders of a channel may wait for goods of an item that are still to come.
struct BackorderPolicy: Hashable, Sendable {
  /// The most units that they may wait for at once; nil for any number. In a region this is what is said of the region
  /// alone: what is said of all holds over all of them together.
  var maxUnits: Quantity?
  /// How far ahead the goods may be; nil for any time.
  var horizon: TimeSpan?
  var minimumConfidence = Rate.none
  /// Whether goods count whose supplier is trusted by nobody yet.
  var acceptsUntrusted = false
  /// Whether goods count that are under way between two of our nodes.
  var acceptsTransfers = true

  /// What we send ourselves is ours already: no supplier's word stands behind it.
  func accepts(_ goods: InboundGoods, of supplier: SupplierPolicy?) -> Bool {
    goods.supplier == nil ? acceptsTransfers : supplier.map(accepts) ?? false
  }

  /// - Source: domain.md §2.3 and §2.6: the threshold compares ρ, and an untrusted supplier passes only where a rule says so.
  func accepts(_ supplier: SupplierPolicy) -> Bool {
    supplier.confidence >= minimumConfidence && (acceptsUntrusted || supplier.tier > .untrusted)
  }
}

/// What customers are told of when their goods come.
struct PromisePolicy: Hashable, Sendable {
  /// From a node to a region to which no lane leads.
  var transit = TimeSpan(milliseconds: 2 * TimeSpan.day.milliseconds)
  /// How far past the first promise a later one may be without a person.
  var moveLimit = TimeSpan(milliseconds: 5 * TimeSpan.day.milliseconds)
  /// Whether good news is told.
  var tellsEarlier = true
  /// Whose days customers are told.
  var zone = ZoneRules.utc
  /// The infinite-supply time fence: how long after an order anything can be had; nil for never.
  /// - Source: domain.md §2.2, `after_fence`; Oracle Inventory, docs.oracle.com/cd/A60725_05, "ATP Time Fence Options".
  var infiniteAfter: TimeSpan?

  /// From when on supply counts as infinite for an order; nil where it never does, or where that time is over and nothing
  /// has come of it.
  func fence(ofOrderAt placedAt: Instant, now hour: Instant) -> Instant? {
    infiniteAfter.map { placedAt + $0 }.flatMap { $0 < hour ? nil : $0 }
  }
}

extension PolicyResolver {
  /// What holds for orders of a channel for a part of the catalogue: nil where they may not wait.
  ///
  /// Channel and rule must both accept, and of each limit the stricter counts: a rule that is added lets no order wait
  /// that did not before, unless a wider one forbade it.
  ///
  /// A number of units that is said of no region counts what waits in all of them, as a cap does: it holds where the part
  /// names none, and not again in each region.
  /// - Parameter channel: as it is in effect for the part.
  func backorders(
    of channel: EffectiveResource, for part: CatalogPart
  ) -> (backorder: BackorderPolicy?, promising: PromisePolicy) {
    let resource = backorderRule(of: channel.key.name, for: part)
    let rule = resource?.fields
    var promising = PromisePolicy()
    promising.transit = rule?["transit"]?.span ?? promising.transit
    promising.moveLimit = rule?["move_limit"]?.span ?? promising.moveLimit
    promising.tellsEarlier = rule?["tell_earlier"]?.bool ?? promising.tellsEarlier
    promising.zone = channel["time_zone"]?.timeZone ?? promising.zone
    let statement = channel.values.first { $0.name == "backorder" }?.winner
    let own = statement?.field.members
    guard own?["accept"]?.bool == true, rule?["accept"]?.bool ?? true else { return (nil, promising) }
    promising.infiniteAfter = rule?["infinite_supply_after"]?.span
    let both = [own, rule]
    let ofRegion = [statement?.region == nil ? nil : own, resource?.targetRegion == nil ? nil : rule]
    let backorder = BackorderPolicy(
      maxUnits: (part.region == nil ? both : ofRegion).compactMap { $0?["max_units"]?.integer }.min(),
      horizon: both.compactMap { $0?["horizon"]?.span }.min(),
      minimumConfidence: both.compactMap { $0?["min_supplier_confidence"]?.rate }.max() ?? .none,
      acceptsUntrusted: rule?["accept_untrusted"]?.bool ?? false,
      acceptsTransfers: rule?["accept_transfers"]?.bool ?? true)
    return (backorder, promising)
  }

  /// The most specific rule.
  func backorderRule(of channel: String, for part: CatalogPart) -> Resource? {
    current(.backorderRule).filter { rule in
      rule.isAbout(part)
        && rule.fields["channels"]?.list.contains { $0.text?.isBytewiseEqual(to: channel) ?? false } ?? true
    }.max { $0.targetSpecificity < $1.targetSpecificity }
  }
}
