public import DesiredState
import Diagnostics
public import Operations

/// What holds for orders of a channel that want more of an item than there is: the channel's word and the rule's together.
public struct EffectiveBackorder: Sendable {
  /// Whether they may wait for goods that are to come.
  public var isAccepted: Bool
  /// The most units of an item that may wait for them: in the region, where one is named.
  public var maxUnits: Quantity?
  /// The most in all regions together; nil for any number, and where no region is named.
  public var maxUnitsOverall: Quantity?
  public var horizon: TimeSpan?
  public var minimumConfidence: Rate
  public var acceptsUntrusted: Bool
  public var acceptsTransfers: Bool
  public var transit: TimeSpan
  public var moveLimit: TimeSpan
  public var tellsEarlier: Bool
  /// How long after an order anything can be had; nil for never.
  public var infiniteAfter: TimeSpan?
  /// The rule that it comes from beside the channel; nil where none is about them.
  public var rule: Resource?

  public var words: String {
    let told =
      "promises may move by \(moveLimit) past the first"
      + (tellsEarlier ? ", and customers are told of earlier dates" : "")
      + "; \(transit) of transit if there is no lane"
    guard isAccepted else { return "not accepted; \(told)" }
    var words = ["accepted"]
    words.append(maxUnits.map { "at most \($0) units of an item" } ?? "any number of units")
    if let units = maxUnitsOverall { words.append("at most \(units) in all regions together") }
    words.append(horizon.map { "at most \($0) ahead" } ?? "any time ahead")
    words.append("from suppliers of at least \(minimumConfidence)" + (acceptsUntrusted ? ", even untrusted ones" : ""))
    if !acceptsTransfers { words.append("not from our other nodes") }
    if let infiniteAfter { words.append("and anything \(infiniteAfter) after the order") }
    return words.joined(separator: ", ") + "; \(told)"
  }

  public var json: JSONValue {
    var members: [String: JSONValue] = [
      "accepted": .bool(isAccepted), "max_units": JSONValue(maxUnits), "horizon": JSONValue(horizon?.description),
      "min_supplier_confidence": .string(minimumConfidence.description), "accept_untrusted": .bool(acceptsUntrusted),
      "transit": .string(transit.description), "move_limit": .string(moveLimit.description),
      "tell_earlier": .bool(tellsEarlier), "rule": JSONValue(rule?.key.description),
      "location": JSONValue(rule?.location.description),
      "accept_transfers": .bool(acceptsTransfers), "infinite_supply_after": JSONValue(infiniteAfter?.description),
    ]
    if let units = maxUnitsOverall { members["max_units_in_all_regions"] = .integer(units) }
    return .object(members)
  }
}

extension DesiredState {
  /// Nil for a channel that does not hold at that moment.
  public func backorders(of channel: String, for part: CatalogPart, at now: Instant) -> EffectiveBackorder? {
    let resolver = PolicyResolver(state: self, now: now)
    guard let resource = effective(.init(.channel, channel), for: part, at: now) else { return nil }
    let (backorder, promising) = resolver.backorders(of: resource, for: part)
    var everywhere = part
    everywhere.region = nil
    let overall =
      part.region == nil
      ? nil
      : effective(.init(.channel, channel), for: everywhere, at: now).flatMap {
        resolver.backorders(of: $0, for: everywhere).backorder?.maxUnits
      }
    return EffectiveBackorder(
      isAccepted: backorder != nil, maxUnits: backorder?.maxUnits, maxUnitsOverall: overall,
      horizon: backorder?.horizon, minimumConfidence: backorder?.minimumConfidence ?? .none,
      acceptsUntrusted: backorder?.acceptsUntrusted ?? false, acceptsTransfers: backorder?.acceptsTransfers ?? true,
      transit: promising.transit, moveLimit: promising.moveLimit, tellsEarlier: promising.tellsEarlier,
      infiniteAfter: promising.infiniteAfter,
      rule: resolver.backorderRule(of: channel, for: part))
  }

  /// The part of the catalogue that an item belongs to, in the region that serves a destination.
  public func part(of traits: ItemTraits, sku: SKU, to destination: String, at now: Instant) -> CatalogPart {
    let resolver = PolicyResolver(state: self, now: now)
    let region = resolver.regions().map.region(to: destination)
    var part = resolver.catalog().part(of: traits, in: region.flatMap { $0.isEverywhere ? nil : $0 })
    part.sku = sku
    return part
  }
}
