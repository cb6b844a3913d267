import Operations

/// The message of an audit commit. Fixed code and no template: the commit must be a function of its records alone.
struct AuditMessage {
  /// Lines for records and trailers of one kind; the records themselves are in the commit's file.
  static let lineLimit = 100

  let text: String

  /// - Parameter records: at least one.
  init(_ records: [RecordText]) throws(AuditRecordProblem) {
    let facts = records.map(\.facts)
    var lines: [String] = []
    for fact in facts.prefix(Self.lineLimit) { Self.write(fact, to: &lines) }
    if facts.count > Self.lineLimit { lines.append("and \(facts.count - Self.lineLimit) more") }
    let paragraphs = [
      Self.subject(facts), lines.joined(separator: "\n"), try Self.trailers(records, facts).joined(separator: "\n"),
    ]
    text = paragraphs.joined(separator: "\n\n") + "\n"
  }

  /// Says the last decision, or how much routine there was.
  private static func subject(_ facts: [RecordFacts]) -> String {
    guard let decision = facts.last(where: \.isDecision) else {
      return facts.count == 1 ? capitalised(what(facts[0])) : "Checkpoint: \(facts.count) records"
    }
    let others = facts.count - 1
    return capitalised(what(decision)) + (others == 0 ? "" : " (and \(plural(others, "other record")))")
  }

  /// `apply policy 1a2b3c4d5e: 12 actions`
  static func what(_ fact: RecordFacts) -> String {
    let actions = plural(Int(clamping: fact.actions), "action")
    switch fact.type {
    case "apply":
      return fact.policy != fact.policyBefore ? "apply policy \(short(fact.policy)): \(actions)" : "apply \(actions)"
    case "observe": return "observe policy \(short(fact.policy)): \(actions) not applied"
    case "refusal": return "refuse commit \(clean(fact.refused ?? "").prefix(10))"
    case "held": return fact.hold.map { "hold a plan as hold \($0)" } ?? "held"
    case "review": return "close the review of commit \(clean(fact.review?.commit ?? "").prefix(10))"
    case "restore": return "begin a new store"
    case "checkpoint": return "checkpoint of the ledger"
    default: return clean(fact.type)
    }
  }

  private static func write(_ fact: RecordFacts, to lines: inout [String]) {
    // Pieces are appended: this is written for every record that is verified, and interpolation takes several times as long.
    var line = "#"
    line += String(fact.sequence)
    line += " "
    line += clean(fact.at)
    line += " "
    line += what(fact)
    for (index, entry) in fact.counts.enumerated() {
      line += index == 0 ? " (" : ", "
      line += clean(entry.kind)
      line += " "
      line += String(entry.count)
    }
    if !fact.counts.isEmpty { line += ")" }
    if !fact.reasons.isEmpty {
      line += ": " + fact.reasons.prefix(lineLimit).map { clean($0) }.joined(separator: ", ")
    }
    lines.append(line)
    for passage in fact.passages {
      let people = passage.approvers.prefix(lineLimit).map { clean($0) }.joined(separator: ", ")
      lines.append("  Hold \(passage.hold) (\(clean(passage.cause))) let through by \(people)")
    }
    for accepted in fact.accepted.prefix(lineLimit) {
      let authors = accepted.authors.map { clean($0) }.joined(separator: ", ")
      let by = authors.isEmpty ? "" : " by \(authors)"
      lines.append("  \(clean(accepted.commit).prefix(10)) \u{201C}\(clean(accepted.summary))\u{201D}\(by)")
      for person in accepted.approvers.prefix(lineLimit) { lines.append("  Approved by \(clean(person))") }
      for person in accepted.glassBreakers.prefix(lineLimit) {
        lines.append("  Let through without its review by \(clean(person))")
      }
      for commit in accepted.reverts.prefix(lineLimit) { lines.append("  Reverts policy commit \(clean(commit))") }
    }
  }

  private static func trailers(_ records: [RecordText], _ facts: [RecordFacts]) throws(AuditRecordProblem) -> [String] {
    guard let first = records.first, let last = records.last else { return [] }
    var trailers: [String] = []
    // Held plans without a number are from before there were any, and their messages stay as they were.
    if let policy = facts.last(where: { $0.policy != nil && $0.hold == nil })?.policy {
      trailers += ["Policy-Commit: \(clean(policy.commit))", "Policy-Version: \(policy.version)"]
    }
    trailers += facts.compactMap(\.planDigest).prefix(lineLimit).map { "Plan-Digest: \(clean($0))" }
    let accepted = facts.flatMap(\.accepted)
    let others = facts.flatMap(\.passages).flatMap(\.approvers) + facts.flatMap { $0.review?.by ?? [] }
    trailers += unique(accepted.flatMap(\.approvers) + others).map { "Approved-By: \(clean($0))" }
    trailers += unique(accepted.flatMap(\.glassBreakers)).map { "Glass-Broken-By: \(clean($0))" }
    trailers += facts.flatMap(\.reverts).prefix(lineLimit).map { "Reverts: \(clean($0))" }
    let ledger = try last.checkpoint()
    return trailers + [
      "Records: \(first.sequence)-\(last.sequence)", "Previous-Record: \(try first.previous())",
      "Last-Record: \(last.hash)", "Ledger-Entries: \(ledger.entries)", "Ledger-Head: \(ledger.head)",
    ]
  }

  private static func unique(_ names: [String]) -> [String] {
    Set(names).sorted { $0.isBytewiseLess(than: $1) }.prefix(lineLimit).map { $0 }
  }

  private static func short(_ pin: PolicyPin?) -> Substring { clean(pin?.commit ?? "").prefix(10) }

  /// Text from a record on one line, whatever it holds: it must not look like a line of its own.
  private static func clean(_ text: String) -> String {
    // Most of it is short and ASCII: looking each scalar up takes most of the time of a message.
    if text.utf8.count <= 250, text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
    return String(
      String.UnicodeScalarView(
        text.unicodeScalars.prefix(250).map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }))
  }

  private static func capitalised(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

  private static func plural(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
