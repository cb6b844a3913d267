import AuditTrail
import Diagnostics
import Digest
public import Git
public import Operations

/// Verifies a whole audit trail from any clone, without a server or a database: signatures, the chain of records, the
/// chain of policies, plans and the growth of the ledger. The first broken link ends the walk.
public struct AuditVerifier {
  private let repository: Repository
  private let branch: String
  private let trustRoot: ObjectID?

  /// - Parameters:
  ///   - branch: the policy branch, looked for locally and then at `origin`.
  ///   - trustRoot: the commit that the branch must begin with; nil to trust the one that it does.
  public init(repository: Repository, branch: String = "main", trustRoot: ObjectID? = nil) {
    self.repository = repository
    self.branch = branch
    self.trustRoot = trustRoot
  }

  /// - Parameter visit: is given every record that holds, with its audit commit; a problem that it throws as a
  ///   `Diagnostic` ends the walk.
  /// - Throws: `Diagnostic` when there is nothing to verify; `GitError` when the repository cannot be read.
  public func verify(visit: (AuditRecord, ObjectID) throws -> Void = { _, _ in }) throws -> VerificationReport {
    guard let head = try repository.head(ofBranch: "audit") else {
      throw Diagnostic(
        "audit.no_branch", "there is no audit branch, neither 'audit' nor 'origin/audit'",
        hint: "fetch it with 'git fetch origin audit:audit', or let 'purser run' write it first")
    }
    guard let policyHead = try repository.head(ofBranch: branch),
      let policyLine = try repository.firstParentLine(from: nil, to: policyHead), let root = policyLine.first
    else {
      throw Diagnostic(
        "audit.no_policy", "there is no policy branch, neither '\(branch)' nor 'origin/\(branch)'",
        hint: "name the branch with --branch")
    }
    var report = VerificationReport()
    report.trustRoot = root.description
    let line: [ObjectID]
    do throws(GitError) {
      line = try repository.firstParentLine(from: nil, to: head) ?? []
    } catch {
      report.problems = [BrokenLink("unreadable", "a commit before it cannot be read: \(error)").diagnostic(in: head)]
      return report
    }
    var records = RecordChain()
    var policies = try PolicyChain(
      history: PolicyHistory(repository: repository), trustRoot: trustRoot ?? root, head: root)
    for commit in line {
      do {
        let found = try check(commit, &records, &policies)
        for record in found { try visit(record, commit) }
        report.records += found.count
      } catch {
        report.problems = [try Self.problem(error, in: commit)]
        break
      }
      report.commits += 1
      report.head = commit
    }
    report.policyCommits = policies.commits
    report.ledger = records.ledger
    report.unseen = policies.unseen
    if report.isGood, let pin = policies.pin { try checkBranch(pin, policyLine, &report) }
    return report
  }

  /// The policy in force must still be part of the branch: a history that was replaced cannot tell why it is.
  private func checkBranch(_ pin: PolicyPin, _ line: [ObjectID], _ report: inout VerificationReport) throws {
    if line.contains(where: { $0.description == pin.commit }) { return }
    let origin = try repository.reference("refs/remotes/origin/\(branch)")
    if let origin, try repository.firstParentLine(from: ObjectID(pin.commit), to: origin) != nil { return }
    report.problems.append(
      Diagnostic(
        "audit.policy_branch", "the policy in force, \(pin.commit), is not on the branch '\(branch)'",
        hint: "fetch the branch, or push it back to a commit after it: its history was replaced"))
  }

  /// Checks one commit against what comes before it and returns its records.
  private func check(_ id: ObjectID, _ chain: inout RecordChain, _ policies: inout PolicyChain) throws -> [AuditRecord]
  {
    let (path, records) = try AuditCommit.read(id, in: repository)
    for record in records {
      try chain.append(record)
      try policies.append(record)
    }
    let commit = try repository.commit(id)
    let expected = try AuditCommit(records)
    guard path == expected.path else {
      throw BrokenLink("path", "its file is '\(path)', and its records belong in '\(expected.path)'")
    }
    let content = try repository.entry(at: path, inTree: commit.tree).map { try repository.blob($0.id) }
    guard content == expected.content else { throw BrokenLink("text", "its records are not written canonically") }
    guard let signature = try repository.signature(of: id) else { throw BrokenLink("unsigned", "it is not signed") }
    guard let seal = SSHSignature(armoured: signature.armoured), seal.isValid(for: signature.payload) else {
      throw BrokenLink("signature", "its signature does not fit it")
    }
    let object = expected.object(tree: commit.tree, parent: commit.parents.first, signature: seal.armoured)
    guard try repository.blob(id) == object else {
      throw BrokenLink("commit", "its author, time, message or form are not those that its records give")
    }
    guard policies.keys.contains(seal.key) else {
      let allowed = policies.keys.map(\.description).sorted().joined(separator: " or ")
      throw BrokenLink(
        "key",
        "it is signed by \(seal.key), and the audit key in force is \(allowed.isEmpty ? "not named" : allowed)")
    }
    policies.forgetOldKeys(keeping: policies.key)
    return records
  }

  private static func problem(_ error: any Error, in commit: ObjectID) throws -> Diagnostic {
    switch error {
    case let link as BrokenLink: link.diagnostic(in: commit)
    case let problem as AuditRecordProblem:
      BrokenLink("record", record: problem.sequence, "it \(problem.problem)").diagnostic(in: commit)
    case let problem as AuditCommitProblem:
      BrokenLink("commit", "it \(problem.found)" + (problem.expected.isEmpty ? "" : "; \(problem.expected)"))
        .diagnostic(in: commit)
    case let problem as Diagnostic: problem
    case let problem as Diagnostics:
      BrokenLink("policy", problem.description).diagnostic(in: commit)
    case let problem as GitError:
      BrokenLink("unreadable", "it cannot be read: \(problem.message)").diagnostic(in: commit)
    default: throw error
    }
  }
}
