import Approvals
import Diagnostics
import Digest
import Operations
import Testing

/// Whether what people said is enough, one trap after the other.
@Suite struct ReviewTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var name: String
    var ids: Set<String>
    var alter: @Sendable (inout ReviewedChange) -> Void
    var testDescription: String { name }

    init(_ name: String, _ ids: Set<String>, _ alter: @escaping @Sendable (inout ReviewedChange) -> Void) {
      self.name = name
      self.ids = ids
      self.alter = alter
    }
  }

  static let hour = TimeSpan.hour

  /// Two ops leads must approve, and anna wrote the change.
  static let rows: [Row] = [
    Row("nobody said anything", ["review_needed"]) { _ in },
    Row("one of two", ["review_needed"]) { $0.approve("olga") },
    Row("two", []) { $0.approve("olga", "otto") },
    Row("more than enough", []) { $0.approve("olga", "otto", "olaf", "fred") },
    Row("without the role", ["review_needed", "no_role"]) { $0.approve("olga", "fred") },
    Row("one person twice", ["review_needed"]) {
      $0.approve("olga")
      $0.say($0.statement("olga", at: $0.now - Self.hour))
    },
    Row("self-approval", ["review_needed", "author"]) {
      $0.seals = [Shop.seal("olga")]
      $0.approve("olga", "otto")
    },
    Row("author and committer differ: the author", ["review_needed", "author"]) {
      $0.identities = [
        .init(name: "Olga", email: "OLGA@example.test"), .init(name: "Anna", email: "anna@example.test"),
      ]
      $0.approve("olga", "otto")
    },
    Row("a co-author by another address", ["review_needed", "author"]) {
      $0.identities = [.init(name: "O", email: "olga@home.test")]
      $0.approve("olga", "otto")
    },
    Row("the signer of a merged commit", ["review_needed", "author"]) {
      $0.mergedKeys = [Shop.key("otto").publicKey.description]
      $0.approve("olga", "otto")
    },
    Row("somebody among the authors whom nobody knows", ["unmapped"]) {
      $0.identities = [.init(name: "Bot", email: "bot@example.test")]
      $0.approve("olga", "otto")
    },
    Row("a merged commit signed by a key of nobody", ["unmapped"]) {
      $0.mergedKeys = [Shop.key("stranger").publicKey.description]
      $0.approve("olga", "otto")
    },
    Row("signed by somebody else", ["review_needed", "ignored"]) {
      $0.approve("olga")
      $0.say($0.statement("otto"), key: "olga")
    },
    Row("signed with a key of nobody", ["review_needed", "ignored"]) {
      $0.approve("olga")
      $0.say($0.statement("otto"), key: "stranger")
    },
    Row("two keys of one person", ["review_needed", "ignored"]) {
      $0.before = $0.before.with(
        "state/governance/people.yaml",
        World.join(
          ["anna", "ben", "dina", "fred", "otto", "olaf"].map { Shop.person($0) } + [
            World.person("olga", Shop.key("olga").publicKey.description, Shop.key("second").publicKey.description)
          ]))
      $0.after = $0.before.with(Shop.web, Shop.web(cap: 40))
      $0.approve("olga")
      $0.say($0.statement("olga", at: $0.now - Self.hour), key: "second")
      $0.say($0.statement("otto"), key: "second")
    },
    Row("one key of two persons", ["review_needed", "ignored"]) {
      $0.before = $0.before.with(
        "state/governance/people.yaml",
        World.join(
          ["anna", "ben", "dina", "fred", "olga", "olaf"].map { Shop.person($0) } + [Shop.person("otto", key: "olaf")]))
      $0.after = $0.before.with(Shop.web, Shop.web(cap: 40))
      $0.approve("olga")
      $0.say($0.statement("otto"), key: "olaf")
      $0.say($0.statement("olaf"))
    },
    Row("a program with the role", ["review_needed", "void"]) {
      $0.before = $0.before.with(
        "state/governance/people.yaml",
        World.join(
          ["anna", "ben", "dina", "fred", "olga", "olaf"].map { Shop.person($0) } + [
            Shop.person("otto") + "automation: true\n"
          ]))
      $0.after = $0.before.with(Shop.web, Shop.web(cap: 40))
      $0.approve("olga", "otto")
    },
    Row("a program cannot block either", []) {
      $0.before = $0.before.with(
        "state/governance/people.yaml",
        World.join(
          ["anna", "ben", "dina", "fred", "olga", "olaf"].map { Shop.person($0) } + [
            Shop.person("otto") + "automation: true\n"
          ]))
      $0.after = $0.before.with(Shop.web, Shop.web(cap: 40))
      $0.approve("olga", "olaf")
      $0.say($0.statement("otto", .reject))
    },
    Row("who approved has lost the role", ["review_needed", "no_role"]) {
      $0.before = Shop.files(
        Shop.rule("channels", "kinds: [Channel]\nreview: {ops-lead: 2}"), leads: ["olga", "olaf"])
      $0.after = $0.before.with(Shop.web, Shop.web(cap: 40))
      $0.approve("olga", "otto")
    },
    Row("the key of who approved was revoked", ["review_needed", "ignored"]) {
      $0.approve("olga", "otto")
      $0.before = $0.before.with(
        "state/governance/people.yaml",
        World.join(
          ["anna", "ben", "dina", "fred", "olga", "olaf"].map { Shop.person($0) } + [Shop.person("otto", key: "new")]))
      $0.after = $0.before.with(Shop.web, Shop.web(cap: 40))
    },
    Row("rejected by who may approve", ["rejected"]) {
      $0.approve("olga", "otto")
      $0.say($0.statement("olaf", .reject))
    },
    Row("rejected and taken back", []) {
      $0.say($0.statement("olaf", .reject, at: $0.now - Self.hour))
      $0.say($0.statement("olaf", .revoke))
      $0.approve("olga", "otto")
    },
    Row("rejected by somebody without a say", []) {
      $0.approve("olga", "otto")
      $0.say($0.statement("fred", .reject))
    },
    Row("rejected and approved in one moment", ["rejected"]) {
      $0.approve("olga", "otto", "olaf")
      $0.say($0.statement("olaf", .reject))
    },
    Row("an approval that was revoked, and appended again", ["review_needed"]) {
      let first = $0.statement("otto", at: $0.now - Self.hour)
      $0.say(first)
      $0.say($0.statement("otto", .revoke))
      $0.say(first)
      $0.approve("olga")
    },
    Row("expired by its own word", ["review_needed", "expired"]) {
      $0.approve("olga", "otto")
      $0.now = $0.now + TimeSpan(milliseconds: 24 * Self.hour.milliseconds)
    },
    Row("just before it expires", []) {
      $0.approve("olga", "otto")
      $0.now = $0.now + TimeSpan(milliseconds: 24 * Self.hour.milliseconds - 1)
    },
    Row("dated ahead within the skew of clocks", []) {
      $0.approve("olga", "otto")
      $0.now = $0.now - TimeSpan(milliseconds: 5 * 60_000)
    },
    Row("dated ahead", ["review_needed", "ignored"]) {
      $0.approve("olga", "otto")
      $0.now = $0.now - TimeSpan(milliseconds: 5 * 60_000 + 1)
    },
    // Whose clock is ahead must not have what they stop let through.
    Row("a rejection dated ahead", ["rejected"]) {
      $0.approve("olga", "otto")
      $0.say($0.statement("olaf", .reject, at: $0.now + Self.hour))
    },
    Row("a revocation dated ahead", ["review_needed"]) {
      $0.approve("olga", "otto")
      $0.say($0.statement("otto", .revoke, at: $0.now + Self.hour))
    },
    Row("a new head pushed after the approval", ["review_needed", "void"]) {
      $0.approve("olga", "otto")
      $0.after = $0.after.with(Shop.web, Shop.web(cap: 30))
    },
    Row("the same tree from another base", ["review_needed", "void"]) {
      $0.approve("olga", "otto")
      $0.before = $0.before.with(Shop.web, Shop.web(cap: 90))
    },
    Row("the base moved elsewhere", []) {
      $0.approve("olga", "otto")
      $0.touched = [$0.base.commit: ["state/channels/shop.yaml", "README.md"]]
      $0.base.commit = "1" + ReviewedChange.zero.dropFirst()
    },
    Row("the base moved in a path of the change", ["review_needed", "void"]) {
      $0.approve("olga", "otto")
      $0.touched = [$0.base.commit: [Shop.web]]
      $0.base.commit = "1" + ReviewedChange.zero.dropFirst()
    },
    Row("a base that does not lead here", ["review_needed", "void"]) {
      $0.approve("olga", "otto")
      $0.base.commit = "1" + ReviewedChange.zero.dropFirst()
    },
    Row("the policy has another version", ["review_needed", "void"]) {
      $0.approve("olga", "otto")
      $0.base.version += 1
    },
    Row("an older policy was replayed", ["review_needed", "void"]) {
      $0.approve("olga", "otto")
      $0.base.version -= 1
    },
    Row("people, roles or rules beside other things", ["governance_mixed"]) {
      $0.after = $0.after.with("state/governance/rules.yaml", World.rule("all", kinds: "\"*\""))
      $0.approve("olga", "otto")
    },
  ]

  @Test(arguments: rows) func row16IsJudged(_ row: Row) {
    var change = ReviewedChange()
    row.alter(&change)
    #expect(change.ids == row.ids, "\(change.verdict)")
  }

  @Test func whatIsNeededIsSaidWithTheCommand() throws {
    guard case .refused(let reasons) = ReviewedChange().with({ $0.approve("olga") }).verdict else {
      Issue.record("it was accepted")
      return
    }
    let reason = try #require(reasons.first)
    #expect(reason.message.contains("1 ops-lead more") && reason.message.contains("cap of Channel/web"))
    #expect(reason.hint?.hasSuffix("purser approve 1000000000") == true)
    #expect(reason.hint?.contains("olaf, otto") == true && reason.location?.file == "state/governance/rules.yaml")
  }

  @Test func anAcceptanceNamesWhatItRestsOn() throws {
    let change = ReviewedChange().with { $0.approve("olga", "otto", "olaf") }
    let acceptance = try #require(change.verdict.acceptance)
    #expect(acceptance.approvals.count == 2 && acceptance.rules == ["channels"])
    // Those alone give the same acceptance, which is how a clone verifies it.
    let again = change.with { $0.statements = acceptance.approvals }
    #expect(again.verdict.acceptance == acceptance)
    // Without any of them there is none.
    for one in acceptance.approvals {
      #expect(again.with { $0.statements.removeAll { $0 == one } }.ids == ["review_needed"])
    }
  }

  /// What `git` cannot tell apart is one change, and nothing else is.
  @Test func aDigestIsOfPathsAndObjects() {
    let files = [FileChange(path: "b", old: nil, new: "1"), FileChange(path: "a", old: "2", new: nil)]
    let digest = SHA256Digest(ofChange: files)
    #expect(digest == SHA256Digest(of: #"[["a","2",null],["b",null,"1"]]"#))
    #expect(digest == SHA256Digest(ofChange: files.reversed()))
    #expect(digest != SHA256Digest(ofChange: [files[0], FileChange(path: "a", old: "100755 2", new: nil)]))
  }
}
