public import Diagnostics
import Operations

extension Resource {
  /// What a resource says that is allowed and may not be meant, as warnings.
  public func cautions() -> [Diagnostic] {
    switch key.kind {
    case .repository: limitCautions
    case .node: capacityCautions
    case .routingProfile: profileCautions
    case .channel: backorderCautions(fields["backorder"]?.members) + holdCautions
    case .backorderRule: backorderCautions(fields) + fenceCautions + refusalCautions
    case .replenishmentPolicy: zoneCautions
    case .protection: windowCautions
    default: []
    }
  }

  /// What a plan may change, where an hour may change less.
  private var limitCautions: [Diagnostic] {
    let limits = fields["limits"]?.members
    return (limits?["per_plan"]?.members?.all ?? []).compactMap { member in
      guard let plan = member.field.integer, let hour = limits?["per_hour"]?.members?[member.name]?.integer,
        plan > hour
      else { return nil }
      return Diagnostic(
        "state.no_effect",
        "\(key): a plan may change \(plan) '\(member.name)', but all plans of an hour together only \(hour)",
        at: member.field.location, severity: .warning, hint: "lower it to at most \(hour), or raise the hourly limit")
    }
  }

  private var capacityCautions: [Diagnostic] {
    let name = fields["labour_time"] == nil ? "labour_capacity" : "labour_time"
    guard let capacity = fields[name], labourCapacity == 0 else { return [] }
    return [
      Diagnostic(
        "state.no_capacity",
        "\(key): nothing can be routed there with a \(name) "
          + (name == "labour_time" ? "that is too short for one unit" : "of 0"), at: capacity.location,
        severity: .warning,
        hint: "omit the field for no limit, or write 'status: paused' to exclude its stock too")
    ]
  }

  /// A hold before the order is paid, where nothing is claimed before.
  private var holdCautions: [Diagnostic] {
    guard let hold = fields["hold_ttl"], let stage = fields["reserve_at"]?.text.flatMap(OrderStage.init(rawValue:)),
      stage > .order
    else { return [] }
    return [
      Diagnostic(
        "state.no_effect", "\(key): 'hold_ttl' has no effect if orders claim at \(stage.rawValue)",
        at: hold.location, severity: .warning, hint: "remove it, or write 'reserve_at: order'")
    ]
  }

  /// A protection that begins or ends within an hour: what is sold and comes in is counted by the hour.
  private var windowCautions: [Diagnostic] {
    let ends = [effective.from, effective.until].compactMap(\.self)
    guard ends.contains(where: { $0 != Instant(hour: $0.hour) }) else { return [] }
    return [
      Diagnostic(
        "state.part_of_an_hour",
        "\(key): what is sold and comes in counts by the hour, and its window begins or ends within one",
        at: location, severity: .warning, hint: "let it begin and end at a full hour")
    ]
  }

  /// Limits of orders that wait, where none may.
  private var refusalCautions: [Diagnostic] {
    guard fields["accept"]?.bool == false else { return [] }
    let limits = [
      "max_units", "horizon", "min_supplier_confidence", "accept_untrusted", "accept_transfers",
    ]
    return limits.compactMap { name in
      fields[name].map {
        Diagnostic(
          "state.no_effect", "\(key): '\(name)' changes nothing where no order may wait", at: $0.location,
          severity: .warning, hint: "leave it out, or write 'accept: true'")
      }
    }
  }

  /// A factor of DDMRP that nobody uses.
  private var zoneCautions: [Diagnostic] {
    guard let factor = fields["ddmrp"]?.members?["lead_time_factor"], let rate = factor.rate,
      rate < .percent(20)
    else { return [] }
    return [
      Diagnostic(
        "state.unusual", "\(key): a lead_time_factor of \(rate) is outside of what is usual", at: factor.location,
        severity: .warning, hint: "give it at least 20%, which is for the longest lead times")
    ]
  }

  /// Backorders that are accepted and of which there can be none.
  private func backorderCautions(_ fields: Members?) -> [Diagnostic] {
    guard let fields, fields["accept"]?.bool ?? true, let most = fields["max_units"], most.integer == 0 else {
      return []
    }
    return [
      Diagnostic(
        "state.no_effect", "\(key): no order can wait for goods if max_units is 0", at: most.location,
        severity: .warning, hint: "omit the field for no limit, or write 'accept: false'")
    ]
  }

  /// An infinite supply that begins when no order waits any more.
  private var fenceCautions: [Diagnostic] {
    guard let field = fields["infinite_supply_after"], let fence = field.span, let horizon = fields["horizon"]?.span,
      horizon < fence
    else { return [] }
    return [
      Diagnostic(
        "state.no_effect", "\(key): nothing is promised after \(fence) if orders may wait \(horizon) at most",
        at: field.location, severity: .warning, hint: "lower it to at most 'horizon', or raise 'horizon'")
    ]
  }

  /// What a profile weighs and then never looks at.
  private var profileCautions: [Diagnostic] {
    var cautions: [Diagnostic] = []
    func warn(_ name: String, _ message: String, _ hint: String) {
      cautions.append(
        Diagnostic(
          "state.no_effect", "\(key): \(message)", at: fields[name]?.location ?? location, severity: .warning,
          hint: hint))
    }
    if let split = fields["split"]?.text, split == "none" {
      for name in ["max_parcels", "split_penalty", "split_value_threshold"] where fields[name] != nil {
        warn(name, "'\(name)' has no effect if 'split' is none", "remove it, or allow orders to be split")
      }
    }
    if let services = fields["services"], services.list.isEmpty {
      warn("services", "no order can be sent if 'services' is empty", "omit it for all services")
    }
    let refusesLate = fields["late"]?.text == "refused"
    if fields["late_penalty"] != nil, refusesLate {
      warn("late_penalty", "nothing is late if 'late' is refused", "remove it, or write 'late: allowed'")
    } else if fields["late_penalty"] != nil, fields["deliver_within"] == nil {
      warn("late_penalty", "without 'deliver_within', only promises can be late", "add it, such as 3d")
    }
    if fields["deliver_within"] != nil, fields["late_penalty"] == nil, !refusesLate {
      warn("deliver_within", "without a 'late_penalty', being late costs nothing", "add one, such as 5.00")
    }
    if fields["use_stores"]?.bool == false, fields["store_unit_penalty"] != nil {
      warn("store_unit_penalty", "stores are not used for these orders", "remove it")
    }
    return cautions
  }
}
