public import Operations

/// What a change of policy would do, beside what the world asks for anyway: the plan under the policy in force and the plan
/// under the other one, of the same snapshot and moment, held against each other.
///
/// What both plans do is no part of it. Equal inputs give equal values, whatever the order of their rows.
public struct Impact: Hashable, Sendable {
  /// In the byte order of their names: all channels, with what they can sell over all items.
  public internal(set) var channels: [ChannelImpact] = []
  /// The orders that gain or lose, in the byte order of their ids.
  public internal(set) var orders: [OrderImpact] = []
  /// The order lines that come earlier or later, in the byte order of orders and lines.
  public internal(set) var promises: [PromiseImpact] = []
  /// What can no longer be bought or can be bought again, by item and channel.
  public internal(set) var crossings: [StockCrossing] = []
  /// Items of which more or fewer units are there that no channel may sell.
  public internal(set) var stranded: [StrandedUnits] = []
  /// What it will do when windows open and close, as things stand now; the earliest first.
  public internal(set) var later: [LaterImpact] = []
  /// The moments beyond those for which it was worked out what it will do.
  public internal(set) var unseenMoments = 0

  /// Holds two plans against each other.
  /// - Parameters:
  ///   - before: under the policy in force; nil where none is, and all stays as it is.
  ///   - snapshot: what both were made from, of all items.
  public init(_ snapshot: Snapshot, before: Plan?, after: Plan) {
    var comparison = OutlookComparison(
      Outlook(snapshot, before?.actions.map(\.action) ?? [], before?.shortfalls ?? [], now: after.now),
      Outlook(snapshot, after.actions.map(\.action), after.shortfalls, now: after.now))
    comparison.run()
    self = comparison.impact
  }

  /// Plans under both policies.
  /// - Parameter previous: the policy in force; nil where none is.
  public init(of policy: Policy, inPlaceOf previous: Policy?, on snapshot: Snapshot, now: Instant) {
    func outlook(_ policy: Policy) -> Outlook {
      let (actions, planner) = Plan.actions(of: policy, on: snapshot, now: now)
      return Outlook(snapshot, actions, planner.findings.shortfalls, now: now)
    }
    var comparison = OutlookComparison(previous.map(outlook) ?? Outlook(snapshot, [], [], now: now), outlook(policy))
    comparison.run()
    self = comparison.impact
  }

  init(channels: [ChannelID]) { self.channels = channels.map { ChannelImpact(channel: $0) } }

  /// The largest that each measure is, now or at any moment later. Where there are moments that nobody looked at, it may do
  /// anything.
  public var measures: ImpactMeasures {
    unseenMoments > 0 ? .most : later.reduce(measuresNow) { $0.raised(to: $1.impact.measuresNow) }
  }

  public var measuresNow: ImpactMeasures {
    let losing = orders.filter { $0.unitsLost > 0 }
    return ImpactMeasures(
      ordersLosing: Int64(losing.count), unitsLosing: losing.reduce(0) { $0 + $1.unitsLost },
      valueLosing: losing.reduce(0) { $0.addingUpTo($1.valueLost) },
      channels: Int64(channels.count { $0.isChanged }),
      skusToZero: Int64(Set(crossings.filter(\.isToZero).map(\.sku)).count),
      promisesLater: Int64(promises.count { $0.isLater }))
  }

  /// Whether nothing would be any different, now or later.
  public var isNone: Bool { isNoneNow && later.allSatisfy(\.impact.isNoneNow) && unseenMoments == 0 }

  public var isNoneNow: Bool {
    !channels.contains(where: \.isChanged) && orders.isEmpty && promises.isEmpty && crossings.isEmpty
      && stranded.isEmpty
  }
}

extension Int64 {
  /// A sum of amounts of money that ends at the largest number instead of overflowing.
  func addingUpTo(_ other: Int64) -> Int64 {
    let (sum, isTooLarge) = addingReportingOverflow(other)
    return isTooLarge ? .max : sum
  }

  /// The price of some units, likewise.
  func price(of units: Quantity) -> Int64 {
    let (product, isTooLarge) = multipliedReportingOverflow(by: units)
    return isTooLarge ? .max : product
  }
}
