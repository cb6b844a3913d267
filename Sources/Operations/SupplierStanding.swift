/// What a plan believes of a supplier that it has learnt about.
public struct SupplierStanding: Hashable, Sendable {
  /// ρ: the share of what it confirms that arrives.
  public var confidence: Rate
  /// How many deliveries of equal weight would say as much, in thousandths.
  public var sampleSize: Int64
  public var tier: ConfidenceTier
  /// What all suppliers together are worth, which the confidence starts from; nil where that is declared.
  public var pooledPrior: Daily<Rate>?
  /// How long it takes; nil where that is declared, and of no value while too few deliveries say it.
  public var leadTime: Daily<LeadTime?>?

  public init(
    confidence: Rate, sampleSize: Int64, tier: ConfidenceTier, pooledPrior: Daily<Rate>? = nil,
    leadTime: Daily<LeadTime?>? = nil
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
    members["pooled_prior"] = pooledPrior.map {
      ["day": .integer($0.day), "rate": .integer($0.value.partsPerMillion)]
    }
    members["lead_time"] = leadTime.map { ["day": .integer($0.day), "learnt": $0.value?.json ?? .null] }
    return members
  }

  /// Takes in what `daily` gave.
  /// - Returns: false where it is something else.
  public mutating func setDaily(_ json: JSONValue) -> Bool {
    if let pooled = json["pooled_prior"] {
      guard let day = pooled["day"]?.integer, let rate = pooled["rate"]?.integer.flatMap(Rate.init(partsPerMillion:))
      else { return false }
      pooledPrior = Daily(day: day, value: rate)
    }
    if let learnt = json["lead_time"] {
      guard let day = learnt["day"]?.integer, let value = learnt["learnt"] else { return false }
      guard value != .null else {
        leadTime = Daily(day: day, value: nil)
        return true
      }
      guard let time = LeadTime(json: value) else { return false }
      leadTime = Daily(day: day, value: time)
    }
    return true
  }
}

/// What is learnt once a day of UTC, from what was known when the day began.
///
/// It bears on many items, and so may not move with every receipt. A plan keeps what the day's first full plan wrote down,
/// whatever becomes known meanwhile: so a plan of a few items can rest on it, and says what a full plan says.
public struct Daily<Value: Hashable & Sendable>: Hashable, Sendable {
  /// Counted from 1970-01-01.
  public var day: Int64
  public var value: Value

  public init(day: Int64, value: Value) {
    self.day = day
    self.value = value
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
