import Operations

/// What is learnt of a supplier, and how.
public struct SupplierLearning: Hashable, Sendable {
  public var confidence: ConfidencePolicy
  /// Whether its lead time is learnt too.
  public var learnsLeadTime: Bool

  public init(confidence: ConfidencePolicy = ConfidencePolicy(), learnsLeadTime: Bool = false) {
    self.confidence = confidence
    self.learnsLeadTime = learnsLeadTime
  }
}

/// What is believed of the suppliers of a snapshot, and what that changes.
struct SupplierBeliefs {
  /// The policy's suppliers with what was learnt in place of what is declared.
  let suppliers: [SupplierID: SupplierPolicy]
  /// Those that were learnt.
  let leadTimes: [SupplierID: LeadTime]
  let actions: [Action]

  /// Learns from the deliveries that the snapshot holds, with time counted in whole hours: of suppliers of which nothing
  /// is new the last applied plan knew as much. What is learnt once a day is left to plans of everything.
  init(policy: Policy, snapshot: Snapshot, now: Instant) {
    let hour = Instant(hour: now.hour)
    var lessons = DailyLessons(snapshot, day: now.day)
    var suppliers = policy.suppliers
    var leadTimes: [SupplierID: LeadTime] = [:]
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
      let pooled = lessons.pooledPrior(learning, was)
      // Of a supplier that no row names yet, nothing is known at all.
      if was == nil || record?.deliveries != nil {
        let learnt = SupplierConfidence(
          of: record?.deliveries ?? [], policy: learning.confidence.starting(from: pooled), now: hour)
        standing = SupplierStanding(
          confidence: learnt.rate.learnt, sampleSize: learnt.sampleSize, tier: learnt.tier, pooledPrior: pooled,
          leadTime: lessons.leadTime(learning, record))
      }
      if standing != was { actions.append(.setSupplier(name, standing, was: was)) }
      guard let standing else { continue }
      suppliers[name]?.confidence = standing.confidence
      suppliers[name]?.tier = standing.tier
      guard let leadTime = standing.leadTime?.value else { continue }
      leadTimes[name] = leadTime
      if let deviation = leadTime.deviation { suppliers[name]?.leadTimeDeviation = deviation }
    }
    self.suppliers = suppliers
    self.leadTimes = leadTimes
    self.actions = actions
  }
}

/// What is learnt once a day: as the day's first full plan left it, or by this plan if it is that one.
private struct DailyLessons {
  private let snapshot: Snapshot
  private let day: Int64
  /// Whether what was learnt before still holds. A plan of a few items does not see what all suppliers did.
  private let isLearnt: Bool
  private var pools: [ConfidencePolicy: Rate] = [:]

  /// As many as a record of confidence needs to be trusted.
  private static let fewestDeliveries = ConfidenceTier.smallestSample / 1000

  init(_ snapshot: Snapshot, day: Int64) {
    self.snapshot = snapshot
    self.day = day
    isLearnt = snapshot.scope == .dirty || snapshot.fullPlanAt.map { $0.day >= day } ?? false
  }

  mutating func pooledPrior(_ learning: SupplierLearning, _ was: SupplierStanding?) -> Rate? {
    guard learning.confidence.poolsPrior else { return nil }
    if isLearnt, let known = was?.pooledPrior { return known }
    guard snapshot.scope == .all else { return nil }
    let known = pools[learning.confidence]
    let rate =
      known
      ?? learning.confidence.pooledPrior(of: snapshot.suppliers.values.lazy.flatMap { $0.deliveries ?? [] }, day: day)
      .learnt
    pools[learning.confidence] = rate
    return rate
  }

  func leadTime(_ learning: SupplierLearning, _ record: SupplierRecord?) -> LearntLeadTime? {
    guard learning.learnsLeadTime else { return nil }
    if isLearnt, let known = record?.standing?.leadTime { return known }
    guard snapshot.scope == .all else { return nil }
    let learnt = LeadTime(of: record?.deliveries ?? [], now: Instant(day: day))
    return LearntLeadTime(learnt.flatMap { $0.deliveries < Self.fewestDeliveries ? nil : $0 })
  }
}
