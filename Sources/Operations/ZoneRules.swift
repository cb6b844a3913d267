/// How the clocks of one time zone were and will be set, as a value: from which moment which offset to UTC holds.
///
/// It is read at the edge, from the files of the system, and so keeps planning a function of its arguments.
public struct ZoneRules: Hashable, Sendable {
  /// The moment at which clocks change, and what they show from then on.
  public struct Transition: Hashable, Sendable {
    public let at: Instant
    /// Seconds that local time is ahead of UTC.
    public let offset: Int64

    public init(at: Instant, offset: Int64) {
      self.at = at
      self.offset = offset
    }
  }

  /// The date and time that a clock on the wall shows.
  public struct Local: Hashable, Sendable {
    public let date: LocalDate
    public let time: TimeOfDay
  }

  /// The offsets that exist (RFC 9636 §3.2), in seconds.
  public static let offsets: ClosedRange<Int64> = -89_999...93_599

  /// As in the IANA database: `Europe/Berlin`.
  public let name: String
  /// Seconds that local time is ahead of UTC before the first transition.
  public let firstOffset: Int64
  /// In the order of time. After the last one its offset holds for good.
  public let transitions: ContiguousArray<Transition>

  /// Nil if the transitions are not in the order of time or an offset is none that exists.
  public init?(name: String, firstOffset: Int64, transitions: some Sequence<Transition>) {
    let transitions = ContiguousArray(transitions)
    guard Self.offsets.contains(firstOffset), transitions.allSatisfy({ Self.offsets.contains($0.offset) }),
      zip(transitions, transitions.dropFirst()).allSatisfy({ $0.at < $1.at })
    else { return nil }
    self.init(name, firstOffset, transitions)
  }

  private init(_ name: String, _ firstOffset: Int64, _ transitions: ContiguousArray<Transition>) {
    self.name = name
    self.firstOffset = firstOffset
    self.transitions = transitions
  }

  public static let utc = ZoneRules("UTC", 0, [])

  /// Seconds that local time is ahead of UTC at a moment.
  public func offset(at instant: Instant) -> Int64 { offset(ofPeriod: period(at: instant)) }

  /// What a clock on the wall shows at a moment.
  public func local(at instant: Instant) -> Local {
    let local = instant.milliseconds + offset(at: instant) * 1000
    let days = floorDivide(local, TimeSpan.day.milliseconds)
    return Local(
      date: LocalDate(days: days), time: TimeOfDay(milliseconds: local - days * TimeSpan.day.milliseconds))
  }

  /// The moment at which a clock on the wall shows a date and time. A time that clocks skip gives the first moment after
  /// the gap; of a time that they show twice, the first.
  public func instant(of date: LocalDate, at time: TimeOfDay) -> Instant {
    let local = date.days * TimeSpan.day.milliseconds + time.milliseconds
    // Whatever the offset, no earlier period reaches this local time.
    var period = period(at: Instant(milliseconds: local - Self.offsets.upperBound * 1000))
    while true {
      let instant = Instant(milliseconds: local - offset(ofPeriod: period) * 1000)
      if period < transitions.count, instant >= transitions[period].at {
        period += 1
      } else {
        return period == 0 ? instant : max(instant, transitions[period - 1].at)
      }
    }
  }

  /// The second moment at which a clock on the wall shows a date and time; nil for a time that it does not show twice.
  public func secondInstant(of date: LocalDate, at time: TimeOfDay) -> Instant? {
    let first = instant(of: date, at: time)
    let local = date.days * TimeSpan.day.milliseconds + time.milliseconds
    let next = period(at: first) + 1
    guard next <= transitions.count else { return nil }
    let second = Instant(milliseconds: local - offset(ofPeriod: next) * 1000)
    guard second > first, second >= transitions[next - 1].at else { return nil }
    return next == transitions.count || second < transitions[next].at ? second : nil
  }

  /// How many transitions have passed at a moment: the period between two of them in which it lies.
  private func period(at instant: Instant) -> Int { transitions.partitioningIndex { $0.at > instant } }

  private func offset(ofPeriod period: Int) -> Int64 {
    period == 0 ? firstOffset : transitions[period - 1].offset
  }
}
