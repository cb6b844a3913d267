public import Operations

/// When what is ordered leaves a place that works by a calendar.
extension WorkCalendar {
  /// The moment at which an order leaves that is ready to be worked on at another; nil if the place is closed for the
  /// whole horizon.
  ///
  /// Work begins at once while the place is open, and on the next open day when the order comes after the day's cut-off or
  /// after it has closed. A whole day of processing is one open day, however short: `1d` is as far into the hours of the
  /// next open day, but no later than it closes. What is left of the processing time runs only while the place is open, and
  /// takes no longer than another whole day would.
  ///
  /// So a later order never leaves earlier, nor one that takes longer.
  ///
  /// - Parameters:
  ///   - cutOff: the local time until which (inclusive) an order is taken on the same day; until it closes, if nil.
  ///   - processing: from the beginning of work to the parcel; at least 0.
  public func leaves(readyAt ready: Instant, cutOff: TimeOfDay?, processing: TimeSpan) -> Instant? {
    guard let start = begin(ready, cutOff: cutOff) else { return nil }
    // Measured from the opening and not by the clock, which shows some times twice.
    let intoTheDay = start.moment - start.day.opens
    var day = start.day
    for _ in 0..<processing.milliseconds / TimeSpan.day.milliseconds {
      guard let next = firstDay(from: day.date + 1) else { return nil }
      day = next
    }
    let moment = min(day.opens + intoTheDay, day.closes)
    let rest = moment + TimeSpan(milliseconds: processing.milliseconds % TimeSpan.day.milliseconds)
    if rest <= day.closes { return rest }
    guard let next = firstDay(from: day.date + 1) else { return nil }
    return min(next.opens + (rest - day.closes), next.opens + intoTheDay, next.closes)
  }

  /// The open day whose labour an order takes that is ready at a moment: today, if it is open and the order is not after
  /// the cut-off, else the next one. Nil if the place is closed for the whole horizon.
  public func workDay(readyAt ready: Instant, cutOff: TimeOfDay?) -> LocalDate? {
    begin(ready, cutOff: cutOff)?.day.date
  }

  /// When work begins on what is ready at a moment.
  func begin(_ ready: Instant, cutOff: TimeOfDay?) -> (day: OpenDay, moment: Instant)? {
    let date = zone.local(at: ready).date
    if let today = day(date), ready < today.closes {
      let isInTime = cutOff.map { ready <= zone.instant(of: date, at: $0) } ?? true
      if isInTime { return (today, max(ready, today.opens)) }
    }
    return firstDay(from: date + 1).map { ($0, $0.opens) }
  }
}
