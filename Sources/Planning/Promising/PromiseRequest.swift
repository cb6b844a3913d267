public import Operations

/// One demand that asks for a date.
public struct PromiseRequest: Hashable, Sendable {
  public var units: Quantity
  /// Nothing is promised before it.
  public var earliest: Instant
  /// What is free at `earliest` may be promised then, and the rest later: two dates at most.
  public var isPartialAllowed: Bool

  public init(units: Quantity, earliest: Instant, isPartialAllowed: Bool) {
    self.units = units
    self.earliest = earliest
    self.isPartialAllowed = isPartialAllowed
  }
}

/// Units of a demand and the moment for which they are promised.
public struct PromisedPart: Hashable, Sendable {
  public var units: Quantity
  /// nil: no supply within the horizon covers them.
  public var at: Instant?
}

extension LookAheadATP {
  /// Promises a demand as early as it can be, without taking from what was promised before, and places it.
  ///
  /// Whole: the first t ≥ earliest with ATP(t) ≥ units. Partial: min(units, ATP(earliest)) at `earliest` when that is above
  /// 0, then the rest by the same rule. Demands are promised one after the other, in the order of their priority. A step
  /// is any moment: who promises by day passes the start of days.
  /// - Returns: one part, or two where the demand is split; their units add up to what was asked for.
  /// - Source: domain.md §2.2, `promise_date`.
  public mutating func promise(_ request: PromiseRequest) -> [PromisedPart] {
    let earliest = max(request.earliest, levels.first?.at ?? request.earliest)
    var parts: [PromisedPart] = []
    let free = request.isPartialAllowed ? min(request.units, units(at: earliest)) : 0
    if free > 0 {
      place(free, at: earliest)
      parts.append(PromisedPart(units: free, at: earliest))
    }
    let rest = request.units - free
    guard rest > 0 || parts.isEmpty else { return parts }
    let moment = firstMoment(for: rest, from: earliest)
    if let moment { place(rest, at: moment) }
    return parts + [PromisedPart(units: rest, at: moment)]
  }
}
