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

  /// The policy in force, or what takes effect before a commit: everyone here, the gate and the daemon mean the same change.
  ///
  /// Of the commits of the branch that come before it, those that wait for nothing but the daemon, or for the end of a
  /// freeze, will be in force when its turn comes. To sign it together with them would be to sign another change.
  /// - Parameter isUrgent: whether somebody lets it through a freeze: then what the freeze holds up is let through with it.
  func base(of commit: ObjectID, isUrgent: Bool) throws -> Base {
    var base = Base(pin: pin, formerTrees: formerTrees)
    guard let start = ObjectID(pin.commit), let line = try repository.firstParentLine(from: start, to: head),
      let end = try line.prefix(while: { try !repository.isAncestor(commit, of: $0) }).last
    else { return base }
    var evidence = Evidence(statements: logged.all, at: now)
    evidence.passesFreezes = !isUrgent
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
