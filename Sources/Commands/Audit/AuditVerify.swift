import ActualState
import ArgumentParser
import AuditTrail
import Diagnostics
import Git
import Operations
import SQLiteStore
import Verification

/// `purser audit verify DIR`: exit code 0 when the whole trail holds, 1 and the first broken link when it does not.
struct AuditVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Verify the whole audit trail from git alone.",
    discussion: """
      Checks every signature, that there are no gaps between records, that the rules in git allowed each change of \
      policy, that plans match their digests, that the ledger only grew, and that the log of approvals, if the \
      repository has it, contains every statement that a record mentions, unaltered. With --store it also checks that \
      the branch and the log were not truncated, every record, applied plan and ledger entry, the values that only \
      plans write (published quantities, safety stocks, promises, proposals), and that all sums agree. It lists, with \
      row counts, what no record can prove: anyone with write access to the file can alter orders, events, usage and \
      queues.

      What this program has already verified in this repository is remembered in your cache directory, so that only new \
      records are read. A branch that lost verified records is reported. --store and --cold read everything. A \
      repository with a different first commit is treated as a different repository, even in the same place.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Argument(help: "The operations repository or any clone of it.") var folder = "."
  @Option(help: "A database to compare with.") var store: String?
  @Option(help: "The policy branch.") var branch = "main"
  @Option(help: "The commit that the policy branch must start from.") var trustRoot: String?
  @Flag(help: "Verify everything again and forget earlier results.") var cold = false
  @Option(name: .shortAndLong, help: "text or json.") var output = Format.text

  func run() throws {
    let repository = try Repository(path: CloneTop.of(folder))
    let memory = VerifiedMemory(of: repository, branch: branch)
    let verifier = AuditVerifier(repository: repository, branch: branch, trustRoot: try trustRoot.map(Self.commit))
    let known = memory?.point()
    let other = known.flatMap { $0.isOf(repository) ? nil : $0 }
    let report: VerificationReport
    var coverage: StoreCoverage?
    if let store {
      let store = try SQLiteStore(path: store, mode: .readOnly)
      report = try store.transaction {
        var comparison = StoreComparison(store, policies: repository)
        var report = try verifier.verify { try comparison.compare($0, in: $1) }
        try comparison.finish(&report)
        coverage = StoreCoverage(try store.rowCounts(), report.compared)
        return report
      }
    } else {
      report = try verifier.verify(after: cold || other != nil ? nil : known)
    }
    if let point = report.point, report.isGood { memory?.keep(point) }
    switch output {
    case .text: words(report, other, coverage)
    case .json: Output.data(json(report, other, coverage).pretty() + "\n")
    }
    if !report.isGood { throw ExitCode(1) }
  }

  private static func commit(_ text: String) throws -> ObjectID {
    guard let id = ObjectID(text) else {
      throw Diagnostic("audit.trust_root", "'\(text)' is not a full commit id", hint: "give all 40 digits")
    }
    return id
  }

  /// - Parameter other: what was verified before of another repository in this place.
  private func words(
    _ report: VerificationReport, _ other: VerifiedPoint?, _ coverage: StoreCoverage?
  ) {
    let uncounted = report.uncounted
    for problem in uncounted.prefix(10) { Output.words("not counted: \(escaped(problem.message))\n") }
    if uncounted.count > 10 { Output.words("not counted: \(uncounted.count - 10) more entries: purser changes\n") }
    if let other {
      Output.words(
        "This place had a different repository before: it started from \(other.trustRoot), which this one does not"
          + " contain. Everything was verified again.\n")
    }
    for text in report.unseen.prefix(10) { Output.words("not seen: \(escaped(text))\n") }
    if report.unseen.count > 10 { Output.words("not seen: \(report.unseen.count - 10) more\n") }
    Output.words(DiagnosticRenderer(colour: Output.hasColour(2)).render(report.problems))
    guard report.isGood else { return }
    Output.data(
      "\(counted(report.records, "record")) in \(counted(report.commits, "audit commit")) verified, "
        + "up to \(report.head?.short ?? "nothing"), under \(counted(report.policyCommits, "policy commit")) "
        + "from \(report.trustRoot?.prefix(10) ?? "nothing"); "
        + "the ledger had \(report.ledger.entries) \(report.ledger.entries == 1 ? "entry" : "entries")\n")
    if report.knownCommits > 0 {
      let isAll = report.knownCommits == report.commits
      Output.words(
        (isAll ? "All of them were" : "\(counted(report.knownRecords, "record")) were")
          + " already verified here by this program; --cold verifies everything again.\n")
    }
    if let coverage { return Output.words(coverage.words) }
    Output.words(
      "Only git was checked: whether later records were cut off, and what the database contains, can be seen only "
        + "with --store or in another clone.\n")
  }

  private func json(
    _ report: VerificationReport, _ other: VerifiedPoint?, _ coverage: StoreCoverage?
  ) -> JSONValue {
    [
      "good": .bool(report.isGood), "commits": .integer(Int64(report.commits)),
      "records": .integer(Int64(report.records)), "policy_commits": .integer(Int64(report.policyCommits)),
      "trust_root": JSONValue(report.trustRoot), "head": JSONValue(report.head?.description),
      "ledger": report.ledger.json,
      "verified_before": [
        "commits": .integer(Int64(report.knownCommits)), "records": .integer(Int64(report.knownRecords)),
        "other_trust_root": JSONValue(other?.trustRoot.description),
      ],
      "problems": DiagnosticFormats.json(report.problems), "not_counted": DiagnosticFormats.json(report.uncounted),
      "unseen": .array(report.unseen.map { .string($0) }), "compared_with_store": .bool(store != nil),
      "store": coverage?.json ?? .null,
    ]
  }
}
