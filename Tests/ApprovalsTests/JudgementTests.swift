import Approvals
import DesiredStateFiles
import Diagnostics
import Operations
import TestSupport
import Testing

/// How far the policy moves along a branch: commits as values, each a set of files with a seal.
@Suite struct JudgementTests {
  struct Step {
    var files: Files
    var seal = CommitFacts.Seal.key(Keys.anna)
  }

  static let web = "state/channels/web.yaml"
  static func cap(_ units: Int) -> Files { World.base.with(web, World.channel("web", cap: units)) }
  static let stranger = CommitFacts.Seal.key(Keys.stranger)

  /// Judges steps that follow the base; commits are numbered from 1, and equal files are equal trees.
  /// - Parameter pin: what is in force; the steps up to it are done.
  func judge(_ steps: [Step], from pin: PolicyPin? = nil) -> Judgement {
    let trees = [World.base] + steps.map(\.files)
    func tree(_ index: Int) -> String { "tree\(trees.firstIndex(of: trees[index]) ?? -1)" }
    let line = steps.enumerated().map { index, step in
      CommitFacts(id: "\(index + 1)", tree: tree(index + 1), seal: step.seal, summary: "", reverts: [])
    }
    let pin = pin ?? PolicyPin(commit: "0", tree: "tree0", version: 1)
    let rest = Array(line.dropFirst(Int(pin.commit) ?? 0))
    return Judgement(pin: pin, line: rest) { base, to, commits, _ in
      var change = trees[Int(base.commit) ?? 0].change(to: trees[Int(to) ?? 0], [])
      (change.base, change.commits) = (base, commits)
      return change
    }
  }

  func summary(_ judgement: Judgement) -> String {
    let accepted = judgement.accepted.map { "\($0.commit.id)v\($0.version)" }.joined(separator: " ")
    return "\(accepted) | \(judgement.refused?.commit.id ?? "-")"
  }

  @Test func commitsAreAcceptedOneByOne() {
    #expect(summary(judge([Step(files: Self.cap(1)), Step(files: Self.cap(2))])) == "1v1 2v1 | -")
  }

  @Test func theVersionGrowsWithGovernanceAlone() {
    let people = World.join([World.people, World.person("eve", Keys.stranger)])
    let governed = Self.cap(1).with("state/governance/people.yaml", people)
    #expect(summary(judge([Step(files: Self.cap(1)), Step(files: governed)])) == "1v1 2v2 | -")
  }

  // MARK: What is removed in small steps

  /// `count` channels beside the one of the base.
  private static func many(_ count: Int, cap: Int = 10) -> Step {
    Step(
      files: Self.cap(cap).with(
        "state/channels/many.yaml", World.join((0..<count).map { World.channel("c\($0)", cap: 1) })))
  }

  private static let forty = PolicyPin(commit: "1", tree: "tree1", version: 1)

  /// Nine at a time is no more than one change may remove; all of them at once is too much, in how many commits it may come.
  @Test func whatTakesEffectAtOnceMayNotRemoveTooMuch() {
    let wiped = judge([40, 31, 22, 13, 4].map { Self.many($0) }, from: Self.forty)
    #expect(summary(wiped) == " | 2" && wiped.pin.commit == "1")
    #expect(wiped.refused?.reasons.map(\.id) == ["approval.deletions"])
    #expect(wiped.refused?.reasons.first?.message.contains("removes 27 of 41 resources of the kind Channel") == true)
    // What removes nothing goes before it, and comes to the same when it is looked at alone.
    let capped = [Self.many(40), Self.many(40, cap: 9)] + [31, 22, 13].map { Self.many($0, cap: 9) }
    #expect(summary(judge(capped, from: Self.forty)) == "2v1 | 3")
    #expect(summary(judge(Array(capped.prefix(2)), from: Self.forty)) == "2v1 | -")
    let second = PolicyPin(commit: "2", tree: "tree2", version: 1)
    #expect(summary(judge(capped, from: second)) == " | 3", "and it stays so with the next look")
  }

  @Test func halfMayGoAtOnceAndTheRestWhenThatTookEffect() {
    let steps = [40, 31, 22].map { Self.many($0) }
    #expect(summary(judge(steps, from: Self.forty)) == "2v1 3v1 | -")
    let third = PolicyPin(commit: "3", tree: "tree3", version: 1)
    #expect(summary(judge(steps + [Self.many(13)], from: third)) == "4v1 | -")
    // What is put back again in the same series is not gone.
    #expect(summary(judge([40, 31, 22, 13, 40].map { Self.many($0) }, from: Self.forty)) == "2v1 3v1 5v1 | -")
  }

