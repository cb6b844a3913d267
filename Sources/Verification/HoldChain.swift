import Approvals
import AuditTrail
import DesiredState
import Diagnostics
import Operations
import Reconciling

/// What waited for people, and what they let through, as far as the records of a trail hold: nothing that a policy holds
/// was applied without what had to be said about it, and nothing that was said counted twice.
struct HoldChain: Hashable {
  private var book = HoldBook()
  /// What waits.
  var holds: HoldBook { book }
  /// Everyone whose work is in what waits under the policy in force.
  private(set) var authors = Set<String>()
  private(set) var cases: [ReviewCase] = []
  private var spent = Spent()

  /// What the plans of an hour have changed.
  private struct Spent: Hashable {
    var hour: Int32 = 0
    /// Nil where a record of the hour does not carry its whole plan.
    var radius: BlastRadius? = BlastRadius()
  }

  init() {}

  /// What the plans of the last hour with some under limits have changed; nil where that cannot be told.
  var spending: HourlyRadius? { spent.radius.map { HourlyRadius(hour: spent.hour, radius: $0) } }

  /// - Parameters:
  ///   - before: the policy that was in force before the record; nil for the first.
  ///   - pin: the one that is in force with it.
  ///   - accepted: the commits that took effect with it.
  mutating func append(
    _ record: RecordText, before: PolicyPin?, pin: PolicyPin, rules: HoldRules, accepted: [AcceptedCommit]
  ) throws {
    let rows = try HeldRows(record, rules)
    if before != pin {
      let new = accepted.flatMap(\.acceptance.everyone)
      // Those before stay while something of theirs waits.
      if !new.isEmpty, !book.open.contains(where: { $0.policy == before?.commit }) { authors = [] }
      authors.formUnion(new)
      cases += accepted.compactMap { $0.reviewCase(at: rows.at) }
    }
    try checkDomains(rows, rules)
    try checkLimits(rows, rules.limits, isFirst: before == nil)
    for passage in rows.passages { try check(passage, rows, pin, rules.state) }
    try follow(record, at: rows.at, letThrough: rows.passages.map(\.hold))
    if !rows.passages.isEmpty, !book.open.contains(where: { $0.policy == pin.commit }) { authors = [] }
  }

  /// A record that says that something waits.
  mutating func append(held record: RecordText) throws {
    guard let at = record.at else { throw Self.broken(record.sequence, "it does not say when it was made") }
    try follow(record, at: at, letThrough: [])
    // Records from before there were numbers name none.
    guard let json = record.text["hold"] else { return }
    guard let hold = Hold(json: json.value), book.open.contains(hold) else {
      throw Self.broken(record.sequence, "the hold that it tells of is not open")
    }
  }

  /// Somebody looked at a change that took effect without its review.
  mutating func append(review record: RecordText, pin: PolicyPin, state: DesiredState) throws {
    func broken(_ message: String) -> BrokenLink { BrokenLink("review", record: record.sequence, message) }
    guard let at = record.at, let one = record.text["case"].flatMap({ ReviewCase(json: $0.value) }), cases.contains(one)
    else {
      throw broken("the case that it closes is not open")
    }
    let said = (record.text["approvals"]?.array ?? []).compactMap { SignedStatement(json: $0.value) }
    guard record.text["policy"]?.value == pin.json, let closing = one.closing(state, pin, said, at: at),
      said == [closing]
    else {
      throw broken("the case of \(one.commit) was not closed by anyone who may close it")
    }
    cases.removeAll { $0 == one }
  }

  /// What the record says of the holds must follow from what stood before it.
  private mutating func follow(_ record: RecordText, at: Instant, letThrough: [Hold]) throws {
    let before = book
    if let json = record.text["holds"] {
      guard let after = HoldBook(json: json.value), after.last >= book.last,
        after.open.allSatisfy({ before.open.contains($0) || ($0.number > before.last && $0.since == at) })
      else {
        throw Self.broken(record.sequence, "its holds do not follow from the records before it")
      }
      book = after
    }
    if let hold = letThrough.first(where: { !before.open.contains($0) || book.open.contains($0) }) {
      throw Self.broken(record.sequence, "it ends hold \(hold.number), which was not open or is still open")
    }
  }

  /// What is proposed waits or was let through.
  private func checkDomains(_ rows: HeldRows, _ rules: HoldRules) throws {
    guard rows.isComplete else { return }
    for domain in rules.proposed where rows.has(domain) {
      guard rows.waiting.contains(domain.cause) != rows.passages.contains(where: { $0.hold.cause == domain.cause })
      else {
        throw Self.broken(rows.sequence, "it does not say who approved its \(domain.rawValue)")
      }
    }
  }

