import Approvals
import Operations
import Synchronization
import TestSupport
import Testing

/// The whole program beside a forge: the user of `purser init` (account 2) opens pull requests, bob (account 3) has
/// the role that must approve changes of channels, and the forge merges without anybody's signature.
@Suite struct ForgeApprovalTests {
  static let merge = "git merge -q --no-ff -m 'Merge cap' cap"

  /// A merge, a squash and a rebase of two commits, approved on the forge, take effect; a clone can check why.
  @Test(
    arguments: ForgeKind.allCases,
    [merge, "git merge -q --squash cap && git commit -qm 'Squash cap'", "git cherry-pick main..cap"])
  func whatWasApprovedOnTheForgeTakesEffect(_ kind: ForgeKind, _ command: String) throws {
    let shop = try ForgeShop(kind)
    try shop.company.commitCap(20)
    try shop.company.commitCap(21)
    let merge = try shop.merge(command)

    let waiting = try shop.cycle()
    #expect(waiting.status == 1 && waiting.errors.contains("needs the approval of 1 reviewer"), "\(waiting.errors)")

    shop.say(3, "approved")
    let accepted = try shop.cycle()
    #expect(accepted.status == 0 && accepted.errors.contains("accepted \(merge.prefix(10))"), "\(accepted.errors)")
    #expect(try shop.company("audit", "verify", "ops").status == 0)
    for result in [waiting, accepted] { #expect(!(result.output + result.errors).contains(FakeForge.token)) }
  }

  /// A freeze gathers merged pull requests, stacked on each other and approved or not: when it ends those before the first that
  /// lacks its review take effect, none by the review of another.
  @Test(arguments: ForgeKind.allCases)
  func whatAFreezeHoldsUpTakesEffectByItsOwnReview(_ kind: ForgeKind) throws {
    let window =
      "---\nkind: FreezeWindow\nname: peak\nkinds: [Channel]\nfrom: 2026-11-24T00:00:00Z\nuntil: 2026-11-25T00:00:00Z\n"
    let shop = try ForgeShop(kind, more: window)
    func merge(_ number: Int64, cap: Int, by reviewer: Int64?) throws -> String {
      try shop.company.shell("cd ops && git checkout -q cap && git merge -q --ff-only main")
      try shop.company.commitCap(cap)
      shop.fake.story.withLock { story in (story.number, story.reviews) = (number, []) }
      let commit = try shop.merge("git merge -q --no-ff -m 'Merge \(number)' cap")
      if let reviewer { shop.say(reviewer, "approved", id: number) }
      let waiting = try shop.cycle()
      #expect(waiting.status == 1 && !waiting.errors.contains("accepted "), "\(waiting.errors)")
      return String(commit.prefix(10))
    }
    let first = try merge(7, cap: 20, by: 3)
    let second = try merge(8, cap: 19, by: 4)
    let third = try merge(9, cap: 18, by: nil)
    let fourth = try merge(10, cap: 17, by: 3)
    let thawed = try shop.cycle(at: "2026-11-25T01:00:00Z")
    #expect(
      thawed.errors.contains("accepted \(first)") && thawed.errors.contains("accepted \(second)"), "\(thawed.errors)")
    #expect(thawed.status == 1 && thawed.errors.contains("refused \(third)"), "\(thawed.errors)")
    #expect(!thawed.errors.contains("accepted \(fourth)"), "\(thawed.errors)")
    #expect(try shop.company("audit", "verify", "ops").status == 0)
  }

