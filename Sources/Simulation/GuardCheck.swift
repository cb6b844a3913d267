import ActualState
import Approvals
import Operations
import Planning
import Reconciling

/// Nothing that waits for people is applied without their word: written apart from the gate, on the model instead of the
/// files and what was signed.
struct GuardCheck {
  private let application: Application
  private let book: HoldBook
  private let isFirst: Bool

  init(_ store: InMemoryStore, _ application: Application) throws {
    self.application = application
    book = try store.holds()
    isFirst = try store.pin() == nil
  }

  func check(_ simulation: Simulation) throws {
    guard let guards = simulation.company(of: application.pin)?.guards,
      simulation.company(of: application.pin)?.isEnforced == true
    else { return try require(letThrough.isEmpty, "something was let through that nothing holds") }
    var passed = Set<Hold.Cause>()
    for cause in Hold.Cause.allCases where guards.proposes.contains(cause) {
      let part = application.actions.filter { $0.domain.cause == cause }
      guard !part.isEmpty else { continue }
      try requireWord(cause, measures(part), guards, simulation)
      passed.insert(cause)
    }
    try checkLimits(guards, simulation, &passed)
    try require(
      Set(letThrough.map(\.cause)) == passed, "the record says that \(letThrough) went through, and \(passed) did")
    for hold in letThrough {
      try require(simulation.passed.insert(hold.number).inserted, "hold \(hold.number) was let through twice")
      try require(
        try !simulation.store.holds().open.contains(hold), "hold \(hold.number) was let through and is open still")
      simulation.tally.passages += 1
    }
  }

  private var letThrough: [Hold] {
    (application.record?.body["let_through"]?.array ?? []).compactMap { $0["hold"].flatMap(Hold.init(json:)) }
  }

  /// Who let it through, by the record.
  private var letThroughBy: [String] {
    (application.record?.body["let_through"]?.array ?? []).flatMap { $0["approvals"]?.array ?? [] }
      .compactMap { try? SignedStatement(json: $0)?.statement().person }
  }

  private func checkLimits(_ guards: Company.Guards, _ simulation: Simulation, _ passed: inout Set<Hold.Cause>) throws {
    guard !isFirst, !(guards.perPlan.isEmpty && guards.perHour.isEmpty) else { return }
    var told = measures(application.actions)
    let hour = application.now.hour
    let spent = simulation.spent.flatMap { $0.hour == hour ? $0.measures : nil } ?? [:]
    let sum = told.merging(spent) { $0 + $1 }
    let isPlanLarge = guards.perPlan.contains { told[$0.key, default: 0] > $0.value }
    for (measure, limit) in guards.perHour where sum[measure, default: 0] > limit {
      told["per_hour \(measure)"] = sum[measure]
    }
    if isPlanLarge || told.keys.contains(where: { $0.hasPrefix("per_hour") }) {
      try requireWord(.limits, told, guards, simulation)
      passed.insert(.limits)
    }
    if !application.actions.isEmpty { simulation.spent = (hour, sum) }
  }

  private func measures(_ actions: [Action]) -> [String: Int64] {
    let radius = Plan.blastRadius(of: actions)
    return Dictionary(uniqueKeysWithValues: BlastRadius.measures.map { ($0.name, $0.value(radius)) })
  }

  /// Wardens must have said yes, to this hold and no other, to at least so much, and nobody no.
  private func requireWord(
    _ cause: Hold.Cause, _ measures: [String: Int64], _ guards: Company.Guards, _ simulation: Simulation
  ) throws {
    guard let hold = book.hold(cause, of: application.pin.commit) else {
      throw BrokenPromise(description: "\(cause) of \(application.pin.commit) was applied and never waited")
    }
    var latest: [String: Said] = [:]
    var words: [String] = []
    for one in simulation.said.prefix(simulation.heard) where one.subject == .hold(hold) && one.key == one.person {
      let skew = TimeSpan(milliseconds: 5 * 60_000)
      guard Company.wardens.contains(one.person), one.at <= application.now + skew || !one.kind.permits else {
        continue
      }
      words.append("\(one.person) \(one.kind) at \(one.at)")
      if latest[one.person].map({ $0.at <= one.at }) ?? true { latest[one.person] = one }
    }
    let against = latest.values.first { $0.kind == .reject }
    try require(
      against == nil,
      "hold \(hold.number) was rejected by \(against?.person ?? ""), and applied; the record names "
        + letThroughBy.joined(separator: ", ") + "; said of it: " + words.joined(separator: "; "))
    let yes = latest.values.filter { one in
      one.kind == .approve && one.at >= hold.since && one.version == application.pin.version
        && one.expires.map { $0 > application.now } ?? false && one.at + Company.Guards.validFor > application.now
        && measures.allSatisfy { $0.value * 5 <= (one.impact?[$0.key] ?? 0) * 6 }
    }
    let needed = measures["items", default: 0] >= guards.pair ? 2 : 1
    try require(
      yes.count >= needed,
      "hold \(hold.number) (\(cause)) with \(measures) was applied, \(yes.count) of \(needed) wardens agreed: "
        + latest.values.map { "\($0.person) \($0.kind) \($0.impact ?? [:])" }.joined(separator: ", "))
  }
}
