import Approvals
import DesiredState
import DesiredStateFiles
import Operations
import TestSupport
import Testing

/// Which changes a rule speaks of.
@Suite struct RuleTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var rule: String
    var path = Shop.web
    var text: String?
    /// Whether the rule asks for its review.
    var asks: Bool
    var testDescription: String { "\(rule.replacing("\n", with: ", ")) for \(text ?? "nothing")" }
  }

  static let overlay = Shop.web(cap: 100) + "---\nkind: Channel\nname: web\nscope: {class: launch}\nexposure: 10%\n"
  static let item = Shop.web(cap: 100) + "---\nkind: Channel\nname: web\nscope: {sku: MUG}\nexposure: 10%\n"

  static let rows: [Row] = [
    Row(rule: "kinds: [Channel]", text: Shop.web(cap: 40), asks: true),
    Row(rule: "kinds: [Node]", text: Shop.web(cap: 40), asks: false),
    Row(rule: "kinds: [Channel]\npaths: [state/channels/s*]", text: Shop.web(cap: 40), asks: false),
    Row(rule: "kinds: [Channel]\nnames: [web]", text: Shop.web(cap: 40), asks: true),
    Row(rule: "kinds: [Channel]\nnames: [shop]", text: Shop.web(cap: 40), asks: false),
    Row(rule: "kinds: [Channel]\nnames: [web]", text: nil, asks: true),
    Row(rule: "kinds: [Channel]\nfields: [cap]", text: Shop.web(cap: 40), asks: true),
    Row(rule: "kinds: [Channel]\nfields: [exposure, buffer]", text: Shop.web(cap: 40), asks: false),
    Row(
      rule: "kinds: [Channel]\nfields: [exposure]", text: Shop.channel("web", "cap: {units: 100, window: 7d}\n"),
      asks: true),
    Row(rule: "kinds: [Channel]\nfields: [cap]", text: "# a remark\n" + Shop.web(cap: 100), asks: false),
    Row(rule: "kinds: [Channel]", text: "# a remark\n" + Shop.web(cap: 100), asks: true),
    Row(rule: "kinds: [Channel]\ndirection: lower", text: Shop.web(cap: 40), asks: true),
    Row(rule: "kinds: [Channel]\ndirection: raise", text: Shop.web(cap: 40), asks: false),
    Row(rule: "kinds: [Channel]\ndirection: raise", text: Shop.web(cap: 140), asks: true),
    // No cap is no number: whether it went up or down is not for a rule to know.
    Row(rule: "kinds: [Channel]\ndirection: raise", text: Shop.channel("web", "exposure: 90%\n"), asks: true),
    Row(rule: "kinds: [Channel]\ndirection: lower", text: Shop.channel("web", "exposure: 90%\n"), asks: true),
    Row(rule: "kinds: [Channel]\nat_least: 60%", text: Shop.web(cap: 40), asks: true),
    Row(rule: "kinds: [Channel]\nat_least: 60%", text: Shop.web(cap: 41), asks: false),
    Row(rule: "kinds: [Channel]\nunits: 60", text: Shop.web(cap: 40), asks: true),
    Row(rule: "kinds: [Channel]\nunits: 60", text: Shop.web(cap: 41), asks: false),
    Row(rule: "kinds: [Channel]\ndirection: lower\nat_least: 20%", text: Shop.web(cap: 140), asks: false),
    // How many units a share is, nobody can say.
    Row(
      rule: "kinds: [Channel]\nunits: 1", text: Shop.channel("web", "cap: {units: 100, window: 7d}\nexposure: 20%\n"),
      asks: true),
    Row(
      rule: "kinds: [Channel]\nunits: 1\ndirection: raise",
      text: Shop.channel("web", "cap: {units: 100, window: 7d}\nexposure: 20%\n"), asks: false),
    Row(rule: "kinds: [Channel]\nscope: {class: launch}", text: overlay, asks: true),
    Row(rule: "kinds: [Channel]\nscope: {class: launch}", text: Shop.web(cap: 40), asks: false),
    // Whether the item is of the class, only the catalogue knows.
    Row(rule: "kinds: [Channel]\nscope: {class: launch}", text: item, asks: true),
    Row(rule: "kinds: [Channel]\nscope: {sku: MUG}", text: item, asks: true),
    Row(rule: "kinds: [Channel]\nscope: {sku: CUP}", text: item, asks: false),
    Row(rule: "kinds: [\"*\"]", path: "README.md", text: "words\n", asks: true),
    Row(rule: "kinds: [\"*\"]\nnames: [web]", path: "README.md", text: "words\n", asks: false),
  ]

  @Test(arguments: rows) func speaksOf(_ row: Row) {
    var change = ReviewedChange(
      Shop.rule("narrow", row.rule + "\nreview: {finance: 1}"), Shop.rule("rest", "kinds: [\"*\"]\nreview: none"))
    change.after = change.before.with(row.path, row.text)
    #expect(change.ids == (row.asks ? ["review_needed"] : []))
  }

  /// What a rule without a review lets through, it must be sure of.
  @Test(arguments: [
    ("direction: lower", 40, [String]()), ("direction: lower", 140, ["no_rule"]),
    ("fields: [exposure]", 40, ["no_rule"]),
    ("fields: [cap]", 40, []), ("at_least: 60%", 41, ["no_rule"]), ("direction: lower", nil, ["no_rule"]),
  ])
  func letsThrough(condition: String, cap: Int?, ids: [String]) {
    var change = ReviewedChange(Shop.rule("narrow", "kinds: [Channel]\n\(condition)\nreview: none"))
    change.after = change.before.with(
      Shop.web, cap.map { Shop.web(cap: $0) } ?? Shop.channel("web", "exposure: 90%\n"))
    #expect(change.ids == Set(ids))
  }

  /// Every field needs a rule of its own: one that is let through takes no other with it.
  @Test func everyFieldNeedsARule() {
    var change = ReviewedChange(Shop.rule("caps", "kinds: [Channel]\nfields: [cap]\nreview: none"))
    change.after = change.before.with(Shop.web, Shop.channel("web", "cap: {units: 9, window: 7d}\nexposure: 10%\n"))
    #expect(change.ids == ["no_rule"])
  }

  /// All rules that match must hold; who fills a place fills it for each of them, and only one.
  @Test(arguments: [
    (["olga", "otto"], ["review_needed"]), (["olga", "otto", "fred"], [String]()),
    (["olga", "olaf"], ["review_needed"]),
    (["olga", "otto", "olaf"], []), (["olaf", "fred"], ["review_needed"]), (["olaf", "fred", "olga"], []),
  ])
  func onePersonFillsOnePlace(people: [String], ids: [String]) {
    var change = ReviewedChange(
      Shop.rule("a", "kinds: [Channel]\nreview: {ops-lead: 2}"),
      Shop.rule("b", "kinds: [Channel]\nreview: {ops-lead: 1, finance: 1}"))
    for person in people { change.say(change.statement(person)) }
    #expect(change.ids == Set(ids))
  }

  /// As many places are filled as can be: compared with trying every order.
  @Test(arguments: 0..<200 as Range<UInt64>) func asManyPlacesAreFilledAsCanBe(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let roles = ["a", "b", "c"]
    let people = Dictionary(
      uniqueKeysWithValues: (0..<Int.random(in: 0...4, using: &random)).map { index in
        ("p\(index)", Set(roles.filter { _ in Bool.random(using: &random) }))
      })
    let text = roles.filter { _ in Bool.random(using: &random) }.map {
      "\($0): \(Int.random(in: 1...2, using: &random))"
    }
    let review = Shop.files(Shop.rule("r", "kinds: [Node]\nreview: {\(text.joined(separator: ", "))}")).state().state
      .resources[.init(.approvalRule, "r")]?.first?.fields["review"]
    let slots = RoleSlots(review: review)
    let places = slots.counts.flatMap { Array(repeating: $0.key, count: $0.value) }
    func most(_ places: ArraySlice<String>, _ people: [String: Set<String>]) -> Int {
      guard let role = places.first else { return 0 }
      let without = most(places.dropFirst(), people)
      let with = people.filter { $0.value.contains(role) }.map { person in
        1 + most(places.dropFirst(), people.filter { $0.key != person.key })
      }
      return ([without] + with).max() ?? 0
    }
    let assignment = slots.assignment(of: people)
    #expect(assignment.roles.count == most(places[...], people), "seed \(seed)")
    #expect(assignment.roles.allSatisfy { people[$0.key]?.contains($0.value) == true }, "seed \(seed)")
    #expect(assignment.roles.count + assignment.missing.values.reduce(0, +) == places.count, "seed \(seed)")
  }
}
