public import DesiredState
public import Operations

/// A FallbackRule as plain values.
public struct FallbackPolicy: Hashable, Sendable {
  enum Trigger: Hashable, Sendable {
    /// A node was last heard of so long ago.
    case silentFor(TimeSpan)
    case confidenceBelow(Rate)
    /// Someone says so, or not; with the moment from which it is so, where that is said too.
    case declared(isActive: Bool, since: Instant?)
  }

  enum Effect: Hashable, Sendable {
    case share(Rate)
    /// All counts until what was last heard is so old, and then nothing.
    case lastKnown(TimeSpan)
    case freeze
  }

  public var name: String
  public var when: FallbackTrigger
  var trigger: Trigger
  var effect: Effect
  /// The nodes or suppliers that it is about.
  public var targets: Set<FallbackTarget>
  /// The carrier that the nodes ship with, where it is about one.
  public var carrier: String?

  /// What it does, as it is written in the rule.
  public var then: String {
    switch effect {
    case .share(.none): "zero"
    case .share(let share): "haircut \(share)"
    case .lastKnown(let limit): "last_known \(limit)"
    case .freeze: "freeze"
    }
  }
}

extension PolicyResolver {
  /// In the byte order of their names.
  /// - Parameter always: the names of rules that are read whether or not their window is open.
  func fallbacks(always: Set<String> = []) -> [FallbackPolicy] {
    state.names(of: .fallbackRule).compactMap { name in
      let key = Resource.Key(.fallbackRule, name)
      let moment = always.contains(name) ? state.resources[key]?.first?.effective.someMoment ?? now : now
      return state.effective(key, at: now).flatMap(fallback) ?? state.effective(key, at: moment).flatMap(fallback)
    }
  }

  private func fallback(_ rule: EffectiveResource) -> FallbackPolicy? {
    guard let when = rule["when"]?.text.flatMap(FallbackTrigger.init(rawValue:)), let trigger = trigger(when, rule),
      let effect = effect(rule)
    else { return nil }
    return FallbackPolicy(
      name: rule.key.name, when: when, trigger: trigger, effect: effect,
      targets: Set(when == .supplierUncertainty ? suppliers(rule) : nodes(rule)), carrier: rule["carrier"]?.text)
  }

  private func trigger(_ when: FallbackTrigger, _ rule: EffectiveResource) -> FallbackPolicy.Trigger? {
    switch when {
    case .staleFeed: return rule["max_age"]?.span.map { .silentFor($0) }
    case .supplierUncertainty: return rule["below"]?.rate.map { .confidenceBelow($0) }
    case .nodeOutage, .carrierDisruption:
      let active = rule.values.first { $0.name == "active" }?.winner
      return .declared(isActive: active?.field.bool ?? false, since: active?.effective.from)
    }
  }

  private func effect(_ rule: EffectiveResource) -> FallbackPolicy.Effect? {
    switch rule["then"]?.text.flatMap(FallbackEffect.init(rawValue:)) {
    case nil: nil
    case .zero: .share(.none)
    case .haircut: rule["factor"]?.rate.map { .share($0) }
    case .lastKnown: rule["age_limit"]?.span.map { .lastKnown($0) }
    case .freeze: .freeze
    }
  }

  private func nodes(_ rule: EffectiveResource) -> [FallbackTarget] {
    if let node = rule["node"]?.text { return [.node(NodeID(node))] }
    let type = rule["node_type"]?.text
    let names = state.names(of: .node).filter { name in
      type == nil || state.effective(.init(.node, name), at: now)?["type"]?.text == type
    }
    return names.map { .node(NodeID($0)) }
  }

  private func suppliers(_ rule: EffectiveResource) -> [FallbackTarget] {
    if let supplier = rule["supplier"]?.text { return [.supplier(SupplierID(supplier))] }
    return state.names(of: .supplier).map { .supplier(SupplierID($0)) }
  }
}

extension Window {
  /// A moment that lies in it.
  fileprivate var someMoment: Instant { from ?? until.map { $0 - TimeSpan(milliseconds: 1) } ?? .distantPast }
}
