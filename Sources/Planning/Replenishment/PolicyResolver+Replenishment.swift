import DesiredState
import Operations

extension PolicyResolver {
  func replenishment() -> ReplenishmentPolicies {
    // Among equals the one that holds only for a time wins.
    var best: [ReplenishmentPolicies.Target: Resource] = [:]
    for resource in current(.replenishmentPolicy) {
      let target = ReplenishmentPolicies.Target(
        scope: resource.target, region: resource.targetRegion.map { RegionID($0) } ?? .everywhere)
      if best[target].map({ !$0.effective.isBounded && resource.effective.isBounded }) ?? true {
        best[target] = resource
      }
    }
    return ReplenishmentPolicies(best.compactMapValues(policy))
  }

  private func policy(_ resource: Resource) -> ReplenishmentPolicy? {
    let fields = resource.fields
    guard let supplier = fields["supplier"]?.text, let node = fields["node"]?.text else { return nil }
    var policy = ReplenishmentPolicy(supplier: SupplierID(supplier), node: NodeID(node), rule: nil)
    if let window = fields["velocity_window"]?.span {
      policy.velocityDays = window.milliseconds / TimeSpan.day.milliseconds
    }
    policy.rule = state.effective(.init(.supplier, supplier), at: now).flatMap { rule(fields, $0) }
    return policy
  }

  private func rule(_ fields: Members, _ supplier: EffectiveResource) -> ReplenishmentRule? {
    guard let leadTime = supplier["lead_time"]?.span else { return nil }
    let service = fields["service"]?.members
    var rule = ReplenishmentRule(
      service: service?["fill"]?.rate.map { .fill($0) } ?? .cycle(service?["cycle"]?.rate ?? .percent(95)),
      leadTime: leadTime)
    rule.leadTimeDeviation = supplier["lead_time_deviation"]?.span ?? rule.leadTimeDeviation
    if fields["review"]?.text == "periodic", let period = fields["period"]?.span { rule.review = .periodic(period) }
    let upTo = fields["order_up_to"]?.members
    rule.orderUpTo =
      upTo?["days"]?.span.map { .days($0) } ?? upTo?["units"]?.integer.map { .units($0) } ?? .cover
    rule.minimumOrder = fields["minimum_order"]?.integer ?? supplier["minimum_order"]?.integer ?? 0
    rule.orderMultiple = fields["order_multiple"]?.integer ?? supplier["order_multiple"]?.integer ?? 1
    rule.adjustment = fields["forecast_adjustment"]?.integer.map { .percent($0) } ?? .one
    rule.defaultPerDay = fields["default_per_day"]?.integer.map(Millionths.init(units:))
    rule.defaultVariation = fields["default_variation"]?.integer.map { .percent($0) } ?? .one
    rule.mayUndercutMean = fields["may_undercut_mean"]?.bool ?? false
    if let zones = fields["ddmrp"]?.members {
      rule.zones = BufferZones.Rule(
        leadTimeFactor: zones["lead_time_factor"]?.rate ?? .all,
        variabilityFactor: zones["variability_factor"]?.rate ?? .none,
        orderCycle: zones["order_cycle"]?.span ?? TimeSpan(milliseconds: 0))
    }
    return rule
  }
}
