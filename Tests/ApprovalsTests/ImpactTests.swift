import Approvals
import Diagnostics
import Operations
import TestSupport
import Testing

/// Rules and approvals about what a change would do.
@Suite struct ImpactTests {
  static let rules = [
    Shop.rule("small", "kinds: [Channel]\nreview: {ops-lead: 1}\ntolerance: 10%"),
    Shop.rule(
      "large",
      "kinds: [Channel]\nimpact: {orders_losing: 10, value_losing: 5000}\nreview: {ops-lead: 2, finance: 1}"
        + "\ntolerance: 50%"),
  ]

  static func change(_ impact: [String: Int64]?) -> ReviewedChange {
    ReviewedChange(rules[0], rules[1]).with { $0.impact = impact }
  }

  @Test func aPlanIsAskedForOnlyWhereItDecides() {
    #expect(Self.change(nil).ids == ["review_needed"], "nobody approved: no impact helps")
    #expect(Self.change(nil).with { $0.say($0.statement("olga")) }.ids == ["undecided"])
    let all = Self.change(nil).with { change in
      for person in ["olga", "otto", "fred"] { change.say(change.statement(person)) }
    }
    #expect(all.ids == ["undecided"], "an approval holds only as far as its figures")
    let unbound = ReviewedChange(Self.rules[0]).with {
      $0.impact = nil
      $0.say($0.statement("olga", impact: nil))
    }
    #expect(unbound.ids == [])
  }

  @Test(
    arguments: [
      (["orders_losing": 9], ["olga"], [String]()), (["orders_losing": 10], ["olga"], ["review_needed"]),
      (["value_losing": 5000], ["olga"], ["review_needed"]), (["units_losing": 9000], ["olga"], []),
      (["orders_losing": 10], ["olga", "otto", "fred"], []),
      (["orders_losing": 10], ["olga", "otto"], ["review_needed"]),
    ] as [([String: Int64], [String], [String])])
  func aLargeImpactNeedsMore(impact: [String: Int64], people: [String], ids: [String]) {
    let change = Self.change(impact).with { change in
      for person in people { change.say(change.statement(person, impact: impact)) }
    }
    #expect(change.ids == Set(ids))
  }

  /// The tolerance is the least that a rule allows, of what was approved, rounded down.
  @Test(
    arguments: [(100, 110, true), (100, 111, false), (9, 9, true), (9, 10, false), (0, 1, false)]
      as [(Int64, Int64, Bool)])
  func anApprovalCoversTodaysImpactWithinTheTolerance(approved: Int64, today: Int64, holds: Bool) {
    let change = Self.change(["units_losing": today]).with { change in
      change.say(change.statement("olga", impact: ["units_losing": approved]))
    }
    #expect(change.ids == (holds ? [] : ["review_needed", "void"]))
    if !holds, case .refused(let reasons) = change.verdict {
      let message = reasons.first { $0.id == "approval.void" }?.message ?? ""
      #expect(message.contains("units_losing is \(today)") && message.contains("approved \(approved)"))
    }
  }

  @Test func anApprovalWithoutFiguresCoversNoRuleThatAsksForSome() {
    let small = Self.change(["units_losing": 900]).with { $0.say($0.statement("olga", impact: nil)) }
    #expect(small.ids == [])
    let large = Self.change(["orders_losing": 10]).with { change in
      for person in ["olga", "otto"] { change.say(change.statement(person, impact: nil)) }
      change.say(change.statement("fred", impact: ["orders_losing": 10]))
    }
    #expect(large.ids == ["review_needed", "void"])
  }