  /// Every way to pass without an approval that counts.
  @Test(arguments: ForgeKind.allCases)
  func row14Row15WhatDoesNotCountNeverTakesEffect(_ kind: ForgeKind) throws {
    let shop = try ForgeShop(kind)
    try shop.company.commitCap(20)
    try shop.merge(Self.merge)
    func expectRefused(_ why: String) throws {
      let result = try shop.cycle()
      #expect(result.status == 1 && !result.errors.contains("accepted "), "\(why): \(result.errors)")
    }
    shop.say(3, "approved", at: FakeForge.oldHead)
    try expectRefused("rows 14 and 15: an approval of another head")
    shop.say(2, "approved")
    try expectRefused("row 16: the opener's own")
    shop.say(5, "approved")
    try expectRefused("an account that is nobody's")
    shop.say(9, "approved")
    try expectRefused("a bot's")
    shop.say(3, "approved", dismissed: true)
    try expectRefused("a dismissed one")
    shop.say(3, "changes")
    try expectRefused("a request for changes")
    shop.say(3, "approved", id: 2)
    shop.fake.story.withLock { $0.isMerged = false }
    try expectRefused("a pull request that was not merged")
    shop.fake.story.withLock { ($0.isMerged, $0.base) = (true, "develop") }
    try expectRefused("a pull request for another branch")
    shop.fake.story.withLock { $0.base = "main" }
    shop.fake.fail(.init(500))
    try expectRefused("a forge that does not answer")
    shop.fake.fail(nil)
    let accepted = try shop.cycle()
    #expect(accepted.status == 0, "\(accepted.errors)")
  }

  /// Row 17: an approval that was read and is taken back before the others are there.
  @Test(arguments: ForgeKind.allCases)
  func row17AnApprovalThatIsTakenBackCountsNoMore(_ kind: ForgeKind) throws {
    let shop = try ForgeShop(kind, needed: 2)
    try shop.company.commitCap(20)
    try shop.merge(Self.merge)
    shop.say(3, "approved", id: 1)
    #expect(try shop.cycle().errors.contains("needs the approval of 1 reviewer more"))
    shop.say(3, "approved", id: 1, dismissed: true)
    shop.say(4, "approved", id: 2)
    #expect(try shop.cycle().errors.contains("needs the approval of 1 reviewer more"))
    shop.say(3, "approved", id: 3)
    let accepted = try shop.cycle()
    #expect(accepted.status == 0, "\(accepted.errors)")
    #expect(try shop.company("audit", "verify", "ops").status == 0)
  }

  /// A merge whose tree holds more than the pull request is not what was reviewed.
  @Test func aMergeWithAnEvilTreeIsNobodysWork() throws {
    let shop = try ForgeShop(.gitea)
    try shop.company.commitCap(20)
    try shop.merge(
      "git merge -q --no-ff --no-commit cap && echo '# more' >> state/channels/channels.yaml && git commit -qam M")
    shop.say(3, "approved")
    let result = try shop.cycle()
    #expect(result.status == 1 && result.errors.contains("is not signed"), "\(result.errors)")
  }

  /// Row 19: a commit pushed past the pull requests, under an approval of another change.
  @Test func row19ADirectPushIsNotCoveredByApprovals() throws {
    let shop = try ForgeShop(.gitea)
    try shop.company.commitCap(20)
    try shop.merge(Self.merge)
    shop.say(3, "approved")
    #expect(try shop.cycle().status == 0)
    let pushed = try shop.company.commitCap(50, signed: false)
    let result = try shop.cycle()
    #expect(result.status == 1 && result.errors.contains("refused \(pushed.prefix(10))"), "\(result.errors)")
  }

  /// What nobody signed and no rule has reviewed does not take effect, whoever opened it and whoever merged it.
  @Test func aMergeThatNeedsNoReviewMustBeSigned() throws {
    let shop = try ForgeShop(.gitea)
    try shop.company.shell("cd ops && echo '# more' >> README.md && git commit -qam 'Say more'")
    try shop.merge(Self.merge)
    shop.say(3, "approved")
    let result = try shop.cycle()
    #expect(result.status == 1 && result.errors.contains("no rule requires its review"), "\(result.errors)")
  }

  /// Commits of someone whom nobody knows: the daemon does not vouch for their merge.
  @Test func aStrangersWorkIsNotVouchedFor() throws {
    let shop = try ForgeShop(.gitea)
    try shop.company.shell(
      "cd ops && echo '# more' >> state/channels/channels.yaml && git -c user.email=mallory@example.com commit -qam M")
    try shop.merge(Self.merge)
    shop.say(3, "approved")
    let result = try shop.cycle()
    #expect(result.status == 1 && result.errors.contains("is not signed"), "\(result.errors)")
  }
}
