import Operations
import TestSupport

extension Company {
  struct BackorderLimits: Hashable, Sendable {
    var units: Int?
    var hours: Int?
    /// A percentage.
    var confidence: Int?

    var fields: [String] {
      [
        units.map { "max_units: \($0)" }, hours.map { "horizon: \($0)h" },
        confidence.map { "min_supplier_confidence: \($0)%" },
      ].compactMap(\.self)
    }

    static func random(_ random: inout SplitMix64) -> Self {
      Self(
        units: random.pick([nil, nil, 0, 4, 12]), hours: random.pick([nil, nil, 12, 72, 200]),
        confidence: random.pick([nil, nil, 50, 80]))
    }
  }

  struct BackorderRule: Hashable, Sendable {
    var channel: String?
    /// The only region that it is for; nil for all.
    var region: String?
    var target: Target
    var accepts = true
    var limits: BackorderLimits
    var acceptsUntrusted = false
    var acceptsTransfers = true
    /// Days.
    var moveLimit: Int?
    var tellsEarlier = true
    /// Days after an order from when on anything can be had; nil: never.
    var infiniteAfter: Int?
  }

  var backorderDocuments: [String] {
    backorders.enumerated().map { index, rule in
      let fields =
        ["kind: BackorderRule", "name: b\(index)", "accept: \(rule.accepts)"] + rule.limits.fields
        + ["accept_untrusted: \(rule.acceptsUntrusted)", "tell_earlier: \(rule.tellsEarlier)"]
        + ["accept_transfers: \(rule.acceptsTransfers)"]
        + [rule.channel.map { "channels: [\($0)]" }, rule.region.map { "region: \($0)" }]
        .compactMap(\.self)
        + [
          rule.moveLimit.map { "move_limit: \($0)d" }, rule.infiniteAfter.map { "infinite_supply_after: \($0)d" },
        ].compactMap(\.self)
      return fields.joined(separator: "\n") + rule.target.fields
    }
  }

  mutating func changeBackorders(_ random: inout SplitMix64) {
    if random.chance(50) {
      let channel = random.number(0...(channels.count - 1))
      channels[channel].backorder = random.chance(75) ? .random(&random) : nil
      return
    }
    var rule = BackorderRule(
      channel: random.chance(30) ? random.pick(channels).name : nil, target: .random(&random),
      accepts: random.chance(85), limits: .random(&random), acceptsUntrusted: random.chance(50),
      acceptsTransfers: random.chance(75), moveLimit: random.pick([nil, 1, 3]), tellsEarlier: random.chance(80),
      infiniteAfter: random.pick([nil, nil, 1, 4]))
    if !regions.isEmpty, random.chance(50) { rule.region = random.pick(regions).name }
    backorders.removeAll { $0.channel == rule.channel && $0.target == rule.target && $0.region == rule.region }
    if random.chance(75) { backorders.append(rule) }
  }

  /// What holds for a channel's orders of an item in a region or, for nil, over all of them: the model's own reading of the
  /// rules.
  func backorderLimits(
    of channel: String, _ item: Item, in region: String?
  ) -> (accepts: Bool, units: Int?, transfers: Bool) {
    let rule = backorderRule(of: channel, item, in: region)
    let own = channels.first { $0.name == channel }?.backorder
    let units = region == nil ? [own?.units, rule?.limits.units] : [rule?.region == nil ? nil : rule?.limits.units]
    return (own != nil && rule?.accepts ?? true, units.compactMap(\.self).min(), rule?.acceptsTransfers ?? true)
  }

  func backorderRule(of channel: String, _ item: Item, in region: String?) -> BackorderRule? {
    func rank(_ rule: BackorderRule) -> Int? {
      guard rule.channel ?? channel == channel, rule.region == nil || rule.region == region else { return nil }
      let narrowed = (rule.region == nil ? 0 : 2) + (rule.channel == nil ? 0 : 1)
      return item.rank(of: rule.target).map { $0 * 4 + narrowed }
    }
    return backorders.max { (rank($0) ?? -1) < (rank($1) ?? -1) }.flatMap { rank($0) == nil ? nil : $0 }
  }
}