  /// What is applied stays within the limits, or was let through.
  private mutating func checkLimits(_ rows: HeldRows, _ limits: BlastLimits, isFirst: Bool) throws {
    guard limits.isLimiting, !isFirst else { return }
    // What applies nothing begins no hour.
    guard rows.appliesAnything else { return }
    let isLetThrough = rows.passages.contains { $0.hold.cause == .limits }
    // While the clock is in an earlier hour the count of the latest goes on, until people let a plan through.
    if spent.hour < rows.at.hour { spent = Spent(hour: rows.at.hour) }
    defer { if isLetThrough { spent.hour = rows.at.hour } }
    guard let radius = rows.applied else {
      spent.radius = nil
      return
    }
    let excess = limits.excess(of: radius, after: spent.radius ?? BlastRadius())
    guard excess.isEmpty || isLetThrough else {
      throw Self.broken(
        rows.sequence,
        "it exceeds the limits and does not say who approved it: "
          + excess.map(\.words).joined(separator: "; "))
    }
    spent.radius = spent.radius.map { $0 + radius }
  }

  private func check(_ passage: HeldRows.Passage, _ rows: HeldRows, _ pin: PolicyPin, _ state: DesiredState) throws {
    let hold = passage.hold
    guard hold.policy == pin.commit else {
      throw Self.broken(rows.sequence, "hold \(hold.number) is for a different policy")
    }
    if let known = rows.measures(of: hold.cause) {
      for (measure, value) in known where passage.measures[measure] != value {
        throw Self.broken(
          rows.sequence,
          "\(measure) of hold \(hold.number) is \(value), but it says "
            + (passage.measures[measure].map(String.init) ?? "nothing"))
      }
    }
    let review = HoldReview(
      hold, passage.measures, state, pin, authors: authors, passage.approvals, at: rows.at)
    guard review.isMet, review.approvals == passage.approvals else {
      throw Self.broken(
        rows.sequence,
        "its statements do not approve hold \(hold.number)"
          + review.reasons.map { "; " + $0.message }.joined())
    }
  }

  private static func broken(_ record: Int64, _ message: String) -> BrokenLink {
    BrokenLink("hold", record: record, message)
  }
}

extension HoldChain {
  var json: JSONValue {
    [
      "book": book.json, "authors": .array(authors.sorted().map { .string($0) }), "cases": .array(cases.map(\.json)),
      "hour": .integer(Int64(spent.hour)), "spent": spent.radius?.json ?? .null,
    ]
  }

  init?(json: JSONValue) {
    guard let book = json["book"].flatMap(HoldBook.init(json:)), let names = json["authors"]?.array,
      let rows = json["cases"]?.array, let hour = json["hour"]?.integer.flatMap({ Int32(exactly: $0) }),
      let spent = json["spent"]
    else { return nil }
    let cases = rows.compactMap(ReviewCase.init(json:))
    let authors = names.compactMap(\.string)
    guard cases.count == rows.count, authors.count == names.count else { return nil }
    self.book = book
    self.authors = Set(authors)
    self.cases = cases
    self.spent = Spent(hour: hour, radius: BlastRadius(json: spent))
  }
}

/// What a policy says of what waits for people, looked up once for all records under it.
struct HoldRules {
  let state: DesiredState
  let limits: BlastLimits
  let enforced: Set<Domain>
  let proposed: [Domain]

  init(_ state: DesiredState) {
    self.state = state
    limits = BlastLimits(state)
    enforced = Set(Domain.allCases.filter { state.mode(of: $0) == .enforce })
    proposed = Domain.allCases.filter { state.mode(of: $0) == .propose }
  }
}

/// What a record says of the plan that it applied, and what of it was let through.
private struct HeldRows {
  struct Passage {
    var hold: Hold
    var measures: [String: Int64]
    var approvals: [SignedStatement]
  }

  let sequence: Int64
  let at: Instant
  let passages: [Passage]
  let waiting: Set<Hold.Cause>
  /// Whether the record carries its whole plan.
  let isComplete: Bool
  private let rows: [JSONText]
  private let doneDomains: Set<Domain>

