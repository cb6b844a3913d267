import Approvals
import Operations
import Synchronization
import TestSupport
import Testing

/// A review on a forge covers what the plan comment said at that head before it, and nothing that anybody else wrote there.
@Suite struct ForgeEnvelopeTests {
  private static let rule = """
    ---
    kind: ApprovalRule
    name: losses
    kinds: [FallbackRule]
    impact: {units_losing: 2}
    review: {reviewer: 1}
    """

  /// A pull request under which Leipzig stands still, and with it the orders of three channels.
  private static func shop(_ kind: ForgeKind, orders: Int = 6) throws -> (ForgeShop, head: String) {
    let shop = try ForgeShop(kind, orders: orders, more: rule)
    try shop.company.shell(
      "cd ops && sed -i '0,/^active: false/s//active: true/' state/inventory/fallbacks.yaml && git commit -qam Outage")
    return (shop, try shop.propose())
  }

  private static func edit(_ shop: ForgeShop, _ text: (String) -> String, minute: Int64) {
    shop.fake.story.withLock { story in
      story.comments[0].text = text(story.comments[0].text)
      story.comments[0].minute = minute
    }
  }

  @Test(arguments: ForgeKind.allCases)
  func aReviewAfterTheCommentCoversWhatItSaid(_ kind: ForgeKind) throws {
    let (shop, head) = try Self.shop(kind)
    #expect(try shop.cycle().status == 0)
    #expect(shop.comments[0].contains("approves at most: `orders_losing 6, units_losing 6, "), "\(shop.comments)")
    // Before the comment, and in the very moment in which it was written, nobody had read it.
    for minute: Int64 in [15, 30] {
      shop.say(3, "approved", minute: minute)
      #expect(try shop.cycle().status == 0)
      #expect(shop.status(of: head).hasPrefix("pending: the change needs the approval of 1 reviewer more"), "\(minute)")
    }
    shop.say(3, "approved", minute: 31)
    #expect(try shop.cycle().status == 0)
    #expect(shop.status(of: head) == "success: approved by bob: merge it")
    let merge = try shop.merge(ForgeApprovalTests.merge)
    let accepted = try shop.cycle()
    #expect(accepted.status == 0 && accepted.errors.contains("accepted \(merge.prefix(10))"), "\(accepted.errors)")
    #expect(try shop.company("audit", "verify", "ops").status == 0)
    let log = try shop.company.shell("git -C ops log -p refs/purser/approvals")
    #expect(log.contains(#"\"units_losing\":6"#), "the approval says what it covers: \(log)")
  }

  /// Each row: what is done before the merge to a comment of minute 30, and why the approval then does not count.
  @Test(arguments: [
    ("no comment", "approved without figures"), ("edited", "approved without figures"),
    ("edited and edited back", "approved without figures"), ("removed", "approved without figures"),
    ("another's comment", "approved without figures"), ("more orders", "the impact has grown"),
  ])
  func whatNobodySawIsNotApproved(_ what: String, _ why: String) throws {
    let (shop, _) = try Self.shop(.gitea)
    if what == "another's comment" {
      // In all words and with the marker, from before: it is neither believed nor taken for ours.
      let (other, _) = try Self.shop(.gitea)
      #expect(try other.cycle().status == 0)
      shop.fake.story.withLock { $0.comments = [.init(id: 1, user: 5, text: other.comments[0], minute: 1)] }
    } else if what != "no comment" {
      #expect(try shop.cycle().status == 0 && shop.comments.count == 1)
    }
    switch what {
    case "edited": Self.edit(shop, { $0.replacing("6", with: "600") }, minute: 32)
    case "edited and edited back": Self.edit(shop, { $0 }, minute: 32)
    case "removed": shop.fake.story.withLock { $0.comments = [] }
    case "more orders": try shop.company.importEvents(CompanyFolder.orders(10...13, items: 1), as: "more")
    default: break
    }
    shop.say(3, "approved", minute: 35)
    try shop.merge(ForgeApprovalTests.merge)
    let refused = try shop.cycle()
    #expect(refused.status == 1 && refused.errors.contains(why), "\(what): \(refused.errors)")
    #expect(!refused.errors.contains("accepted "))
  }

  /// What no rule asks to have reviewed today, somebody must sign, however large it may become.
  @Test func aSmallImpactIsNoWayAroundASignature() throws {
    let (shop, head) = try Self.shop(.gitea, orders: 1)
    #expect(try shop.cycle().status == 0)
    #expect(shop.status(of: head) == "success: no approval required; merge with a signed commit")
    shop.say(3, "approved", minute: 35)
    try shop.merge(ForgeApprovalTests.merge)
    let refused = try shop.cycle()
    #expect(refused.status == 1 && refused.errors.contains("no rule requires its review"), "\(refused.errors)")
  }

  /// What was approved while it would have done more is approved when it does less: so little that nobody would be asked any
  /// more, too.
  @Test(arguments: [4, 5, 6]) func whatHasShrunkSinceStaysApproved(cancelled: Int) throws {
    let (shop, head) = try Self.shop(.gitea)
    #expect(try shop.cycle().status == 0)
    shop.say(3, "approved", minute: 31)
    #expect(try shop.cycle().status == 0)
    try shop.company.importEvents(
      (1...cancelled).map {
        #"{"specversion":"1.0","id":"gone-\#($0)","source":"/test","type":"order.cancelled","time":"2026-11-24T09:00:00Z","#
          + #""data":{"order":"O-\#($0)"}}"#
      }, as: "gone")
    #expect(try shop.cycle().status == 0)
    #expect(shop.status(of: head) == "success: approved by bob: merge it")
    let merge = try shop.merge(ForgeApprovalTests.merge)
    let accepted = try shop.cycle()
    #expect(accepted.status == 0 && accepted.errors.contains("accepted \(merge.prefix(10))"), "\(accepted.errors)")
    #expect(accepted.errors.contains("approved by bob"), "\(accepted.errors)")
    #expect(try shop.company("audit", "verify", "ops", "--store", "ops.db").status == 0)
  }

  /// An edited comment is put right, and covers again from then on; who approved before it was edited and was not heard yet
  /// approves again.
  @Test func anEditedCommentIsPutRight() throws {
    let (shop, head) = try Self.shop(.github)
    #expect(try shop.cycle().status == 0)
    let text = shop.comments
    Self.edit(shop, { _ in ChangeMarker.with("### Nothing at all") }, minute: 32)
    shop.say(3, "approved", minute: 33)
    shop.fake.story.withLock { $0.minute = 40 }
    #expect(try shop.cycle().status == 0)
    #expect(shop.comments == text && shop.status(of: head).hasPrefix("pending: "))
    #expect(try shop.cycle().status == 0)
    #expect(shop.status(of: head).hasPrefix("pending: "))
    shop.say(3, "approved", id: 2, minute: 41)
    #expect(try shop.cycle().status == 0)
    #expect(shop.status(of: head) == "success: approved by bob: merge it")
  }
}

private enum ChangeMarker {
  static func with(_ text: String) -> String { "<!-- purser:plan -->\n" + text }
}
