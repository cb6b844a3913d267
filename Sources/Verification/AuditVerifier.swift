public import AuditTrail
import Diagnostics
import Digest
public import Git
import Operations

/// Verifies a whole audit trail from any clone, without a server or a database: signatures, the chain of records, the
/// chain of policies, plans and the growth of the ledger. The first broken link ends the walk.
public struct AuditVerifier {
  let repository: Repository
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

  /// Verifies everything, or what came after a point up to which everything was verified before.
  ///
  /// What was verified before is not read again, unless the rest does not follow from it: then all of it is, so that a point
  /// that is wrong can neither hide a fault nor invent one.
  /// - Parameters:
  ///   - point: from an earlier report about this repository. That the branch still contains it is checked: it tells of a
  ///     branch that was cut off.
  ///   - visit: is given every record that holds and is read, with its audit commit, and all of them again where the rest
  ///     does not follow; a problem that it throws as a `Diagnostic` ends the walk.
  /// - Throws: `Diagnostic` when there is nothing to verify; `GitError` when the repository cannot be read.
  public func verify(
    after point: VerifiedPoint? = nil, visit: (RecordText, ObjectID) throws -> Void = { _, _ in }
  ) throws -> VerificationReport {
    guard let head = try repository.head(ofBranch: "audit") else {
      throw Diagnostic(
        "audit.no_branch", "there is no audit branch, neither 'audit' nor 'origin/audit'",
        hint: "fetch it with 'git fetch origin audit:audit', or run 'purser run', which creates it")
    }
    guard let policyHead = try repository.head(ofBranch: branch) else { throw noPolicy }
    if let point, var report = try verifyRest(after: point, to: head, policyHead, visit) {
      try noteReplacements(&report)
      return report
    }
    var report = try verifyAll(to: head, policyHead, visit)
    if let point, report.isGood { try checkGrowth(since: point, head, &report) }
    if !report.isGood { report.point = nil }
    try noteReplacements(&report)
    return report
  }

  private var noPolicy: Diagnostic {
    Diagnostic(
      "audit.no_policy", "there is no policy branch, neither '\(branch)' nor 'origin/\(branch)'",
      hint: "give the branch with --branch")
  }

  private func verifyAll(
    to head: ObjectID, _ policyHead: ObjectID, _ visit: (RecordText, ObjectID) throws -> Void
  ) throws -> VerificationReport {
    if let problem = repository.problem(with: policyHead, at: "the policy branch") {
      throw Diagnostic(
        "audit.no_policy", problem, hint: Repository.remedy(forReference: "refs/heads/BRANCH"))
    }
    guard let policyLine = try repository.firstParentLine(from: nil, to: policyHead), let root = policyLine.first
    else { throw noPolicy }
    var report = VerificationReport()
    report.trustRoot = root.description
    let line: [ObjectID]
    do throws(GitError) {
      line = try repository.firstParentLine(from: nil, to: head) ?? []
    } catch {
      report.problems = [
        BrokenLink("unreadable", "it or a commit before it cannot be read: \(error.message)").diagnostic(in: head)
      ]
      return report
    }
    let policies = try PolicyChain(
      history: PolicyHistory(repository: repository), trustRoot: trustRoot ?? root, head: root)
    var chains = Chains(records: RecordChain(), policies: policies, approvals: try ApprovalChain(repository))
    try walk(line, &chains, &report, visit)
    if report.isGood, let pin = chains.policies.pin {
      try checkBranch(pin, policyLine, &report)
      try checkFiles(after: nil, upTo: pin, &report)
    }
    try chains.approvals.finish(&report)
    report.point = point(chains, root, report)
    return report
  }

  /// - Returns: nil where the rest does not follow, whatever the reason.
  private func verifyRest(
    after point: VerifiedPoint, to head: ObjectID, _ policyHead: ObjectID,
    _ visit: (RecordText, ObjectID) throws -> Void
  ) throws -> VerificationReport? {
    guard trustRoot == nil || trustRoot == point.trustRoot, repository.contains(point.head),
      (try? repository.commit(point.trustRoot))?.parents.isEmpty == true,
      let line = try? repository.firstParentLine(from: point.head, to: head)
    else { return nil }
    var report = VerificationReport()
    (report.commits, report.records) = (point.commits, point.records)
    (report.knownCommits, report.knownRecords) = (point.commits, point.records)
    (report.policyCommits, report.ledger, report.unseen) = (point.policyCommits, point.chain.ledger, point.unseen)
    (report.trustRoot, report.head, report.point) = (point.trustRoot.description, point.head, point)
    guard var approvals = try? ApprovalChain(repository, after: point.approvals) else { return nil }
    if line.isEmpty {
      try approvals.finish(&report)
      report.point?.approvals = approvals.point
    } else {
      guard let policies = try? PolicyChain(history: PolicyHistory(repository: repository), after: point) else {
        return nil
      }
      var chains = Chains(records: point.chain, policies: policies, approvals: approvals)
      try walk(line, &chains, &report, visit)
      try chains.approvals.finish(&report)
      report.point = self.point(chains, point.trustRoot, report)
    }
    guard report.isGood else { return nil }
    // Every policy in force follows from the trust root: a branch that it is on begins there.
    guard let pin = report.point.flatMap({ ObjectID($0.pin.commit) }),
      try repository.firstParentLine(from: pin, to: policyHead) != nil
    else { return nil }
    if let new = report.point?.pin { try checkFiles(after: point.pin, upTo: new, &report) }
    return report.isGood ? report : nil
  }

