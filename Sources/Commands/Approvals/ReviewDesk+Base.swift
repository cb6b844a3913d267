import Approvals
import AuditTrail
import Diagnostics
import Git
import Operations
import Reconciling
import Verification

extension ReviewDesk {
  /// The policy that a change will be judged against.
  struct Base {
    var pin: PolicyPin
    var formerTrees: FormerTrees
  }

  /// What a change is judged against. Where somebody broke the glass for it together with what a freeze holds up before it,
  /// that is what takes effect next, and so what everyone sees, revokes and rejects.
  func base(of commit: ObjectID, isUrgent: Bool) throws -> Base {
    let ordinary = try base(of: commit, passingFreezes: !isUrgent)
    guard !isUrgent, ordinary.pin != pin else { return ordinary }
    let urgent = try base(of: commit, passingFreezes: false)
    return try urgent.pin != ordinary.pin && isLetThrough(commit, from: urgent) ? urgent : ordinary
  }

  /// Whether the last word of somebody lets a change from a policy through.
  private func isLetThrough(_ commit: ObjectID, from base: Base) throws -> Bool {
    let evidence = Evidence(statements: logged.all, at: now, formerTrees: base.formerTrees)
    let said: [Statement]
    do {
      said = voices(try history.proposal(commit, onto: base.pin, evidence: evidence).change)
    } catch is Diagnostic {
      return false
    }
    return Dictionary(said.map { ($0.person, $0.kind) }, uniquingKeysWith: { $1 }).values.contains(.breakGlass)
  }

  /// The policy in force, or what takes effect before a commit: everyone here, the gate and the daemon mean the same change.
  ///
  /// Of the commits of the branch that come before it, those that wait for nothing but the daemon, or for the end of a
  /// freeze, will be in force when its turn comes. To sign it together with them would be to sign another change.
  /// - Parameter passingFreezes: whether what a freeze holds up comes first; if not, it comes in with the commit.
  private func base(of commit: ObjectID, passingFreezes: Bool) throws -> Base {
    var base = Base(pin: pin, formerTrees: formerTrees)
    // What brings back the tree in force takes effect at once, whatever waits before it.
    if try repository.commit(commit).tree.description == pin.tree { return base }
    guard let start = ObjectID(pin.commit), let line = try repository.firstParentLine(from: start, to: head),
      let end = try line.prefix(while: { try !repository.isAncestor(commit, of: $0) }).last
    else { return base }
    var evidence = Evidence(statements: logged.all, at: now)
    evidence.passesFreezes = passingFreezes
    while true {
      evidence.formerTrees = base.formerTrees
      let judgement = try history.judge(pin: base.pin, head: end, trustRoot: nil, evidence: evidence).judgement
      if let undecided = judgement.undecided, let snapshot, evidence.impacts[undecided.span] == nil {
        evidence.impacts[undecided.span] = undecided.impact(on: snapshot, now: now)
        continue
      }
      guard judgement.pin != base.pin else { return base }
      base = Base(pin: judgement.pin, formerTrees: judgement.formerTrees)
      guard judgement.hasMore else { return base }
    }
  }
}