  /// Promise: whatever the rules and whoever approved, what holds for an impact holds for every smaller one.
  @Test(arguments: 0..<300 as Range<UInt64>) func aLargerImpactNeverNeedsFewer(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    func number(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &random) }
    func some<Element>(_ elements: [Element]) -> [Element] { elements.filter { _ in Bool.random(using: &random) } }
    let rules = (0...number(1...4)).map { index in
      let review = some(["ops-lead: \(number(1...2))", "finance: 1"]).joined(separator: ", ")
      let asks = !review.isEmpty
      let figures = some(["orders_losing: \(number(1...5))", "value_losing: \(number(1...5))"]).joined(separator: ", ")
      var lines = ["kinds: [Channel]", "review: \(asks ? "{\(review)}" : "none")"]
      if asks, !figures.isEmpty { lines.append("impact: {\(figures)}") }
      if asks { lines += some(["tolerance: \(number(0...100))%", "valid_for: \(number(1...30))h"]) }
      if asks { lines += some(["break_glass: {role: duty, for: 4h}"]) }
      lines += some([some(["direction: lower", "direction: raise"]).first ?? "fields: [cap]"])
      return Shop.rule("r\(index)", lines.joined(separator: "\n"))
    }
    var change = ReviewedChange(World.join(rules))
    change.impact = nil
    for person in some(["olga", "otto", "olaf", "fred"]) {
      let told = number(0...3) == 0 ? nil : ["orders_losing": number(0...6), "value_losing": number(0...6)]
      change.say(change.statement(person, number(0...7) == 0 ? .reject : .approve, impact: told))
    }
    if number(0...3) == 0 { change.say(change.statement("dina", .breakGlass, impact: nil)) }
    let small = ["orders_losing": number(0...5), "value_losing": number(0...5)]
    let large = small.mapValues { $0 + number(0...4) }
    let (of, ofLarger) = (change.with { $0.impact = small }, change.with { $0.impact = large })
    #expect(of.verdict.acceptance != nil || ofLarger.verdict.acceptance == nil, "seed \(seed): \(small) \(large)")
    // What is decided without figures is decided alike with any.
    if case .undecided = change.verdict { return }
    #expect((change.verdict.acceptance == nil) == (of.verdict.acceptance == nil), "seed \(seed)")
    #expect((change.verdict.acceptance == nil) == (ofLarger.verdict.acceptance == nil), "seed \(seed)")
  }

  // MARK: Emergencies

  static let glass = Shop.rule(
    "lead", "kinds: [Channel]\nreview: {ops-lead: 1}\nbreak_glass: {role: duty, for: 4h}")

  @Test func brokenGlassLeavesOutTheReview() throws {
    let change = ReviewedChange(Self.glass).with {
      $0.say($0.statement("dina", .breakGlass, impact: nil, reason: "flood"))
    }
    let acceptance = try #require(change.verdict.acceptance)
    #expect(acceptance.brokenGlass.first?.person == "dina" && acceptance.brokenGlass.first?.reason == "flood")
    #expect(acceptance.brokenGlass.first?.rules == ["lead"] && acceptance.approvals.count == 1)
    #expect(change.with { $0.statements = acceptance.approvals }.verdict.acceptance == acceptance)
  }

  /// Who was shown figures let through what was shown; who had none let through the change as it is.
  @Test func brokenGlassHoldsForWhatWasShown() {
    func broken(_ shown: [String: Int64]?, _ today: [String: Int64]?, _ fields: String = "") -> Set<String> {
      ReviewedChange(Self.glass + fields).with {
        $0.say($0.statement("dina", .breakGlass, impact: shown, reason: "flood"))
        $0.impact = today
      }.ids
    }
    #expect(broken(["orders_losing": 5], ["orders_losing": 5]) == [])
    #expect(broken(["orders_losing": 5], ["orders_losing": 6]) == ["review_needed", "void"])
    #expect(broken(["orders_losing": 10], ["orders_losing": 11], "tolerance: 10%\n") == [])
    #expect(broken([:], ["channels": 1]) == ["review_needed", "void"])
    #expect(broken(["orders_losing": 5], nil) == ["undecided"], "nobody knows yet what it would do")
    #expect(broken(nil, ["orders_losing": 6]) == [] && broken(nil, nil) == [])
  }

  /// In the night there may be nobody else: whoever may break the glass may do so for what they wrote.
  @Test func anAuthorMayBreakTheGlass() throws {
    let change = ReviewedChange(Self.glass).with {
      $0.say($0.statement("anna", .breakGlass, reason: "fire"))
    }
    let acceptance = try #require(change.verdict.acceptance)
    #expect(acceptance.brokenGlass.map(\.person) == ["anna"] && acceptance.everyone == ["anna"])
    #expect(change.with { $0.statements = [] }.ids == ["review_needed"])
    // Their approval still counts for nothing.
    #expect(ReviewedChange(Self.glass).with { $0.approve("anna") }.ids == ["no_role", "review_needed"])
  }

  /// Whoever broke the glass stands in the record, so that none of them can be the one who looks at it later.
  @Test func everyoneWhoBrokeTheGlassIsNamed() throws {
    let change = ReviewedChange(Self.glass).with {
      $0.say($0.statement("dina", .breakGlass, impact: nil, reason: "flood"))
      $0.say($0.statement("anna", .breakGlass, impact: nil, reason: "fire"))
    }
    let acceptance = try #require(change.verdict.acceptance)
    #expect(Set(acceptance.brokenGlass.map(\.person)) == ["anna", "dina"] && acceptance.approvals.count == 2)
  }

  @Test func brokenGlassHasItsLimits() {
    func broken(_ alter: (inout ReviewedChange) -> Void) -> Set<String> { ReviewedChange(Self.glass).with(alter).ids }
    #expect(broken { $0.say($0.statement("fred", .breakGlass)) } == ["review_needed", "no_role"], "without the role")
    #expect(
      broken { $0.say($0.statement("dina", .breakGlass, reason: nil)) } == ["review_needed", "void"], "no reason")
    let old = broken {
      $0.say($0.statement("dina", .breakGlass))
      $0.now = $0.now + TimeSpan(milliseconds: 4 * TimeSpan.hour.milliseconds)
    }
    #expect(old == ["review_needed", "expired"], "the rule's hours are over")
    let rejected = broken {
      $0.say($0.statement("dina", .breakGlass))
      $0.say($0.statement("olga", .reject))
    }
    #expect(rejected == ["rejected"])
    let other = ReviewedChange(Self.glass, Shop.rule("money", "kinds: [Channel]\nreview: {finance: 1}")).with {
      $0.say($0.statement("dina", .breakGlass))
    }
    #expect(other.ids == ["review_needed"], "a rule without a glass stays")
  }
}
