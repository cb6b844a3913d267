import Approvals
import AuditTrail
import DesiredState
import Diagnostics
import Digest
import Git
import Operations
import Reconciling

/// Whoever may push may append to the log of approvals, but nothing else: each commit adds statements, each signed by the
/// person that it names, and takes nothing away. The daemon's own statements bear its audit key.
extension PushGate {
  /// Files that one commit of the log may add; `purser approve` adds one.
  private static let statementLimit = 1000

  /// - Parameter policyHead: the end of the policy branch with this push.
  func approvalReasons(from old: ObjectID?, to new: ObjectID, policyHead: ObjectID?) throws -> [Diagnostic] {
    guard let line = try repository.firstParentLine(from: old, to: new) else { return [] }
    let signers = try signers(policyHead)
    do throws(GitError) {
      var reasons: [Diagnostic] = []
      for commit in line { reasons += try self.reasons(against: commit, signers) }
      return reasons
    } catch {
      guard error.isOfTheCommit else { throw error }
      return [refusal(error.message)]
    }
  }

  private func reasons(against id: ObjectID, _ signers: Signers) throws(GitError) -> [Diagnostic] {
    let commit = try repository.commit(id)
    guard commit.parents.count <= 1 else { return [refusal("\(id.short) merges two logs")] }
    let before = try commit.parents.first.map { (parent) throws(GitError) in try repository.commit(parent).tree }
    var reasons: [Diagnostic] = []
    for change in try repository.changes(from: before, to: commit.tree, limit: Self.statementLimit) {
      if let found = try problem(change, signers) { reasons.append(refusal("\(change.path) \(found)")) }
    }
    return reasons
  }

  /// What is wrong with a file of the log; nil where it is a statement that its person signed.
  private func problem(_ change: PathChange, _ signers: Signers) throws(GitError) -> String? {
    guard change.old == nil, let file = change.new else { return "already exists and cannot be changed" }
    guard file.mode == .file, try repository.size(of: file.id) <= SignedStatement.sizeLimit,
      let signed = SignedStatement(file: try repository.blob(file.id)), change.path == ApprovalLog.path(of: signed.id)
    else { return "is not a statement" }
    guard let key = signed.signer() else { return "has an invalid signature" }
    if signers.audit.contains(key) { return nil }
    guard let statement = try? signed.statement() else { return "is not a statement that this purser can read" }
    guard let people = signers.people[key], people == [statement.person] else {
      return "is signed with a key that is not that of '\(statement.person)' alone"
    }
    return nil
  }

  /// Whose keys count: those of the policy in force, and of what was merged since and has yet to take effect. Nobody is
  /// believed for being here: the judge asks again who they were at the base of the change.
  private struct Signers {
    var people: [String: Set<String>] = [:]
    var audit: Set<String> = []
  }

  private func signers(_ policyHead: ObjectID?) throws -> Signers {
    var signers = Signers()
    var states: [DesiredState] = []
    if let pin = try policyInForce() { states.append(try history.desiredState(at: pin)) }
    if let policyHead {
      states.append(try history.judge(pin: try policyInForce(), head: policyHead, trustRoot: settings.trustRoot).state)
    }
    for state in states {
      var people: [String: Set<String>] = [:]
      for name in state.names(of: .person) {
        for person in state.resources[.init(.person, name)] ?? [] {
          for written in person.fields["keys"]?.list ?? [] {
            guard let key = written.text.flatMap(PublicKey.init(openSSH:)) else { continue }
            people[key.description, default: []].insert(name)
          }
        }
      }
      signers.people.merge(people) { $1 }
      if let key = state.auditKey { signers.audit.insert(key.description) }
    }
    return signers
  }

  private func refusal(_ found: String) -> Diagnostic {
    Diagnostic(
      "push.approvals", "the log of approvals accepts only signed statements: \(found)",
      hint: "use 'purser approve', 'reject' and 'revoke', which append to it and push it")
  }
}
