import Operations

/// What is believed of the suppliers of a snapshot, and what that changes.
struct SupplierBeliefs {
  /// The policy's suppliers with what was learnt in place of what is declared.
  let suppliers: [SupplierID: SupplierPolicy]
  let actions: [Action]

  /// Learns from the deliveries that the snapshot holds, with time counted in whole hours: of suppliers of which nothing
  /// is new the last applied plan knew as much.
  init(policy: Policy, snapshot: Snapshot, now: Instant) {
    let hour = Instant(hour: now.hour)
    var suppliers = policy.suppliers
    var actions: [Action] = []
    let names = Set(snapshot.suppliers.keys).union(policy.learning.keys)
    for name in names.sorted() {
      let record = snapshot.suppliers[name]
      let was = record?.standing
      guard let learning = policy.learning[name] else {
        if was != nil { actions.append(.setSupplier(name, nil, was: was)) }
        continue
      }
      var standing = was
      // Of a supplier that no row names yet, nothing is known at all.
      if was == nil || record?.deliveries != nil {
        let learnt = SupplierConfidence(of: record?.deliveries ?? [], policy: learning, now: hour)
        standing = SupplierStanding(
          confidence: learnt.rate, sampleSize: learnt.sampleSize, tier: learnt.tier)
      }
      if standing != was { actions.append(.setSupplier(name, standing, was: was)) }
      guard let standing else { continue }
      suppliers[name]?.confidence = standing.confidence
      suppliers[name]?.tier = standing.tier
    }
    self.suppliers = suppliers
    self.actions = actions
  }
}