  /// Ending all but one and then that is ending all: a source that vanishes in two commits has vanished too. Whoever means it
  /// waits until the first has taken effect.
  @Test func whatIsClosedInSeveralCommitsIsClosed() {
    func ending(_ isLast: Bool) -> Step {
      let end = "effective: {until: 2099-01-01T00:00:00Z}\n"
      let web = World.channel("web", cap: 10) + (isLast ? end : "")
      return Step(
        files: World.base.with(Self.web, web).with(
          "state/channels/many.yaml", World.join((0..<3).map { World.channel("c\($0)", cap: 1) + end })))
    }
    let steps = [Self.many(3), ending(false), ending(true)]
    let judgement = judge(steps, from: Self.forty)
    #expect(summary(judgement) == " | 2", "or the next look would take the second")
    #expect(judgement.refused?.reasons.first?.message.contains("removes every Channel, or closes or ends it") == true)
    let second = PolicyPin(commit: "2", tree: "tree2", version: 1)
    #expect(summary(judge(steps, from: second)) == "3v1 | -", "in a push of its own")
  }

  /// Where a rule asks what a change would do, each is judged after the one before was applied: the push is one all the same.
  @Test func aPushThatTakesEffectOneByOneIsOne() {
    let rule = World.rule("losers", kinds: "Channel", review: "{owner: 1}\nimpact: {orders_losing: 1}")
    func asking(_ count: Int, cap: Int = 10) -> Files {
      let files = Self.many(count, cap: cap).files
      let rules = "state/governance/rules.yaml"
      return files.with(rules, World.join([files[rules] ?? "", rule]))
    }
    var trees = [40, 31, 22, 13].map { asking($0) }
    var pin = PolicyPin(commit: "0", tree: "tree0", version: 1)
    var former = FormerTrees()
    func look() -> String {
      let line = trees.indices.map {
        CommitFacts(id: "\($0)", tree: "tree\($0)", seal: .key(Keys.anna), summary: "", reverts: [])
      }
      let rest = Array(line.dropFirst((Int(pin.commit) ?? 0) + 1))
      let spans = rest.map { ChangeSpan(from: pin.commit, to: $0.id) }
      let evidence = Evidence(
        impacts: Dictionary(uniqueKeysWithValues: spans.map { ($0, ["orders_losing": 0]) }), formerTrees: former)
      let judgement = Judgement(pin: pin, line: rest, evidence: evidence) { base, to, commits, _ in
        var change = trees[Int(base.commit) ?? 0].change(to: trees[Int(to) ?? 0], [])
        (change.base, change.commits) = (base, commits)
        return change
      }
      (pin, former) = (judgement.pin, judgement.formerTrees)
      return summary(judgement)
    }
    #expect(look() == "1v1 | -" && former.series == PushedSeries(start: "0", end: "3"))
    #expect(look() == "2v1 | -")
    for _ in 0..<2 { #expect(look() == " | 3", "27 of 41 are more than half") }
    // Whoever goes on after that pushes again.
    trees.append(asking(13, cap: 9))
    #expect(look() == "4v1 | -" && former.series == nil)
  }

  @Test func aRefusalStopsThePolicyAtTheCommitBefore() {
    let judgement = judge([Step(files: Self.cap(1)), Step(files: Self.cap(2), seal: Self.stranger)])
    #expect(summary(judgement) == "1v1 | 2" && judgement.pin.commit == "1")
  }

  @Test func aRevertUnblocks() {
    let steps = [Step(files: Self.cap(2), seal: Self.stranger), Step(files: World.base), Step(files: Self.cap(3))]
    #expect(summary(judge(steps)) == "2v1 3v1 | -")
  }

  /// An equal tree changes nothing, so it passes whoever signed it.
  @Test func anEqualTreePasses() {
    #expect(summary(judge([Step(files: World.base, seal: .unsigned)])) == "1v1 | -")
  }

  /// An error, its fix, and an unsigned commit: the fix holds, whoever looked when.
  @Test func theFirstCommitThatPutsASeriesRightIsTaken() {
    let broken = World.base.with(Self.web, "kind: Channel\nname: web\n")
    let steps = [Step(files: broken), Step(files: Self.cap(5)), Step(files: Self.cap(6), seal: .unsigned)]
    let judgement = judge(steps)
    #expect(summary(judgement) == "2v1 | 3" && judgement.refused?.reasons.map(\.id) == ["approval.unsigned"])
  }

  /// Looking at the branch after some commits and later at the rest ends where looking once does.
  @Test(arguments: 0..<150 as Range<UInt64>) func itDoesNotMatterWhenTheBranchIsLookedAt(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let people = World.join([World.people, World.person("eve", Keys.stranger)])
    let states = [
      World.base, Self.cap(1), Self.cap(2), World.base.with("state/governance/people.yaml", people),
      Self.cap(1).with("state/governance/people.yaml", people), World.base.with(Self.web, "kind: Channel\nname: web\n"),
      World.base.with("state/other.yaml", World.channel("b2b", cap: 1)),
    ]
    let seals = [CommitFacts.Seal.key(Keys.anna), .key(Keys.anna), .key(Keys.ben), Self.stranger, .unsigned]
    let steps = (0..<8).map { _ in
      Step(
        files: states.randomElement(using: &random) ?? World.base, seal: seals.randomElement(using: &random) ?? .broken)
    }
    let once = judge(steps)
    var (pin, accepted) = (PolicyPin?.none, [String]())
    var refused: String?
    for count in 1...steps.count where count == steps.count || Bool.random(using: &random) {
      let judgement = judge(Array(steps.prefix(count)), from: pin)
      pin = judgement.pin
      accepted += judgement.accepted.map { "\($0.commit.id)v\($0.version)" }
      refused = judgement.refused?.commit.id
    }
    #expect(pin == once.pin && refused == once.refused?.commit.id, "seed \(seed)")
    #expect(accepted == once.accepted.map { "\($0.commit.id)v\($0.version)" }, "seed \(seed)")
  }

  @Test func aSeriesIsPutRightByLaterCommits() {
    let broken = World.base.with(Self.web, "kind: Channel\nname: web\n")
    #expect(summary(judge([Step(files: broken), Step(files: Self.cap(5))])) == "2v1 | -")
  }

  @Test func aLaterCommitOfAnotherDoesNotLaunderASeries() {
    let unsigned = judge([Step(files: Self.cap(2), seal: Self.stranger), Step(files: Self.cap(3))])
    #expect(summary(unsigned) == " | 1" && unsigned.refused?.reasons.map(\.id) == ["approval.unknown_key"])
  }

  @Test func aNewKeyHoldsOnlyAfterItsOwnCommit() {
    let people = World.join([World.people, World.person("eve", Keys.stranger)])
    let roles = World.join([
      World.role("owner", "anna, carl, eve", kinds: "\"*\"", paths: "\"**\""),
      World.role("channels", "ben", kinds: "Channel", paths: "state/channels/*"),
    ])
    let governed = World.base.with("state/governance/people.yaml", people).with("state/governance/roles.yaml", roles)
    let change = governed.with(Self.web, World.channel("web", cap: 4))
    #expect(summary(judge([Step(files: governed), Step(files: change, seal: Self.stranger)])) == "1v2 2v2 | -")
    #expect(summary(judge([Step(files: governed, seal: Self.stranger), Step(files: change)])) == " | 1")
  }

  @Test func aPersonWhoWasRemovedSignsNothingMore() {
    let people = World.join([
      World.person("anna", Keys.anna), World.person("carl", Keys.shared), World.person("dora", Keys.shared),
    ])
    let roles = World.role("owner", "anna, carl", kinds: "\"*\"", paths: "\"**\"")
    let governed = World.base.with("state/governance/people.yaml", people).with("state/governance/roles.yaml", roles)
    let change = governed.with(Self.web, World.channel("web", cap: 4))
    let judgement = judge([Step(files: governed), Step(files: change, seal: .key(Keys.ben))])
    #expect(summary(judgement) == "1v2 | 2" && judgement.refused?.reasons.first?.id == "approval.unknown_key")
  }
}

/// That a judgement can be found again from what a record of it holds.
@Suite struct JudgedAgainTests {
  /// Olga rejects what nobody would have to approve while it does so little, and the commit that follows makes another change
  /// of it, which she does not. Without her word the first commit would not be passed over.
  @Test func whatWasSaidAboutWhatWasPassedOverIsNeeded() throws {
    let always = Shop.rule("free", "kinds: [Channel]\nreview: none")
    let large = Shop.rule("leads", "kinds: [Channel]\nimpact: {units_losing: 3}\nreview: {ops-lead: 2}")
    var reviewed = ReviewedChange(always, large)
    reviewed.say(reviewed.statement("olga", .reject))
    let first = try #require(reviewed.change.commits.first)
    let corrected = reviewed.with { $0.after = $0.before.with(Shop.web, Shop.web(cap: 50)) }
    var second = first
    second.id = "2" + ReviewedChange.zero.dropFirst()
    second.tree = "another tree"
    func judged(_ statements: [SignedStatement]) -> Judgement {
      let evidence = Evidence(
        statements: statements, at: reviewed.now,
        impacts: [ChangeSpan(from: reviewed.base.commit, to: second.id): ["units_losing": 0]])
      return Judgement(pin: reviewed.base, line: [first, second], evidence: evidence) { base, to, commits, _ in
        var change = to == first.id ? reviewed.change : corrected.change
        (change.base, change.commits) = (base, commits)
        return change
      }
    }
    let judgement = judged(reviewed.statements)
    #expect(judgement.accepted.map(\.commit.id) == [second.id])
    let approvals = judgement.accepted.flatMap(\.acceptance.approvals)
    #expect(judged(approvals).undecided?.span.to == first.id, "what the acceptance holds is not enough")
    #expect(judgement.passedOver.contains { (try? $0.statement().kind) == .reject })
    let again = judged(approvals + judgement.passedOver)
    #expect(again.pin == judgement.pin && again.accepted == judgement.accepted)
  }
}