  init(_ record: RecordText, _ rules: HoldRules) throws {
    sequence = record.sequence
    guard let at = record.at else {
      throw BrokenLink("hold", record: record.sequence, "it does not say when it was made")
    }
    self.at = at
    passages = try (record.text["let_through"]?.array ?? []).map { text in
      let json = text.value
      let said = json["approvals"]?.array ?? []
      let approvals = said.compactMap(SignedStatement.init(json:))
      guard let hold = json["hold"].flatMap(Hold.init(json:)), approvals.count == said.count,
        let measures = json["measures"]?.object?.compactMapValues(\.integer)
      else { throw BrokenLink("hold", record: record.sequence, "its hold cannot be read") }
      return Passage(hold: hold, measures: measures, approvals: approvals)
    }
    waiting = Set((record.text["waiting"]?.array ?? []).compactMap { $0.string.flatMap(Hold.Cause.init(rawValue:)) })
    rows = record.text["rows"]?.array ?? []
    isComplete = record.text["rows_total"]?.integer == Int64(rows.count)
    let through = Set(passages.map(\.hold.cause))
    doneDomains = rules.enforced.union(Domain.allCases.filter { through.contains($0.cause) })
  }

  func has(_ domain: Domain) -> Bool { rows.contains { Domain(row: $0) == domain } }

  /// Whether some of the plan was applied; taken to be so where that cannot be told.
  var appliesAnything: Bool { !isComplete || rows.contains { doneDomains.contains(Domain(row: $0)) } }

  /// How much was changed; nil where that cannot be told.
  var applied: BlastRadius? { isComplete ? radius { doneDomains.contains($0) } : nil }

  /// What of the plan a hold was about, by measure; nil where that cannot be told.
  func measures(of cause: Hold.Cause) -> [String: Int64]? {
    guard isComplete else { return nil }
    let radius = radius { cause == .limits ? doneDomains.contains($0) : $0.cause == cause }
    return Dictionary(uniqueKeysWithValues: BlastRadius.measures.map { ($0.name, $0.value(radius)) })
  }

  private func radius(_ isMeant: (Domain) -> Bool) -> BlastRadius {
    BlastRadius(rows: rows.filter { isMeant(Domain(row: $0)) })
  }
}

extension Domain {
  /// The domain of an action as records write it.
  fileprivate init(row: JSONText) {
    switch row["action"]?.string {
    case "publish", "heal": self = .publishing
    case "propose", "withdraw_proposal": self = .replenishment
    default: self = .allocation
    }
  }
}

extension BlastRadius {
  /// How much the actions of a record change, worked out from what the record says of them: a second way beside the one
  /// that decided.
  fileprivate init(rows: [JSONText]) {
    self.init()
    var skus = Set<Name>()
    var lost: [[Name]: Int64] = [:]
    func distance(_ new: JSONText?, _ old: JSONText?) -> Int64 {
      let change = (new?.integer ?? 0).subtractingReportingOverflow(old?.integer ?? 0)
      return change.overflow ? .max : Int64(clamping: change.partialValue.magnitude)
    }
    func add(_ value: Int64, to sum: inout Int64) {
      let (both, overflows) = sum.addingReportingOverflow(value)
      sum = overflows ? .max : both
    }
    for row in rows {
      if let sku = row["sku"]?.string { skus.insert(Name(sku)) }
      var line: [Name] { [row["sku"], row["order"], row["line"]].map { Name($0?.string ?? "") } }
      switch row["action"]?.string {
      case "publish":
        add(distance(row["units"], row["was"]), to: &publishedUnits)
        if row["units"]?.integer == 0, let was = row["was"]?.integer, was > 0 { soldOut += 1 }
      case "release_claim": lost[line, default: 0] += row["units"]?.integer ?? 0
      case "claim":
        lost[line, default: 0] -= row["units"]?.integer ?? 0
        add(row["units"]?.integer ?? 0, to: &claimedUnits)
      case "set_grant":
        add(distance(row["grant"]?["protected"], row["was"]?["protected"]), to: &grantedUnits)
      case "set_shared": add(distance(row["units"], row["was"]), to: &grantedUnits)
      case "propose": add(distance(row["proposal"]?["quantity"], row["was"]?["quantity"]), to: &proposedUnits)
      case "withdraw_proposal": add(row["proposal"]?["quantity"]?.integer ?? 0, to: &proposedUnits)
      default: break
      }
    }
    items = Int64(skus.count)
    let losing = lost.filter { $0.value > 0 }
    ordersLosing = Int64(Set(losing.keys.map { $0[1] }).count)
    unitsLosing = losing.values.reduce(0, +)
  }

  private enum NameKind {}
  private typealias Name = Identifier<NameKind>
}
