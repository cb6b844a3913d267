/// What a plan believes of a supplier that it has learnt about.
public struct SupplierStanding: Hashable, Sendable {
  /// ρ: the share of what it confirms that arrives, rounded down to `Rate.learntGrain`.
  public var confidence: Rate
  /// How many deliveries of equal weight would say as much, in thousandths.
  public var sampleSize: Int64
  public var tier: ConfidenceTier
  /// What all suppliers together are worth, which the confidence starts from, rounded down as it is; nil where that is
  /// declared. As the lead time it is learnt once a day of UTC, from what was known when the day began.
  ///
  /// Both bear on many items, and so may not move with every receipt. A plan keeps what the day's first full plan left,
  /// whatever becomes known meanwhile: so a plan of a few items can rest on it, and says what a full plan says.
  public var pooledPrior: Rate?
  /// How long it takes; nil where that is declared.
  public var leadTime: LearntLeadTime?

  public init(
    confidence: Rate, sampleSize: Int64, tier: ConfidenceTier, pooledPrior: Rate? = nil,
    leadTime: LearntLeadTime? = nil
  ) {
    self.confidence = confidence
    self.sampleSize = sampleSize
    self.tier = tier
    self.pooledPrior = pooledPrior
    self.leadTime = leadTime
  }

  public var json: JSONValue {
    var members: [String: JSONValue] = [
      "confidence": .integer(confidence.partsPerMillion), "sample_size": .integer(sampleSize),
      "tier": .string(tier.rawValue),
    ]
    for (name, value) in daily { members[name] = value }
    return .object(members)
  }

  /// What is learnt once a day, as a store keeps it; empty where nothing is.
  public var daily: [String: JSONValue] {
    var members: [String: JSONValue] = [:]
    members["pooled_prior"] = pooledPrior.map { ["rate": .integer($0.partsPerMillion)] }
    members["lead_time"] = leadTime.map { ["learnt": $0.value?.json ?? .null] }
    return members
  }

  /// Takes in what `daily` gave; the days that older stores keep beside it are left out.
  /// - Returns: false where it is something else.
  public mutating func setDaily(_ json: JSONValue) -> Bool {
    if let pooled = json["pooled_prior"] {
      guard let rate = pooled["rate"]?.integer.flatMap(Rate.init(partsPerMillion:)) else { return false }
      pooledPrior = rate
    }
    if let learnt = json["lead_time"] {
      guard let value = learnt["learnt"] else { return false }
      guard value != .null else {
        leadTime = LearntLeadTime(nil)
        return true
      }
      guard let time = LeadTime(json: value) else { return false }
      leadTime = LearntLeadTime(time)
    }
    return true
  }
}

/// What is learnt of a lead time.
public struct LearntLeadTime: Hashable, Sendable {
  /// Nil while too few deliveries say it.
  public var value: LeadTime?

  public init(_ value: LeadTime?) { self.value = value }
}

extension Rate {
  /// The grain of what is learnt: a tenth of a percent.
  ///
  /// Old deliveries fade from day to day, by a few millionths where nothing comes. Such days write nothing, and a policy
  /// whose rates are whole tenths of a percent decides as by the exact figure.
  public static let learntGrain: Int64 = 1000

  /// Rounded down to the grain of what is learnt.
  public var learnt: Rate {
    Rate(partsPerMillion: partsPerMillion / Self.learntGrain * Self.learntGrain) ?? .none
  }
}

/// How long a supplier takes from order to full receipt.
public struct LeadTime: Hashable, Sendable {
  /// In whole hours.
  public var mean: TimeSpan
  /// σ_L of the sample, by n − 1, in whole hours; nil for a single delivery, which says nothing of it.
  public var deviation: TimeSpan?
  /// Deliveries whose order date is known and that came in full.
  public var deliveries: Int64

  public init(mean: TimeSpan, deviation: TimeSpan?, deliveries: Int64) {
    self.mean = mean
    self.deviation = deviation
    self.deliveries = deliveries
  }

  init?(json: JSONValue) {
    guard let mean = json["mean"]?.integer, let deliveries = json["deliveries"]?.integer else { return nil }
    self.init(
      mean: TimeSpan(milliseconds: mean), deviation: json["deviation"]?.integer.map(TimeSpan.init(milliseconds:)),
      deliveries: deliveries)
  }

  public var json: JSONValue {
    [
      "mean": .integer(mean.milliseconds), "deviation": JSONValue(deviation?.milliseconds),
      "deliveries": .integer(deliveries),
    ]
  }
}

/// What a store knows of a supplier.
public struct SupplierRecord: Hashable, Sendable {
  /// As the last applied plan left it; nil where the policy does not learn.
  public var standing: SupplierStanding?
  /// Nil where nothing is new since, in a snapshot of touched items.
  public var deliveries: [Delivery]?

  public init(standing: SupplierStanding?, deliveries: [Delivery]?) {
    self.standing = standing
    self.deliveries = deliveries
  }
}
