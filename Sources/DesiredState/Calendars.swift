public import Operations

extension DesiredState {
  /// The calendar of a name at a moment, with what it takes over from those that it extends; nil when nothing of that name
  /// holds then.
  ///
  /// The nearest wins: for the time zone, for the hours of the week as a whole, and for each date. Dates that are closed or
  /// have hours of their own add up. A calendar in which `open` stands nowhere is open around the clock but for them.
  public func calendar(_ name: String, at now: Instant) -> WorkCalendar? {
    let layers = calendarLayers(name, at: now)
    guard !layers.isEmpty else { return nil }
    var week: [Weekday: OpenHours]?
    var special: [LocalDate: OpenHours] = [:]
    var closed = Set<LocalDate>()
    for layer in layers {
      var ownWeek: [Weekday: OpenHours] = [:]
      for member in layer["open"]?.members?.all ?? [] {
        guard let hours = member.field.hours else { continue }
        switch OpenDays(member.name) {
        case .weekdays(let days): for day in days { ownWeek[day] = hours }
        case .date(let date): if special[date] == nil, !closed.contains(date) { special[date] = hours }
        case nil: break
        }
      }
      if week == nil || week?.isEmpty == true, layer["open"] != nil { week = ownWeek }
      for date in (layer["closed"]?.list ?? []).compactMap(\.date) where special[date] == nil { closed.insert(date) }
    }
    return WorkCalendar(
      zone: layers.lazy.compactMap { $0["time_zone"]?.timeZone }.first ?? .utc,
      week: week ?? Dictionary(uniqueKeysWithValues: Weekday.allCases.map { ($0, .wholeDay) }), special: special,
      closed: closed)
  }

  /// A calendar and those that it extends, nearest first. One that stands there already is not followed again.
  private func calendarLayers(_ name: String, at now: Instant) -> [EffectiveResource] {
    var layers: [EffectiveResource] = []
    var seen = Set<String>()
    var next: String? = name
    while let name = next, seen.insert(name).inserted,
      let calendar = effective(.init(.calendar, name), at: now)
    {
      layers.append(calendar)
      next = calendar["extends"]?.text
    }
    return layers
  }
}
