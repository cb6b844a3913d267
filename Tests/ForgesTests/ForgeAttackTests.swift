import Approvals
import Operations
import Synchronization
import TestSupport
import Testing

/// The whole program beside a forge whose users do what they may there: point a pull request at another branch, close it,
/// dismiss what somebody said about it.
@Suite struct ForgeAttackTests {
  private func log(_ shop: ForgeShop) throws -> String {
    try shop.company.shell("git -C ops log -p --format= refs/purser/approvals")
  }

  /// Of a pull request into another branch people see less than what the branch gets of the same head.
  @Test(arguments: ForgeKind.allCases)
  func whatWasApprovedForAnotherBranchIsApprovedAgain(_ kind: ForgeKind) throws {
    let shop = try ForgeShop(kind)
    try shop.company.commitCap(20)
    let head = try shop.propose()
    shop.say(3, "approved", minute: 15)
    shop.fake.story.withLock { $0.aims = [16] }
    #expect(try shop.cycle().status == 0)
    let words = "bob's approval does not count: it was given before the pull request targeted this branch"
    #expect(shop.status(of: head) == "pending: " + words)
    try shop.merge(ForgeApprovalTests.merge)
    let refused = try shop.cycle()
    #expect(
      refused.status == 1 && refused.errors.contains("needs the approval of 1 reviewer more"), "\(refused.errors)")
    #expect(refused.errors.contains("pull request 7: " + words), "\(refused.errors)")
    shop.say(3, "approved", id: 2, minute: 17)
    let accepted = try shop.cycle()
    #expect(accepted.status == 0 && !accepted.errors.contains("does not count"), "\(accepted.errors)")
    #expect(try shop.company("audit", "verify", "ops").status == 0)
  }

  /// A rejection speaks of the change, and another pull request with the same head brings the same.
  @Test(arguments: ForgeKind.allCases)
  func aRejectionOutlivesItsPullRequest(_ kind: ForgeKind) throws {
    let shop = try ForgeShop(kind)
    try shop.company.commitCap(20)
    let head = try shop.propose()
    shop.say(3, "changes")
    #expect(try shop.cycle().status == 0)
    #expect(shop.status(of: head).contains("bob rejected the change"))
    let rejected = try log(shop)
    #expect(rejected.contains(#"\"kind\":\"reject\""#))
    #expect(try shop.cycle().status == 0)
    #expect(try log(shop) == rejected, "said once")

    shop.fake.story.withLock { ($0.number, $0.reviews) = (8, []) }
    shop.say(4, "approved", id: 2, minute: 20)
    #expect(try shop.cycle().status == 0)
    #expect(shop.status(of: head).contains("bob rejected the change"))
    try shop.merge(ForgeApprovalTests.merge)
    let refused = try shop.cycle()
    #expect(refused.status == 1 && refused.errors.contains("bob rejected the change"), "\(refused.errors)")
    shop.say(3, "approved", id: 3, minute: 25)
    let accepted = try shop.cycle()
    #expect(accepted.status == 0, "\(accepted.errors)")
    #expect(try shop.company("audit", "verify", "ops").status == 0)
  }

  /// Whoever asked for changes and then approves is against it no more, in whatever pull request it comes.
  @Test func aRejectionIsTakenBackWhereItWasMade() throws {
    let shop = try ForgeShop(.gitea)
    try shop.company.commitCap(20)
    let head = try shop.propose()
    shop.say(3, "changes")
    #expect(try shop.cycle().status == 0)
    shop.say(3, "approved", id: 2, minute: 16)
    #expect(try shop.cycle().status == 0)
    #expect(shop.status(of: head) == "success: approved by bob: merge it")
    let taken = try log(shop)
    #expect(taken.contains(#"\"kind\":\"revoke\""#) && !taken.contains(#"\"kind\":\"approve\""#))
    shop.fake.story.withLock { ($0.number, $0.reviews) = (8, []) }
    shop.say(4, "approved", id: 3, minute: 20)
    try shop.merge(ForgeApprovalTests.merge)
    let accepted = try shop.cycle()
    #expect(accepted.status == 0 && accepted.errors.contains("approved by cara"), "\(accepted.errors)")
  }

  /// Who cannot stop a change fills no log.
  @Test func whoCouldNotApproveIsNotWrittenDown() throws {
    let shop = try ForgeShop(.gitea)
    try shop.company.commitCap(20)
    try shop.propose()
    shop.say(2, "changes", id: 1)
    shop.say(5, "changes", id: 2)
    #expect(try shop.cycle().status == 0)
    #expect(try shop.company.shell("git -C ops for-each-ref refs/purser/approvals").isEmpty)
  }

  /// Everybody who may write may dismiss a review, and asks a reviewer to look again: their rejection stays theirs.
  @Test(arguments: ForgeKind.allCases)
  func nobodyElseTakesARejectionBack(_ kind: ForgeKind) throws {
    let shop = try ForgeShop(kind)
    try shop.company.commitCap(20)
    try shop.merge(ForgeApprovalTests.merge)
    shop.say(4, "approved", id: 1)
    shop.say(3, "changes", id: 2)
    func expectRejected() throws {
      let result = try shop.cycle()
      #expect(result.status == 1 && result.errors.contains("bob rejected the change"), "\(result.errors)")
      #expect(try !log(shop).contains(#"\"kind\":\"revoke\""#))
    }
    try expectRejected()
    shop.say(3, "changes", id: 2, dismissed: true, by: 2)
    try expectRejected()
    shop.fake.story.withLock { story in story.reviews.removeAll { $0.user == 3 } }
    try expectRejected()
    if kind == .gitlab {
      shop.say(3, "approved", id: 3, minute: 20)
    } else {
      shop.say(3, "changes", id: 2, dismissed: true, by: 3)
    }
    let accepted = try shop.cycle()
    #expect(accepted.status == 0, "\(accepted.errors)")
  }

  /// Also where nobody had read the rejection before it was dismissed.
  @Test(arguments: ForgeKind.allCases)
  func aRejectionThatWasDismissedAtOnceCounts(_ kind: ForgeKind) throws {
    let shop = try ForgeShop(kind)
    try shop.company.commitCap(20)
    try shop.merge(ForgeApprovalTests.merge)
    shop.say(4, "approved", id: 1)
    shop.say(3, "changes", id: 2, dismissed: true, by: 2)
    let result = try shop.cycle()
    #expect(result.status == 1 && result.errors.contains("bob rejected the change"), "\(result.errors)")
  }

  /// A review speaks of the people and rules of its time, whenever it is read.
  @Test(arguments: ForgeKind.allCases)
  func whatWasApprovedUnderOtherRulesIsApprovedAgain(_ kind: ForgeKind) throws {
    let shop = try ForgeShop(kind)
    try shop.company.commitCap(20)
    let head = try shop.propose()
    shop.say(3, "approved", minute: 15)
    try shop.company.shell(
      "cd ops && printf -- '---\\nkind: Role\\nname: other\\npeople: [cara]\\nkinds: [Node]\\npaths: [\"state/**\"]\\n' "
        + ">> state/governance/people.yaml && git commit -qam 'Let cara change nodes'")
    let changed = try shop.cycle()
    #expect(changed.status == 0, "\(changed.errors)")
    #expect(shop.status(of: head).hasPrefix("pending: "), "\(shop.status(of: head))")
    try shop.merge(ForgeApprovalTests.merge)
    let refused = try shop.cycle()
    #expect(
      refused.status == 1 && refused.errors.contains("the statement of bob is for policy version "), "\(refused.errors)"
    )
    shop.say(3, "approved", id: 2, minute: 65)
    let accepted = try shop.cycle(at: "2026-11-24T10:10:00Z")
    #expect(accepted.status == 0, "\(accepted.errors)")
    #expect(try shop.company("audit", "verify", "ops").status == 0)
  }
}
