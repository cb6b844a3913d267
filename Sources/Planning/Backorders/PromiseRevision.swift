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
    if expected.day > at.day { return isWithinLimit(expected) ? .tell(.promiseLater) : .exceeds }
    return expected.day < at.day && policy.tellsEarlier ? .tell(.promiseEarlier) : .keep
  }

  func isWithinLimit(_ moment: Instant) -> Bool { first.map { moment.day <= ($0 + policy.moveLimit).day } ?? true }

  /// What to tell of goods whose way is known: the date itself is a fact.
  func notice(routed: Instant) -> Promise.Notice? {
    guard let told = at ?? first, routed.day != told.day else { return nil }
    if routed.day > told.day { return .promiseLater }
    return policy.tellsEarlier ? .promiseEarlier : nil
  }

  /// The case of a promise that does not hold, whatever is wrong with it.
  /// - Parameter reason: what follows after what was told.
  func trouble(_ subject: String, at hour: Instant, _ reason: String) -> Case {
    let told =
      at.map { "promised for \($0.date)" } ?? first.map { "first promised for \($0.date)" } ?? "promised nothing"
    // With its time over, or taken back, it cannot be held any more.
    let isOver = at.map { $0 <= hour } ?? (first != nil)
    return Case(isOver ? .promiseBroken : .promiseAtRisk, subject: subject, detail: "\(told); \(reason)")
  }

  /// The case of a line that was told a date beyond the limit, because the way there says so; nil where it was not.
  func exceeded(_ subject: String) -> Case? {
    guard let at, let first, !isWithinLimit(at) else { return nil }
    return Case(
      .promiseBroken, subject: subject,
      detail: "promised for \(at.date), first for \(first.date); at most \(policy.moveLimit) later may be")
  }
}

extension Instant {
  /// Its day in UTC, as customers are told it.
  var date: LocalDate { LocalDate(days: day) }
}
