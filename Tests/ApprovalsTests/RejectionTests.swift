import Approvals
import Diagnostics
import Digest
import Operations
import Testing

/// What somebody rejected stays rejected until they say otherwise, whatever later commits claim.
@Suite struct RejectionTests {
  struct Row: Sendable, CustomStringConvertible {
    var name: String
    var ids: Set<String>
    var alter: @Sendable (inout ReviewedChange) -> Void

    var description: String { name }
  }

  /// Each on top of a change that `olga` and `otto` approve and `olaf` rejects.
  static let rows = [
    Row(name: "nothing more", ids: ["rejected"]) { _ in },
    Row(name: "a commit that changes nothing names him as a co-author", ids: ["rejected"]) {
      $0.seals.append(Shop.seal("anna"))
      $0.identities = [.init(name: "Olaf", email: "olaf@home.test")]
    },
    Row(name: "in other letters", ids: ["rejected"]) {
      $0.identities = [.init(name: "x", email: "OLAF@Home.Test")]
    },
    Row(name: "a commit that he signed is merged in", ids: ["rejected"]) {
      $0.mergedKeys = [Shop.key("olaf").publicKey.description]
    },
    Row(name: "he signed a commit of the series", ids: ["rejected"]) { $0.seals.append(Shop.seal("olaf")) },
    Row(name: "somebody replays what he said before", ids: ["rejected"]) {
      $0.say($0.statement("olaf", at: $0.now - TimeSpan.hour))
      $0.say($0.statement("olaf", .revoke, at: $0.now - TimeSpan.hour))
    },
    Row(name: "somebody else revokes it", ids: ["rejected"]) {
      $0.say($0.statement("anna", .revoke, at: $0.now + Self.minute))
      $0.say($0.statement("olaf", .revoke, at: $0.now + Self.minute), key: "anna")
    },
    Row(name: "the policy has moved on", ids: ["rejected", "review_needed", "void"]) { $0.base.version += 1 },
    Row(name: "years go by", ids: ["rejected", "review_needed", "expired"]) {
      $0.now = $0.now + TimeSpan(milliseconds: 1000 * TimeSpan.day.milliseconds)
    },
    Row(name: "his clock is a year ahead", ids: ["rejected"]) {
      $0.say($0.statement("olaf", .reject, at: $0.now + TimeSpan(milliseconds: 365 * TimeSpan.day.milliseconds)))
    },
    Row(name: "he takes an approval back by a clock that is ahead", ids: ["rejected", "review_needed"]) {
      $0.say($0.statement("olga", .revoke, at: $0.now + TimeSpan.day))
    },
    Row(name: "he revokes it", ids: []) { $0.say($0.statement("olaf", .revoke, at: $0.now + Self.minute)) },
    Row(name: "he is an author and revokes it", ids: []) {
      $0.identities = [.init(name: "Olaf", email: "olaf@home.test")]
      $0.say($0.statement("olaf", .revoke, at: $0.now + Self.minute))
    },
    Row(name: "he has the role no more", ids: []) {
      $0.before = Shop.files(
        Shop.rule("channels", "kinds: [Channel]\nreview: {ops-lead: 2}"), leads: ["olga", "otto"])
      $0.after = $0.before.with(Shop.web, Shop.web(cap: 40))
    },
  ]
  static let minute = TimeSpan(milliseconds: 60_000)

  @Test(arguments: rows) func itStaysInForce(_ row: Row) {
    var change = ReviewedChange()
    change.approve("olga", "otto")
    change.say(change.statement("olaf", .reject))
    row.alter(&change)
    #expect(change.ids == row.ids, "\(change.verdict)")
  }

  /// Who is asked only because of what a change would do rejects it also where it does less by now.
  @Test func aSmallerImpactTakesNothingFromIt() {
    let rules = [
      Shop.rule("channels", "kinds: [Channel]\nreview: {ops-lead: 1}"),
      Shop.rule("money", "kinds: [Channel]\nimpact: {value_losing: 10}\nreview: {finance: 1}"),
    ]
    let change = ReviewedChange(World.join(rules)).with {
      $0.impact = ["value_losing": 3]
      $0.say($0.statement("olga", impact: ["value_losing": 3]))
    }
    #expect(change.ids == [])
    #expect(change.with { $0.say($0.statement("fred", .reject)) }.ids == ["rejected"])
    let alone = ReviewedChange(Shop.rule("free", "kinds: [Channel]\nreview: none"), rules[1]).with {
      $0.impact = ["value_losing": 3]
    }
    #expect(alone.ids == [])
    #expect(alone.with { $0.say($0.statement("fred", .reject)) }.ids == ["rejected"])
    #expect(alone.with { $0.say($0.statement("olga", .reject)) }.ids == [], "nobody would ever ask her")
  }

  /// An author may reject what they made, and still not approve it. Whom a commit names may not approve it either: then
  /// others are asked, and nothing passes that would not.
  @Test func anAuthorRejectsAndDoesNotApprove() {
    let named = ReviewedChange().with { $0.identities = [.init(name: "Olga", email: "olga@home.test")] }
    let evidence = Evidence(at: named.now)
    #expect(named.change.objection(to: .reject, by: "olga", evidence) == nil)
    #expect(named.change.objection(to: .approve, by: "olga", evidence)?.id == "review.author")
    #expect(named.change.objection(to: .reject, by: "fred", evidence)?.id == "review.no_role")
    #expect(named.with { $0.approve("olga", "otto") }.ids == ["review_needed", "author"])
    #expect(named.with { $0.approve("olaf", "otto") }.ids == [])
  }

  private static let glass = "kinds: [Channel]\nreview: {ops-lead: 2}\nbreak_glass: {role: duty, for: 4h}"

  /// Dated ahead of what clocks may be, it was said by now: nobody in an emergency waits for a time that somebody else chose.
  @Test(arguments: [(TimeSpan.day, true), (minute, false), (TimeSpan(milliseconds: 0), false)])
  func aGlassOverridesWhatIsDatedAhead(ahead: TimeSpan, passes: Bool) {
    var change = ReviewedChange(Shop.rule("channels", Self.glass))
    change.say(change.statement("olaf", .reject, at: change.now + ahead))
    change.say(change.statement("dina", .breakGlass))
    #expect(change.ids.contains("rejected") != passes, "\(change.verdict)")
  }

  /// Whoever broke the glass before a rejection is told that it does not count, and can break it again for the same reason.
  @Test func aGlassThatWasBrokenTooEarlyCountsForNothing() throws {
    var change = ReviewedChange(Shop.rule("channels", Self.glass))
    change.say(change.statement("dina", .breakGlass))
    func uncounted() -> [String] {
      change.change.uncounted(Evidence(statements: change.statements, at: change.now)).map(\.reason.message)
    }
    #expect(uncounted().isEmpty)
    change.say(change.statement("olaf", .reject, at: change.now + Self.minute))
    #expect(uncounted() == ["dina used break-glass before olaf rejected it"])
    change.now = change.now + Self.minute + Self.minute
    change.say(change.statement("dina", .breakGlass))
    #expect(uncounted().isEmpty && change.ids == [])
  }
}
