import ActualState
import Approvals
import DesiredStateFiles
import Diagnostics
import Operations
import Planning
import Reconciling

extension Simulation {
  /// When faults stop, the daemon comes to rest: the policy is the newest that may take effect, nothing is left to plan,
  /// and another cycle changes nothing.
  func settle() throws {
    isExclusive = false
    try hearOfOrders(before: .distantFuture)
    if git.head == nil { git.head = git.commits.indices.last }
    if let pin = try store.pin(), let start = git.index(of: pin.commit),
      git.line(after: start, to: git.head ?? start) == nil
    {
      git.head = start
    }
    // A history that was rewritten from its first commit on, and that nothing can begin with, is put right.
    if try store.pin() == nil, let head = git.head, !git.load(git.root(of: head)).isUsable { git.head = 0 }
    // Whoever rejected something by a clock that is ahead cannot say otherwise before that time has come.
    if let last = said.map(\.at).max(), last >= now { now = last + TimeSpan(milliseconds: 1) }
    try rest()
    // What would do too much is looked at again in the next hour, and the plans of this one may have made it less.
    let dependsOnTheWorld = said.contains { $0.subject == nil }
    for _ in 0..<3 where try dependsOnTheWorld && !isNewest() {
      now = now + .hour
      try rest()
    }
    try require(
      reconciler.status.trouble == nil, "without faults there is \(String(describing: reconciler.status.trouble))")
    let (pin, answer) = try newest()
    try require(
      try isNewest(),
      "the policy rests at \(pin.commit), and \(MemoryGit.id(of: answer.pin)) may hold; refused is "
        + (reconciler.status.refused.map { "\($0.commit.id): \($0.reasons.map(\.message))" } ?? "nothing"))
    try require(
      (reconciler.status.refused != nil) == answer.isRefused, "the daemon is wrong about whether a head is refused")
    if let plan = try PlanCheck(self).fullPlan(at: now) {
      try require(plan.isEmpty, "at rest a plan wants \(plan.actions.prefix(5).map(\.json.canonical))")
    }
    try checkReplay()
    try requireUnchanged("a cycle at rest") { try cycle() }
  }

  private func rest() throws {
    // Two cycles see the last of an old cycle and the newest head, and some more take what waits for each other; then it
    // must be at rest.
    for _ in 0..<3 { try cycle() }
    var rounds = 0
    while try reconciler.report.hasMore || reconciler.report.closed != nil || isWaiting() {
      if try isWaiting() { try letThrough() }
      try cycle()
      rounds += 1
      try require(
        rounds <= git.commits.count + 20,
        "there is always more to judge, or something waits though everyone agrees: "
          + reconciler.report.waiting.map { "\($0.hold) \($0.review.reasons.map(\.message))" }.joined(separator: ", "))
    }
  }

  /// The policy in force, and what may be in force of all that was pushed.
  private func newest() throws -> (pin: PolicyPin, answer: Oracle.Answer) {
    guard let pin = try store.pin(), let index = git.index(of: pin.commit), let head = git.head else {
      throw BrokenPromise(description: "no policy is in force")
    }
    return (
      pin,
      try oracle(heard: said.count, at: now, on: try store.snapshot(.all)).answer(
        pin: index, version: pin.version, head: head)
    )
  }

  private func isNewest() throws -> Bool {
    let (pin, answer) = try newest()
    return MemoryGit.id(of: answer.pin) == pin.commit
  }

  /// Runs until the daemon rests; begins a cycle if none is under way.
  func cycle() throws {
    try run()
    var steps = 0
    while command != nil {
      try run()
      try checkAlways()
      steps += 1
      try require(steps < 50, "a cycle does not end")
    }
  }
}
