import ActualState
import Approvals
import Digest
import Operations
import Reconciling
import TestSupport

/// What of a plan waited when it was last looked at.
struct SeenHold {
  var policy: PolicyPin
  var measures: [String: Int64]
}

extension Simulation {
  /// Ada begins to have plans held, or would rather not any more.
  func commitGuards() {
    guard let head = git.head else { return }
    var company = git.commits[head].company
    company.guards = company.guards == nil || guardDice.chance(30) ? .random(&guardDice) : nil
    git.head = git.commit(company, by: .ada, on: head)
    note("ada commits \(MemoryGit.id(of: git.head ?? 0)) about what is held")
  }

  /// Remembers what a person would see of what waits.
  func lookAtHolds() {
    for one in reconciler.report.waiting {
      seenHolds[one.hold.number] = SeenHold(policy: one.policy, measures: one.measures)
    }
  }

  /// Somebody says something about a plan that waits: mostly a warden who approves what is seen of it, and sometimes anyone
  /// anything, about what does not wait yet or no more, with a key that is not theirs, or words said before.
  func stateAboutHolds() throws {
    lookAtHolds()
    let book = try store.holds()
    let before = said.filter { $0.subject != nil }
    if !before.isEmpty, guardDice.chance(10) {
      said.append(guardDice.pick(before))
      return note("something about a hold is said again")
    }
    var hold: Hold
    if let open = book.open.isEmpty ? nil : guardDice.pick(book.open), guardDice.chance(90) {
      hold = open
    } else {
      // What somebody guesses that will wait.
      let policy = try store.pin()?.commit ?? MemoryGit.id(of: 0)
      hold = Hold(number: book.last + 1, cause: guardDice.pick(Hold.Cause.allCases), policy: policy, since: now)
    }
    if guardDice.chance(3) { hold.since = hold.since - .hour }
    let guessed = PolicyPin(commit: hold.policy, tree: git.index(of: hold.policy).map(git.tree) ?? "", version: 1)
    let seen = try SeenHold(
      policy: seenHolds[hold.number]?.policy ?? store.pin() ?? guessed,
      measures: seenHolds[hold.number]?.measures ?? [:])
    let measures: [String: Int64]? =
      switch guardDice.number(0...9) {
      case 0: nil
      case 1: seen.measures.mapValues { max(0, $0 - 1) }
      case 2, 3: Dictionary(uniqueKeysWithValues: BlastRadius.measures.map { ($0.name, 1000) })
      default: seen.measures
      }
    let kind = guardDice.pick([
      Statement.Kind.approve, .approve, .approve, .approve, .approve, .approve, .reject, .revoke,
    ])
    var at = now + TimeSpan(milliseconds: Int64(said.count % 1000) + (guardDice.chance(4) ? 10 * 60_000 : 0))
    if guardDice.chance(5) { at = hold.since - .hour }
    say(
      .hold(hold), kind,
      by: guardDice.chance(85) ? guardDice.pick(Company.wardens) : guardDice.pick(["ada", "lars", "stranger"]),
      seen.policy, measures, at: at, for: Int64(guardDice.pick([20, 600, 6000])))
  }

  /// Somebody looks, or does not, at a change that took effect without its review.
  func stateAboutCases() throws {
    guard let one = try store.reviewCases().randomElement(using: &guardDice), let pin = try store.pin() else { return }
    let at = now + TimeSpan(milliseconds: Int64(said.count % 1000))
    say(
      .review(commit: one.commit), guardDice.pick([.approve, .approve, .revoke]),
      by: guardDice.pick(Company.leads + ["ada", "ben", "stranger"]), pin, nil, at: at, for: 600)
  }

  private func say(
    _ subject: StatementSubject, _ kind: Statement.Kind, by person: String, _ policy: PolicyPin,
    _ measures: [String: Int64]?, at: Instant, for minutes: Int64
  ) {
    let key = guardDice.chance(94) ? person : guardDice.pick(["stranger", "wanda", "lars"])
    var statement = Statement(
      kind: kind, change: subject.digest, base: policy.commit, head: policy.commit, tree: policy.tree,
      policyVersion: policy.version, impact: measures, person: person, reason: nil, issuedAt: at,
      expiresAt: kind.permits ? at + TimeSpan(milliseconds: minutes * 60_000) : nil,
      nonce: String(SHA256Digest(of: "\(person) \(said.count)").description.prefix(32)))
    statement.about = subject
    guard let signed = Self.key(of: key).flatMap({ statement.signed(by: $0) }) else { return }
    tally.statements += 1
    said.append(
      Said(
        person: person, kind: kind, from: 0, to: 0, version: policy.version, impact: measures, at: at,
        expires: statement.expiresAt, reason: nil, key: key, signed: signed, subject: subject))
    note("\(person) says \(kind.rawValue) of \(subject.json.canonical) with \(measures ?? [:]), key of \(key)")
  }

  /// Whether something waits for people.
  func isWaiting() throws -> Bool {
    let pin = try store.pin()?.commit
    return try !reconciler.report.waiting.isEmpty || store.holds().open.contains { $0.policy == pin }
  }

  /// All wardens let through what waits, as it is now.
  func letThrough() throws {
    lookAtHolds()
    now = now + TimeSpan(milliseconds: 2000)
    // Something that a clock ahead of theirs has dated later counts against what they say now.
    if let last = said.lazy.filter({ $0.at <= self.now + TimeSpan(milliseconds: 6 * 60_000) }).map(\.at).max(),
      last >= now
    {
      now = last + TimeSpan(milliseconds: 2000)
    }
    for hold in try store.holds().open {
      guard let seen = try seenHolds[hold.number] ?? store.pin().map({ SeenHold(policy: $0, measures: [:]) }) else {
        continue
      }
      for warden in Company.wardens {
        // With the key that is theirs.
        let before = guardDice
        repeat {
          say(
            .hold(hold), .approve, by: warden, seen.policy, seen.measures,
            at: now + TimeSpan(milliseconds: Int64(said.count % 1000)), for: 6000)
        } while said.last?.key != warden
        guardDice = before
      }
    }
  }
}
