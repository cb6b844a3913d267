public import DesiredState
public import Operations

extension PolicyResolver {
  func suppliers() -> [SupplierID: SupplierPolicy] {
    var suppliers: [SupplierID: SupplierPolicy] = [:]
    for name in state.names(of: .supplier) {
      guard let supplier = state.effective(.init(.supplier, name), at: now) else { continue }
      let margin = supplier["delay_margin"]?.members
      func thousandths(_ tier: ConfidenceTier) -> Int64 { 10 * (margin?[tier.rawValue]?.integer ?? 0) }
      suppliers[SupplierID(name)] = SupplierPolicy(
        confidence: supplier["confidence"]?.rate ?? .none,
        announcedConfidence: supplier["announced_confidence"]?.rate,
        leadTimeDeviation: supplier["lead_time_deviation"]?.span ?? TimeSpan(milliseconds: 0),
        delayMargin: DelayMargin(
          high: thousandths(.high), medium: thousandths(.medium), low: thousandths(.low),
          untrusted: thousandths(.untrusted)),
        receivingTime: supplier["receiving_time"]?.span ?? TimeSpan(milliseconds: 0),
        pastDueAfter: supplier["past_due_after"]?.span)
    }
    return suppliers
  }

  /// How suppliers are learnt about; those that are not named are taken at their declared word.
  func learning() -> [SupplierID: SupplierLearning] {
    var policies: [SupplierID: SupplierLearning] = [:]
    for name in state.names(of: .supplier) {
      guard let supplier = state.effective(.init(.supplier, name), at: now),
        let learning = supplier["learning"]?.members
      else { continue }
      var policy = ConfidencePolicy()
      policy.prior = .init(
        rate: supplier["confidence"]?.rate ?? policy.prior.rate,
        deliveries: learning["prior_deliveries"]?.integer ?? policy.prior.deliveries)
      policy.halfLife = learning["half_life"]?.span ?? policy.halfLife
      policy.grace = learning["grace"]?.span ?? policy.grace
      policy.earlyGrace = learning["early_grace"]?.span
      if learning["measure"]?.text == "in_full" {
        policy.measure = .inFull(tolerance: learning["tolerance"]?.rate ?? .none)
      }
      policy.poolsPrior = learning["prior"]?.text == "pooled"
      policies[SupplierID(name)] = SupplierLearning(
        confidence: policy, learnsLeadTime: learning["lead_time"]?.bool ?? false)
    }
    return policies
  }
}

extension DesiredState {
  /// What the suppliers that hold at a moment are declared to be worth, whether or not more is learnt of them.
  public func declaredConfidence(at now: Instant) -> [SupplierID: Rate] {
    PolicyResolver(state: self, now: now).suppliers().mapValues(\.confidence)
  }

  /// The same of what a supplier says is on its way, where that is declared.
  public func announcedConfidence(at now: Instant) -> [SupplierID: Rate] {
    PolicyResolver(state: self, now: now).suppliers().compactMapValues(\.announcedConfidence)
  }

  /// What plans make of the deliveries of the suppliers that hold at a moment. Where nothing is learnt, the declared
  /// confidence stays what it is whatever comes.
  public func confidencePolicies(at now: Instant) -> [SupplierID: ConfidencePolicy] {
    let resolver = PolicyResolver(state: self, now: now)
    let learning = resolver.learning()
    return Dictionary(
      uniqueKeysWithValues: resolver.suppliers().map { name, supplier in
        (name, learning[name]?.confidence ?? .declared(supplier.confidence))
      })
  }
}
