import Operations
import TestSupport

extension Simulation {
  /// Someone commits a change on the tip of the branch, or takes back what was done.
  func commit() {
    guard let head = git.head, let signer = Optional(Signer.allCases[random.pick(weights: swarm.signers)]) else {
      return
    }
    tally.commits += 1
    let company = git.commits[head].company
    if let parent = git.commits[head].parent, random.chance(company.fault == nil ? 12 : 50) {
      // `git revert` of one commit or of several: the tree is that of an ancestor again.
      var (ancestor, reverted) = (parent, [head])
      while let next = git.commits[ancestor].parent, random.chance(40) {
        reverted.append(ancestor)
        ancestor = next
      }
      git.head = git.commit(git.commits[ancestor].company, by: signer, on: head, reverting: reverted)
      return note("\(signer) reverts to \(MemoryGit.id(of: ancestor)) in \(MemoryGit.id(of: git.head ?? 0))")
    }
    guard let topic = Topic(rawValue: random.pick(weights: swarm.topics)) else { return }
    let coAuthor = company.review != nil && dice.chance(10) ? dice.pick(Company.leads) : nil
    git.head = git.commit(company.changed(topic, at: now, &random), by: signer, on: head, with: coAuthor)
    note("\(signer) commits \(MemoryGit.id(of: git.head ?? 0)) about \(topic)")
  }

  /// Ada begins to have changes reviewed, or would rather not any more.
  func commitReview() {
    guard let head = git.head else { return }
    var company = git.commits[head].company
    company.review = company.review == nil ? .random(&dice) : nil
    git.head = git.commit(company, by: .ada, on: head)
    note("ada commits \(MemoryGit.id(of: git.head ?? 0)) about reviews")
  }

  /// The branch vanishes, comes back, or has its history rewritten.
  func moveBranch() {
    guard let head = git.head else {
      git.head = git.commits.indices.last
      return note("the branch is back at \(MemoryGit.id(of: git.head ?? 0))")
    }
    switch random.number(0...3) {
    case 0:
      git.head = nil
      note("the branch is gone")
    case 1:
      git.head = random.number(0...head)
      note("the branch is reset to \(MemoryGit.id(of: git.head ?? 0))")
    case 2:
      let company = git.commits[head].company.changed(.cap, at: now, &random)
      git.head = git.commit(company, by: .ada, on: git.commits[head].parent)
      note("the tip is rewritten as \(MemoryGit.id(of: git.head ?? 0))")
    default:
      git.head = git.commits.indices.last
      note("the branch is set to \(MemoryGit.id(of: git.head ?? 0))")
    }
  }
}
