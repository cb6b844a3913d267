import Approvals
import Diagnostics
import Digest
import Operations
import Testing

/// What somebody rejected does not come in with the commit on top of it.
@Suite struct CarriedRejectionTests {
  private static let shop = "state/channels/shop.yaml"

  /// Two commits on one another: what olga rejects, and what olaf and otto approve as it lies there.
  private static func judged(_ second: (Files) -> Files, revoking: Bool = false) -> Judgement {
    var first = ReviewedChange(Shop.rule("channels", "kinds: [Channel]\nreview: {ops-lead: 2}"))
    first.say(first.statement("olga", .reject))
    if revoking { first.say(first.statement("olga", .revoke, at: first.now + TimeSpan(milliseconds: 1))) }
    var top = first.with { $0.after = second($0.after) }
    top.statements = []
    top.approve("olaf", "otto")
    let commits = ["1", "2"].map { id in
      CommitFacts(
        id: id + ReviewedChange.zero.dropFirst(), tree: "tree \(id)", seal: Shop.seal("anna"), summary: "s", reverts: []
      )
    }
    let spans = commits.map { ChangeSpan(from: first.base.commit, to: $0.id) }
    let evidence = Evidence(
      statements: first.statements + top.statements, at: first.now,
      impacts: Dictionary(uniqueKeysWithValues: spans.map { ($0, [:]) }))
    return Judgement(pin: first.base, line: commits, evidence: evidence) { base, to, commits, _ in
      var change = to.hasPrefix("1") ? first.change : top.change
      (change.base, change.commits) = (base, commits)
      return change
    }
  }

  private static func more(_ files: Files) -> Files {
    files.with(shop, Shop.channel("shop", "cap: {units: 30, window: 7d}\n"))
  }

  @Test(arguments: [
    ("a change of another file", Shop.web(cap: 40)),
    ("of another field", Shop.web(cap: 40) + "min_publish: 2\n"),
    ("of another field, and a comment", "# so\n" + Shop.web(cap: 40)),
  ])
  func whatStandsThereBlocks(how: String, web: String) throws {
    let judgement = Self.judged { Self.more($0).with(Shop.web, web) }
    #expect(judgement.accepted.isEmpty, "\(how)")
    let refused = try #require(judgement.refused)
    #expect(refused.commit.id.hasPrefix("1") && refused.reasons.map(\.id).contains("approval.rejected"), "\(how)")
    #expect(
      Self.judged({ Self.more($0).with(Shop.web, web) }, revoking: true).accepted.count == 1, "\(how): taken back")
  }

  @Test(arguments: [
    ("taken back", Shop.web(cap: 100)), ("something else in its place", Shop.web(cap: 60)),
  ])
  func whatStandsThereNoMoreDoesNot(how: String, web: String) {
    let judgement = Self.judged { Self.more($0).with(Shop.web, web) }
    #expect(judgement.accepted.map { $0.commit.id.prefix(1) } == ["2"], "\(how): \(judgement.refused?.reasons ?? [])")
  }
}
