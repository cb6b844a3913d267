import Operations

/// Gathers the transitions of a time zone one after another, as seconds since 1970.
struct ZoneTimeline {
  private var firstOffset: Int64
  private var transitions: [ZoneRules.Transition] = []
  /// The time of the last transition that the file holds, whether it changed the offset or only the zone's name.
  private var lastExplicit: Int64?

  init(firstOffset: Int64) { self.firstOffset = firstOffset }

  /// Adds a transition that stands in the file.
  mutating func append(at seconds: Int64, offset: Int64) throws(ZoneFileProblem) {
    if let lastExplicit, seconds <= lastExplicit { throw ZoneFileProblem(reason: "its times are not in order") }
    lastExplicit = seconds
    // Some files begin at the Big Bang.
    if seconds <= Instant.distantPast.seconds {
      firstOffset = offset
    } else if seconds < Instant.distantFuture.seconds {
      change(at: seconds, to: offset)
    }
  }

  /// Writes out what a rule says from the last explicit transition until the end of a year.
  mutating func append(_ rule: PosixZone, until lastYear: Int64) {
    let start = lastExplicit ?? 0
    guard start < Instant.distantFuture.seconds else { return }
    let firstYear = ZoneRules.utc.local(at: Instant(milliseconds: max(start, 0) * 1000)).date.year
    guard firstYear <= lastYear, let end = LocalDate(year: lastYear + 1, month: 1, day: 1) else { return }
    // With the year after it, whose first change may cancel the last one before.
    let changes = (firstYear...lastYear + 1).flatMap(rule.changes).filter { $0.at > start && $0.at < end.days * 86_400 }
    // A rule for summer time all year round ends it just when it starts again: of two at one moment the later holds.
    for (_, change) in changes.enumerated().sorted(by: { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }) {
      self.change(at: change.at, to: change.offset)
    }
  }

  private mutating func change(at seconds: Int64, to offset: Int64) {
    let instant = Instant(milliseconds: seconds * 1000)
    if transitions.last?.at == instant { transitions.removeLast() }
    guard offset != transitions.last?.offset ?? firstOffset else { return }
    transitions.append(ZoneRules.Transition(at: instant, offset: offset))
  }

  func rules(_ name: String) throws(ZoneFileProblem) -> ZoneRules {
    guard let rules = ZoneRules(name: name, firstOffset: firstOffset, transitions: transitions) else {
      throw ZoneFileProblem(reason: "its times are not in order")
    }
    return rules
  }
}
