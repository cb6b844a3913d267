import Approvals
import AuditTrail
import DesiredState
import DesiredStateFiles
import Diagnostics
import Digest
import Git
import Operations

/// Policies that another version of Purser read and this one cannot: what they ask for cannot be worked out again. Their
/// bytes, their place in git's history and the signatures on them can.
extension PolicyChain {
  /// The first of some commits of which a file cannot be read whole, and why.
  func unreadable(in line: [ObjectID]) throws -> (commit: ObjectID, fault: Diagnostic)? {
    for commit in line {
      guard let loaded = try ifWellFormed({ () throws(GitError) in try history.load(commit) }),
        loaded.faultsOfThisComputer.isEmpty, loaded.leftOut != [:],
        let fault = loaded.diagnostics.first(where: { $0.severity == .error })
      else { continue }
      return (commit, fault)
    }
    return nil
  }

  /// What a record accepted, where that rests on a policy that cannot be read by this version: it is taken at its signed
  /// word as far as its commits follow the policy in force, bear the signatures of people who were known there, and hold
  /// the very files that the record names; what could not be judged is said.
  /// - Returns: nil where everything can be read, or something else is wrong.
  mutating func accepted(
    _ facts: RecordFacts, _ record: RecordText, _ new: PolicyPin, _ head: ObjectID
  ) throws -> [AcceptedCommit]? {
    guard let pin, let base = ObjectID(pin.commit),
      let line = try? history.repository.firstParentLine(from: base, to: head), !line.isEmpty,
      let found = try unreadable(in: [base] + line)
    else { return nil }
    let before = try history.load(base)
    let names = line.map(\.description)
    let places = facts.accepted.map { names.firstIndex(of: $0.commit) }
    guard before.canJudge, places.last == names.count - 1, places.compactMap({ $0 }).count == places.count,
      zip(places, places.dropFirst()).allSatisfy({ $0 ?? 0 < $1 ?? 0 }),
      try history.repository.commit(head).tree.description == new.tree, new.version >= pin.version,
      facts.accepted.last?.version == new.version
    else { return nil }
    let said = try statements(record)
    func isKnown(_ signer: String?) -> Bool {
      guard let signer else { return false }
      return !before.state.owners(of: signer).isEmpty || keys.contains { $0.description == signer }
    }
    guard said.allSatisfy({ isKnown($0.signer()) }) else { return nil }
    let isForges = said.contains { (try? $0.statement().kind) == .merge }
    var accepted: [AcceptedCommit] = []
    for (one, text) in zip(facts.accepted, record.text["accepted"]?.array ?? []) {
      let commit = try history.facts(try history.id(one.commit))
      switch commit.seal {
      case .key(let key) where isKnown(key): break
      case .unsigned where isForges: break
      default: return nil
      }
      let message = try history.repository.commit(try history.id(one.commit)).message
      guard CommitFacts.isSummary(one.summary, of: message), commit.reverts == one.reverts else { return nil }
      var acceptance = Acceptance(
        authors: one.authors, rules: (text["rules"]?.array ?? []).compactMap(\.string), isGovernance: false)
      acceptance.approvals = (text["approvals"]?.array ?? []).compactMap { SignedStatement(json: $0.value) }
      acceptance.everyone = one.authors
      accepted.append(AcceptedCommit(commit: commit, acceptance: acceptance, version: one.version))
    }
    unseen.append(
      "record \(facts.sequence) puts \(new.commit) in force, and commit \(found.commit) cannot be read by this version of"
        + " purser: its bytes and signatures hold, and whether its rules were kept was not judged again:"
        + " \(Diagnostics([found.fault]))")
    return accepted
  }
}
