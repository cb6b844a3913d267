import ArgumentParser
import AuditTrail
import Diagnostics
import Operations

/// `purser audit log DIR`: one line for each record, newest first.
struct AuditLog: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "List audit records, newest first.",
    discussion: "Records are listed without being verified; 'purser audit verify' verifies them.")

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Argument(help: "The operations repository or any clone of it.") var folder = "."
  @Option(name: .shortAndLong, help: "text, or json (one object per line).") var output = Format.text
  @Option(name: [.customShort("n"), .long], help: "How many records to list at most (default: all).") var limit: Int?

  func run() throws {
    let branch = try AuditBranch(folder: folder)
    var left = max(0, limit ?? .max)
    // From the newest on, so that what takes a commit back is seen before it.
    var links = RevertLinks()
    for commit in branch.line.reversed() where left > 0 {
      for record in try branch.records(in: commit).reversed().prefix(left) {
        let facts = RecordFacts(record)
        links.add(facts)
        Output.data(output == .json ? record.json.canonical + "\n" : Self.line(facts, links))
        left -= 1
      }
    }
  }

  /// `12  2026-11-24T08:00:00Z  apply    1a2b3c4d5e  claim 2, publish 3`
  private static func line(_ facts: RecordFacts, _ links: RevertLinks) -> String {
    var notes = facts.counts.map { "\($0.kind) \($0.count)" }
    if let refused = facts.refused {
      notes.append("commit \(refused.prefix(10)): \(facts.reasons.joined(separator: " "))")
    }
    for passage in facts.passages {
      notes.append(
        "hold \(passage.hold) (\(passage.cause)) approved by \(passage.approvers.joined(separator: ", "))")
    }
    if let hold = facts.hold { notes.append("hold \(hold)") }
    if let review = facts.review {
      notes.append("commit \(review.commit.prefix(10)) reviewed by \(review.by.joined(separator: ", "))")
    }
    for accepted in facts.accepted { notes.append("\u{201C}\(accepted.summary)\u{201D}") }
    for commit in facts.reverts { notes.append("reverts \(commit.prefix(10))") }
    for (by, record) in links.takingBack(facts) { notes.append("reverted by \(by.prefix(10)) in record \(record)") }
    let number = String(repeating: " ", count: max(0, 6 - String(facts.sequence).count)) + "\(facts.sequence)"
    let type = facts.type + String(repeating: " ", count: max(0, 10 - facts.type.count))
    let policy = facts.policy.map { String($0.commit.prefix(10)) } ?? "-         "
    return escaped("\(number)  \(facts.at)  \(type)  \(policy)  \(notes.joined(separator: ", "))") + "\n"
  }
}
