public import Operations

/// A time in which changes of the policy wait: a stretch from one moment until another, or hours of the week.
///
/// What waits takes effect by itself when the window ends. Trade goes on under the policy in force.
public struct FreezeWindow: Sendable {
  public let key: Resource.Key
  /// The role whose people may put a change in force all the same, with a reason; nil where nobody may.
  public let overrideRole: String?
  private let stretch: Window?
  private let weekly: WorkCalendar?

  /// Nil for a resource that says neither `from` and `until` nor `weekly`; validation reports it.
  public init?(_ resource: Resource) {
    key = resource.key
    overrideRole = resource.fields["override"]?.members?["role"]?.text
    let (from, until) = (resource.fields["from"]?.instant, resource.fields["until"]?.instant)
    stretch = from == nil || until == nil ? nil : Window(from: from, until: until)
    weekly = (resource.fields["weekly"]?.members).map {
      Self.calendar($0, zone: resource.fields["time_zone"]?.timeZone ?? .utc)
    }
    if stretch == nil, weekly == nil { return nil }
  }

  private static func calendar(_ hours: Members, zone: ZoneRules) -> WorkCalendar {
    var week: [Weekday: OpenHours] = [:]
    var special: [LocalDate: OpenHours] = [:]
    for member in hours.all {
      guard let hours = member.field.hours else { continue }
      switch OpenDays(member.name) {
      case .weekdays(let days): for day in days { week[day] = hours }
      case .date(let date): special[date] = hours
      case nil: break
      }
    }
    return WorkCalendar(zone: zone, week: week, special: special)
  }

  /// Whether there is any moment at which changes wait.
  var begins: Bool { stretch != nil || weekly?.opensAtAll == true }

  /// Whether changes wait at a moment; its last moment is not included.
  public func isFrozen(at moment: Instant) -> Bool {
    (stretch?.contains(moment) ?? false) || (weekly?.closing(at: moment) != nil)
  }

  /// The first moment after another at which changes wait no longer; the moment itself where they do not wait, and nil
  /// where that would be more than a year ahead.
  public func end(from moment: Instant) -> Instant? {
    var moment = moment
    // Days that follow each other without a gap are one freeze, and a stretch may end inside of the hours of a day.
    for _ in 0...(WorkCalendar.horizon + 1) {
      if let stretch, stretch.contains(moment), let until = stretch.until {
        moment = until
      } else if let closes = weekly?.closing(at: moment) {
        moment = closes
      } else {
        return moment
      }
    }
    return nil
  }
}

extension WorkCalendar {
  /// When the hours end in which a moment lies; nil if it lies in none. What clocks show twice belongs to them both times: a
  /// freeze that ends in such an hour ends with its second round.
  fileprivate func closing(at moment: Instant) -> Instant? {
    guard let day = day(zone.local(at: moment).date), let hours = hours(on: day.date), day.opens <= moment else {
      return nil
    }
    let instant = TimeSpan(milliseconds: 1)
    let last = zone.secondInstant(of: day.date, at: TimeOfDay(milliseconds: hours.closes.milliseconds - 1))
    let closes = last.map { $0 + instant } ?? day.closes
    return moment < closes ? closes : nil
  }
}

extension DesiredState {
  /// The windows in which changes wait, in name order.
  public var freezeWindows: [(window: FreezeWindow, resource: Resource)] {
    names(of: .freezeWindow).flatMap { resources[.init(.freezeWindow, $0)] ?? [] }.compactMap { resource in
      FreezeWindow(resource).map { ($0, resource) }
    }
  }
}
