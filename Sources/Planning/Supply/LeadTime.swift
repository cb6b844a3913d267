public import Operations

extension LeadTime {
  /// Learnt from deliveries: days of UTC from the order to the receipt that made a delivery complete.
  ///
  /// What is still open is left out, so that a supplier who is late today looks a little better than it is until the
  /// units come; confidence holds that against it meanwhile.
  /// - Parameters:
  ///   - deliveries: those of one supplier.
  ///   - now: receipts after it are not known yet.
  /// - Returns: nil when no delivery says anything.
  public init?(of deliveries: some Sequence<Delivery>, now: Instant) {
    let days = deliveries.compactMap { Self.days(of: $0, now: now) }.sorted().map(Double.init)
    guard !days.isEmpty else { return nil }
    let mean = days.reduce(0, +) / Double(days.count)
    let squares = days.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.init(
      mean: TimeSpan(roundingDays: mean),
      deviation: days.count < 2 ? nil : TimeSpan(roundingDays: (squares / Double(days.count - 1)).squareRoot()),
      deliveries: Int64(days.count))
  }

  private static func days(of delivery: Delivery, now: Instant) -> Int64? {
    guard let orderedAt = delivery.orderedAt, delivery.ordered > 0 else { return nil }
    var open = delivery.ordered
    for receipt in delivery.receipts.sorted(by: { $0.at < $1.at }) where receipt.at <= now {
      open -= receipt.units
      if open <= 0 { return receipt.at < orderedAt ? nil : receipt.at.day - orderedAt.day }
    }
    return nil
  }
}

extension TimeSpan {
  fileprivate init(roundingDays days: Double) {
    self.init(milliseconds: Int64((days * 24).rounded()) * TimeSpan.hour.milliseconds)
  }
}