  /// What is followed side by side along the audit branch.
  private struct Chains {
    var records: RecordChain
    var policies: PolicyChain
    var approvals: ApprovalChain
  }

  private func walk(
    _ line: [ObjectID], _ chains: inout Chains, _ report: inout VerificationReport,
    _ visit: (RecordText, ObjectID) throws -> Void
  ) throws {
    for commit in line {
      do {
        let found = try check(commit, &chains)
        for record in found { try visit(record, commit) }
        report.records += found.count
      } catch {
        report.problems = [try Self.problem(error, in: commit)]
        break
      }
      report.commits += 1
      report.head = commit
    }
    report.policyCommits = chains.policies.commits
    report.ledger = chains.records.ledger
    report.unseen = chains.policies.unseen
  }

  private func point(_ chains: Chains, _ root: ObjectID, _ report: VerificationReport) -> VerifiedPoint? {
    guard report.isGood, let head = report.head, let pin = chains.policies.pin else { return nil }
    return VerifiedPoint(
      head: head, trustRoot: root, pin: pin, chain: chains.records, commits: report.commits, records: report.records,
      policyCommits: chains.policies.commits, formerTrees: chains.policies.formerTrees, holds: chains.policies.holds,
      unseen: chains.policies.unseen, approvals: chains.approvals.point)
  }

  /// A shorter branch looks whole by itself: only who saw the longer one knows.
  private func checkGrowth(since point: VerifiedPoint, _ head: ObjectID, _ report: inout VerificationReport) throws {
    if let before = point.approvals.head, try !ApprovalChain(repository).follows(before.description) {
      report.problems.append(
        ApprovalChain.fault(
          "the log of approvals was at \(before) when it was verified here before, and does not follow it now"))
    }
    guard try repository.firstParentLine(from: point.head, to: head) == nil else { return }
    report.problems.append(
      Diagnostic(
        "audit.went_back",
        "the audit branch ends at \(head) with record \(report.records), and \(point.head) with record "
          + "\(point.records), which was verified here before, is not on it",
        hint: "the branch was truncated or replaced: look for the commit in other clones, or compare with the store"
          + " (--store); if it is meant to be so, --cold forgets what was seen"))
  }

  /// The policy in force must still be part of the branch: a history that was replaced cannot tell why it is.
  private func checkBranch(_ pin: PolicyPin, _ line: [ObjectID], _ report: inout VerificationReport) throws {
    if line.contains(where: { $0.description == pin.commit }) { return }
    let origin = try repository.reference("refs/remotes/origin/\(branch)")
    if let origin, try repository.firstParentLine(from: ObjectID(pin.commit), to: origin) != nil { return }
    report.problems.append(
      Diagnostic(
        "audit.policy_branch", "the policy in force, \(pin.commit), is not on the branch '\(branch)'",
        hint: "fetch the branch, or push it back to a commit after that one: its history was replaced"))
  }

  /// Checks one commit against what comes before it and returns its records.
  private func check(_ id: ObjectID, _ chains: inout Chains) throws -> [RecordText] {
    let (path, content) = try AuditCommit.file(of: id, in: repository)
    let file = try RecordFile(content)
    let records = file.records
    let expected = try AuditCommit(records)
    for record in records {
      try chains.records.append(record)
      try chains.policies.append(record)
      chains.approvals.append(record)
    }
    let commit = try repository.commit(id)
    guard path == expected.path else {
      throw BrokenLink("path", "its file is '\(path)', but its records belong in '\(expected.path)'")
    }
    guard file.isCanonical else { throw BrokenLink("text", "its records are not written canonically") }
    guard let signature = try repository.signature(of: id) else { throw BrokenLink("unsigned", "it is not signed") }
    guard let seal = SSHSignature(armoured: signature.armoured), seal.isValid(for: signature.payload) else {
      throw BrokenLink("signature", "its signature is invalid")
    }
    let object = expected.object(tree: commit.tree, parent: commit.parents.first, signature: seal.armoured)
    guard try repository.blob(id) == object else {
      throw BrokenLink("commit", "its author, time, message or form do not match its records")
    }
    guard chains.policies.keys.contains(seal.key) else {
      let allowed = chains.policies.keys.map(\.description).sorted().joined(separator: " or ")
      throw BrokenLink(
        "key",
        "it is signed by \(seal.key), but the audit key in force is \(allowed.isEmpty ? "not set" : allowed)")
    }
    chains.policies.forgetOldKeys(keeping: chains.policies.key)
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
    case let problem as Diagnostics where problem.all.first?.id == PolicyHistory.unreadableID:
      Diagnostic(
        "audit.unreadable_policy",
        "audit commit \(commit): a policy that was in force before it cannot be read by this version of purser, so"
          + " nothing from here on can be judged again: \(problem)",
        hint: "no link is known to be broken; verify it with the version that wrote these records")
    case let problem as Diagnostics:
      BrokenLink("policy", problem.description).diagnostic(in: commit)
    case let problem as GitError:
      BrokenLink("unreadable", "it cannot be read: \(problem.message)").diagnostic(in: commit)
    default: throw error
    }
  }
}
