import Approvals
import Diagnostics
import Operations
import TestSupport
import Testing

/// Rules for reverts speak of a change that takes back one change, whole and alone, and of nothing else.
@Suite struct RevertRuleTests {
  static let lane = Shop.rule("back", "kinds: [\"*\"]\nreverts: recorded\nreview: {ops-lead: 1}")
  static let two = Shop.rule("channels", "kinds: [Channel]\nreview: {ops-lead: 2}")
  static let shop = "state/channels/shop.yaml"

  /// The cap of `web` goes from 100 back to 40, and one lead has approved that.
  private static func revert(
    _ rules: String = World.join([two, lane]), after: [[FileChange]]? = nil,
    _ alter: (inout ReviewedChange) -> Void = { _ in }
  ) -> ReviewedChange {
    var change = ReviewedChange(rules)
    change.recent = after ?? [change.change.files.map(inverse)]
    alter(&change)
    change.approve("olga")
    return change
  }

  private static func inverse(_ file: FileChange) -> FileChange {
    FileChange(path: file.path, old: file.new, new: file.old)
  }

  /// A change of one file between two contents of it.
  private static func step(_ path: String, _ old: String?, _ new: String?) -> [FileChange] {
    [String: String]().with(path, old).differences(to: [String: String]().with(path, new))
  }

  @Test func oneWholeChangeAloneIsTakenBackByFewer() {
    #expect(Self.revert().ids == [])
    #expect(Self.revert().verdict.acceptance?.rules == ["back"])
    #expect(Self.revert(after: []).ids == ["review_needed"], "nobody made such a change")
    #expect(Self.revert().with { $0.statements = [] }.ids == ["review_needed"], "nobody at all is too few")
  }

  @Test func whatNobodyReviewsIsNoLane() {
    let free = Shop.rule("back", "kinds: [\"*\"]\nreverts: recorded\nreview: none")
    let change = Self.revert(World.join([Self.two, free]))
    #expect(change.ids == ["review_needed"], "the other rules count")
    #expect(change.with { $0.approve("otto") }.verdict.acceptance?.rules == ["channels"])
    #expect(Self.revert(World.join([free])).ids == ["no_rule"])
  }

  @Test func theLaneTakesNothingElse() {
    let made = Self.revert().change.files.map(Self.inverse)
    let both = Self.revert {
      $0.recent.append(Self.step(Self.shop, "other", $0.before[Self.shop]))
      $0.after = $0.after.with(Self.shop, Shop.channel("shop", "cap: {units: 60, window: 7d}\n"))
    }
    #expect(both.ids == ["review_needed"], "two changes at once, or one and an edit beside it")
    let edited = Self.revert { $0.after = $0.after.with(Shop.web, Shop.web(cap: 41)) }
    #expect(edited.ids == ["review_needed"], "an edit in the same file")
    let half = Self.revert(after: [made + Self.step(Self.shop, "a", "b")])
    #expect(half.ids == ["review_needed"], "a part of a change")
    let newer = Self.revert(after: [
      made, Self.step(Shop.web, Shop.web(cap: 100), Shop.web(cap: 90)),
      Self.step(Shop.web, Shop.web(cap: 90), Shop.web(cap: 100)),
    ])
    #expect(newer.ids == ["review_needed"], "its file was changed since, and changed back")
    let beside = Self.revert(after: [made, Self.step(Self.shop, "a", "b")])
    #expect(beside.ids == [], "what was changed since is in another file")
  }

  /// Whatever lies between: to bring again what was taken back is a change like any other.
  @Test func theRevertOfARevertHasNoLane() {
    let made = Self.revert().change.files.map(Self.inverse)
    let first = Self.revert().change.files
    #expect(Self.revert(after: [first, made]).ids == ["review_needed"])
    #expect(Self.revert(after: [first, Self.step(Self.shop, "a", "b"), made]).ids == ["review_needed"])
  }

  @Test(arguments: [19, 20]) func whatLiesTooFarBackHasNoLane(others: Int) {
    let made = Self.revert().change.files.map(Self.inverse)
    let since = (0..<others).map { Self.step(Self.shop, "\($0)", "\($0 + 1)") }
    #expect(Self.revert(after: [made] + since).ids == (others < FormerTrees.reach ? [] : ["review_needed"]))
  }

  @Test func whoMayChangeWhatHasNoLane() {
    let roles = "state/governance/roles.yaml"
    let rules = World.join([Self.lane, Shop.rule("roles", "kinds: [Role]\nreview: {ops-lead: 2}")])
    for (old, new) in [("[dina, anna]", "[dina]"), ("kind: Role\nname: duty", "# Duty\nkind: Role\nname: duty")] {
      let change = Self.revert(rules) {
        $0.after = $0.before.with(roles, $0.before[roles]?.replacing(old, with: new))
        $0.recent = [$0.change.files.map(Self.inverse)]
      }
      #expect(change.ids == ["review_needed"], "\(new)")
    }
  }

  @Test func formerTreesAreThoseOfEachChange() {
    var former = FormerTrees(["a", "b"])
    former.move(from: "c", to: "d")
    former.move(from: "d", to: "b")
    former.move(from: "b", to: "b")
    #expect(former.trees == ["a", "b", "c", "d"])
    for index in 0..<100 { former.move(from: "\(index)", to: "\(index + 1)") }
    #expect(former.trees == (60..<100).map(String.init))
  }
}
