/// What a plan believes of a supplier that it has learnt about.
public struct SupplierStanding: Hashable, Sendable {
  /// ρ: the share of what it confirms that arrives.
  public var confidence: Rate
  /// How many deliveries of equal weight would say as much, in thousandths.
  public var sampleSize: Int64
  public var tier: ConfidenceTier

  public init(confidence: Rate, sampleSize: Int64, tier: ConfidenceTier) {
    self.confidence = confidence
    self.sampleSize = sampleSize
    self.tier = tier
  }

  public var json: JSONValue {
    [
      "confidence": .integer(confidence.partsPerMillion), "sample_size": .integer(sampleSize),
      "tier": .string(tier.rawValue),
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
