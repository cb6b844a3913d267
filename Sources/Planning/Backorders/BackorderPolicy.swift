import DesiredState
import Operations

/// How far the orders of a channel may wait for goods of an item that are still to come.
struct BackorderPolicy: Hashable, Sendable {
  /// The most units that they may wait for at once; nil for any number.
  var maxUnits: Quantity?
  /// How far ahead the goods may be; nil for any time.
  var horizon: TimeSpan?
  var minimumConfidence = Rate.none
  /// Whether goods count whose supplier is trusted by nobody yet.
  var acceptsUntrusted = false

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
}

extension PolicyResolver {
  /// What holds for orders of a channel for a part of the catalogue: nil where they may not wait.
  ///
  /// Channel and rule must both accept, and of each limit the stricter counts: a rule that is added lets no order wait
  /// that did not before.
  /// - Parameter channel: as it is in effect for the part.
  func backorders(
    of channel: EffectiveResource, for part: CatalogPart
  ) -> (backorder: BackorderPolicy?, promising: PromisePolicy) {
    let rule = backorderRule(of: channel.key.name, for: part)?.fields
    var promising = PromisePolicy()
    promising.transit = rule?["transit"]?.span ?? promising.transit
    promising.moveLimit = rule?["move_limit"]?.span ?? promising.moveLimit
    promising.tellsEarlier = rule?["tell_earlier"]?.bool ?? promising.tellsEarlier
    promising.zone = channel["time_zone"]?.timeZone ?? promising.zone
    let own = channel["backorder"]?.members
    guard own?["accept"]?.bool == true, rule?["accept"]?.bool ?? true else { return (nil, promising) }
    let both = [own, rule]
    let backorder = BackorderPolicy(
      maxUnits: both.compactMap { $0?["max_units"]?.integer }.min(),
      horizon: both.compactMap { $0?["horizon"]?.span }.min(),
      minimumConfidence: both.compactMap { $0?["min_supplier_confidence"]?.rate }.max() ?? .none,
      acceptsUntrusted: rule?["accept_untrusted"]?.bool ?? false)
    return (backorder, promising)
  }

  /// The most specific rule: of the item, of its class, of its brand, of its business unit, of everything; among equals one
  /// that names the channel, and then one with a window.
  func backorderRule(of channel: String, for part: CatalogPart) -> Resource? {
    func specificity(_ rule: Resource) -> Int {
      rule.target.specificity * 4 + (rule.fields["channels"] != nil ? 2 : 0) + (rule.effective.isBounded ? 1 : 0)
    }
    return current(.backorderRule).filter { rule in
      rule.target.covers(part)
        && rule.fields["channels"]?.list.contains { $0.text?.isBytewiseEqual(to: channel) ?? false } ?? true
    }.max { specificity($0) < specificity($1) }
  }
}
