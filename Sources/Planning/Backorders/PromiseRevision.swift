import Operations

/// What a customer was told of a line, and how far that may move.
struct ToldPromise: Hashable {
  /// Nil where nothing was told, or where it was taken back.
  var at: Instant?
  /// Nil where nothing was ever told.
  var first: Instant?
  var policy: PromisePolicy

  /// What to tell when the goods are expected at another moment.
  enum Revision: Hashable {
    /// It still holds.
    case keep
    case tell(Promise.Notice)
    /// It is later than may be without a person.
    case exceeds
  }

  /// Customers are told days: as long as the day is the same, so is the promise.
  func revision(expected: Instant) -> Revision {
    guard let at else { return isWithinLimit(expected) ? .tell(.backorderAccepted) : .exceeds }
    if day(expected) > day(at) { return isWithinLimit(expected) ? .tell(.promiseLater) : .exceeds }
    return day(expected) < day(at) && policy.tellsEarlier ? .tell(.promiseEarlier) : .keep
  }

  func isWithinLimit(_ moment: Instant) -> Bool { first.map { day(moment) <= day($0 + policy.moveLimit) } ?? true }

  /// Whether a customer may be told, without a person, that goods come at a moment whose way is known. What was told stands
  /// otherwise, and is someone's case.
  func mayMove(to routed: Instant) -> Bool {
    guard let told = at ?? first else { return true }
    return at != nil && day(routed) <= day(told) || isWithinLimit(routed)
  }

  /// What to tell of goods whose way is known.
  func notice(routed: Instant) -> Promise.Notice? {
    guard let told = at ?? first, day(routed) != day(told) else { return nil }
    if day(routed) > day(told) { return .promiseLater }
    return policy.tellsEarlier ? .promiseEarlier : nil
  }

  /// The case of a promise that does not hold, whatever is wrong with it.
  /// - Parameter reason: what follows after what was told.
  func trouble(_ subject: String, at hour: Instant, _ reason: String) -> Case {
    let told =
      at.map { "promised for \(day($0))" } ?? first.map { "first promised for \(day($0))" } ?? "not promised"
    // With its time over, or taken back, it cannot be held any more.
    let isOver = at.map { $0 <= hour } ?? (first != nil)
    return Case(isOver ? .promiseBroken : .promiseAtRisk, subject: subject, detail: "\(told); \(reason)")
  }

  /// The case of a line that was told a date beyond the limit, because the way there says so; nil where it was not.
  private func exceeded(_ subject: String) -> Case? {
    guard let at, let first, !isWithinLimit(at) else { return nil }
    return Case(
      .promiseBroken, subject: subject,
      detail: "promised for \(day(at)), first for \(day(first)); it may move by at most \(policy.moveLimit)")
  }

  /// The case of a line whose units all have a way, and whose promise does not hold; nil where it holds.
  /// - Parameter arrival: when the last of them comes by their ways; nil where that is not known of all.
  func standing(_ subject: String, at hour: Instant, arrival: Instant?) -> Case? {
    guard let arrival, !mayMove(to: arrival), at.map({ $0 >= hour }) ?? true else { return broken(subject, at: hour) }
    return trouble(
      subject, at: hour, "it now arrives \(day(arrival)); the promise may move by at most \(policy.moveLimit)")
  }

  /// The case of a line whose units are all there, and whose promise does not hold all the same: its time is over, or it is
  /// later than may be; nil where it holds.
  func broken(_ subject: String, at hour: Instant) -> Case? {
    guard let at, at < hour else { return exceeded(subject) }
    return Case(.promiseBroken, subject: subject, detail: "promised for \(day(at)); not shipped in time")
  }

  /// The case of a line of which the first date that was told is after the days in which its order is to be delivered; nil
  /// where it is not, or where there is no such limit.
  func late(_ subject: String, placedAt: Instant, within limit: TimeSpan?) -> Case? {
    guard let limit, let first, day(first) > day(placedAt.nextFullHour + limit) else { return nil }
    return Case(
      .promiseLate, subject: subject,
      detail: "first promised for \(day(first)), but it should be delivered within \(limit)")
  }

  /// A promise of another moment in the place of this one, with the days that a notice of it names.
  func moved(to moment: Instant?, order: OrderID, line: String, _ notice: Promise.Notice?) -> Promise {
    var promise = Promise(order: order, line: line, at: moment, notice: notice)
    if notice != nil, policy.zone != .utc {
      promise.days = Promise.Days(promised: moment.map(day), was: at.map(day), first: (first ?? moment).map(day))
    }
    return promise
  }

  /// The day of a moment, as customers are told it.
  func day(_ moment: Instant) -> LocalDate { policy.zone.local(at: moment).date }
}

/// A line that waits for goods to come, and when these are expected at the customer. What of it is on its way already may
/// come later: its promise is the day of the last of its units.
struct ExpectedLine: Hashable {
  var order: OrderID
  var line: String
  var told: ToldPromise
  var at: Instant
  /// What is to bring them.
  var goods: String

  /// What the customer is told, or the case where that may not be.
  /// - Parameter arrival: when the last of its units comes that have a way; nil where none has.
  func outcome(beside arrival: Instant?, at hour: Instant) -> (promise: Promise?, trouble: Case?) {
    let last = arrival.map { max($0, at) } ?? at
    switch told.revision(expected: last) {
    case .keep: return (nil, nil)
    case .tell(let notice): return (told.moved(to: last, order: order, line: line, notice), nil)
    case .exceeds:
      let words = last == at ? "now expected \(told.day(at)) by \(goods)" : "a part arrives \(told.day(last))"
      return (nil, told.trouble("\(order)/\(line)", at: hour, words))
    }
  }
}
