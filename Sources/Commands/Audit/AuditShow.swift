import ArgumentParser
import AuditTrail
import Diagnostics
import Git
import Operations

/// `purser audit show [DIR] NUMBER|COMMIT`: all that one record, one audit commit, or the records about one policy commit
/// say.
struct AuditShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Print audit records in full, as JSON.",
    discussion: "A commit can be on the audit branch or the policy branch, and can be abbreviated.")

  @Argument(
    help: ArgumentHelp(
      "The operations repository or any clone of it (default: '.'), then a record number or a commit.",
      valueName: "folder> <record"))
  var words: [String]

  private var folder: String { words.count > 1 ? words[0] : "." }
  private var what: String { words.last ?? "" }

  func validate() throws {
    guard words.count <= 2 else {
      throw ValidationError("give one folder and one record; '\(words[2])' is one argument too many")
    }
  }

  func run() throws {
    let branch = try AuditBranch(folder: folder)
    let records = try number(branch) ?? commit(branch)
    guard !records.isEmpty else {
      throw Diagnostic(
        "audit.no_record", "there is no audit record '\(what)'", hint: "'purser audit log \(folder)' lists them")
    }
    for record in records { Output.data(record.json.pretty() + "\n") }
    try tellLinks(records.map(RecordFacts.init), branch)
  }

  /// Says which records took back what these accepted, and which of them take something back: a record cannot know what
  /// comes after it.
  private func tellLinks(_ shown: [RecordFacts], _ branch: AuditBranch) throws {
    guard shown.contains(where: { !$0.accepted.isEmpty }) else { return }
    var links = RevertLinks()
    for commit in branch.line { for record in try branch.records(in: commit) { links.add(RecordFacts(record)) } }
    for facts in shown {
      for commit in facts.reverts {
        let place = links.accepted[commit].map { " of record \($0)" } ?? ""
        Output.words(escaped("record \(facts.sequence) reverts \(commit)\(place)") + "\n")
      }
      for (by, record) in links.takingBack(facts) {
        Output.words(escaped("record \(facts.sequence) is reverted by \(by) in record \(record)") + "\n")
      }
    }
  }

  private func number(_ branch: AuditBranch) throws -> [AuditRecord]? {
    guard let wanted = Int64(what) else { return nil }
    for commit in branch.line.reversed() {
      let records = try branch.records(in: commit)
      if let found = records.first(where: { $0.sequence == wanted }) { return [found] }
      if let first = records.first, first.sequence < wanted { return nil }
    }
    return nil
  }

  private func commit(_ branch: AuditBranch) throws -> [AuditRecord] {
    // Fewer digits would name half of the trail.
    guard what.utf8.count >= 4 else { return [] }
    if let commit = branch.line.first(where: { $0.description.hasPrefix(what) }) {
      Output.words(escaped(try branch.repository.commit(commit).message) + "\n")
      return try branch.records(in: commit)
    }
    return try branch.line.flatMap { try branch.records(in: $0) }.filter { record in
      let facts = RecordFacts(record)
      let named =
        facts.accepted.map(\.commit)
        + [facts.refused, facts.policyBefore == nil ? facts.policy?.commit : nil]
        .compactMap { $0 }
      return named.contains { $0.hasPrefix(what) }
    }
  }
}
