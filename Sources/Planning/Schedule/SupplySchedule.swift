public import Operations

/// What there is of an item and what is to come, by time, with who wants it when: why a promise has the date that it has.
///
/// It is a part of the plan that would be made now: what orders get by that plan is theirs already. A moment is one at
/// which units can be sold; processing at the node and the way to the customer come after it.
public struct SupplySchedule: Sendable {
  /// Units that come at one moment.
  public struct Arrival: Hashable, Sendable {
    public var at: Instant
    /// Those that can be counted on, by what the supplier's word is worth, without what fills up safety stock.
    public var units: Quantity
    /// Of `units`, those that an order which asks now cannot have: they are for orders that wait already, stand in for stock
    /// that is claimed and not there, are kept for other channels, or are beyond what the channel may sell.
    public var held: Quantity
    /// Whether it comes from another of our nodes, and not from a supplier.
    public var isTransfer: Bool
  }

  public var region: RegionID
  /// The hour of the plan.
  public var start: Instant
  /// Units that an order which asks now gets at once.
  public var onHand: Quantity
  /// By time.
  public var arrivals: [Arrival]
  /// What orders want that stock does not cover: when what was promised has to be there, and where nothing was, when they
  /// are to be sent, or now.
  public var due: [(at: Instant, units: Quantity)]
  /// From when on an order that asks now can have anything: the policy's `infinite_supply_after`.
  public var fence: Instant?
  /// Whether orders may wait for goods at all.
  public var waitsForGoods: Bool
  /// Whose days its periods are.
  public var zone: ZoneRules

  /// When an order that asks now for so many units can have them all; nil if it cannot.
  public func firstMoment(for units: Quantity) -> Instant? { promises.firstMoment(for: units) }

  /// When an order that asks now can have its units: all at one moment, or in two parts where it allows that.
  public func promise(_ request: PromiseRequest) -> [PromisedPart] {
    var promises = promises
    return promises.promise(request)
  }

  private var promises: LookAheadATP {
    LookAheadATP(
      start: start, onHand: onHand, supply: arrivals.map { ($0.at, $0.units) },
      demand: arrivals.map { ($0.at, $0.held) },
      infiniteFrom: fence)
  }
}

extension SupplySchedule {
  public enum Period: String, Sendable, CaseIterable {
    case day, week

    var days: Int64 { self == .day ? 1 : 7 }
  }

  /// One period of a schedule, as planners read it.
  public struct Row: Hashable, Sendable {
    /// Its first day, in the schedule's zone.
    public var from: LocalDate
    /// What is there, in the first period.
    public var onHand: Quantity
    public var purchases: Quantity
    public var transfers: Quantity
    public var due: Quantity
    /// Supply − due, of this period alone.
    public var period: Quantity
    /// After backward consumption.
    public var backward: Quantity
    /// The same, accumulated.
    public var accumulated: Quantity
    /// The APICS form.
    public var discrete: Quantity
    /// See `Arrival.held`.
    public var held: Quantity
    /// What an order that asks now could be promised by the end of the period: cumulative with look-ahead, the form that
    /// plans use. Nil for any number.
    public var available: Quantity?
    /// Units that are due by the end of the period and that no supply until then covers.
    public var shortage: Quantity
  }

  /// The farthest that anything is looked at, in days.
  private static let mostDays = TimeSpan.longest.milliseconds / TimeSpan.day.milliseconds

  /// The schedule by period, beginning today; what is to happen after the last row counts where a form looks ahead.
  /// - Parameter count: how many rows.
  /// - Source: the forms of `PeriodATP` and `LookAheadATP`.
  public func rows(by period: Period, count: Int) -> [Row] {
    let today = zone.local(at: start).date
    func index(_ at: Instant) -> Int? {
      let days = zone.local(at: max(at, start)).date.days - today.days
      return days < Self.mostDays ? Int(days / period.days) : nil
    }
    let last = (arrivals.map(\.at) + due.map(\.at)).compactMap(index).max() ?? 0
    let none = [Quantity](repeating: 0, count: max(count, last + 1))
    var (purchases, transfers, held, due) = (none, none, none, none)
    for arrival in arrivals {
      guard let place = index(arrival.at) else { continue }
      if arrival.isTransfer { transfers[place] += arrival.units } else { purchases[place] += arrival.units }
      held[place] += arrival.held
    }
    for (at, units) in self.due { if let place = index(at) { due[place] += units } }
    let receipts = zip(purchases, transfers).map { $0 + $1 }
    let alone = PeriodATP.period(supply: [receipts[0] + onHand] + receipts.dropFirst(), demand: due)
    let backward = PeriodATP.backward(alone)
    let accumulated = PeriodATP.accumulated(backward)
    let discrete = PeriodATP.discrete(onHand: onHand, receipts: receipts, orders: due)
    let promises = promises
    var level: Quantity = 0
    return (0..<count).map { place in
      level += alone[place]
      let end = zone.instant(of: today + Int64(place + 1) * period.days, at: .startOfDay) - TimeSpan(milliseconds: 1)
      let available = promises.units(at: end)
      return Row(
        from: today + Int64(place) * period.days, onHand: place == 0 ? onHand : 0, purchases: purchases[place],
        transfers: transfers[place], due: due[place], period: alone[place], backward: backward[place],
        accumulated: accumulated[place], discrete: discrete[place], held: held[place],
        available: available == .max ? nil : available, shortage: max(0, -level))
    }
  }
}
