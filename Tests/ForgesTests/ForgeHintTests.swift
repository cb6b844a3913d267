import Approvals
import TestSupport
import Testing

/// People without a key are told what they can do on the forge, and not commands that need one.
@Suite struct ForgeHintTests {
  @Test func whoHasNoKeyIsToldOfTheForge() throws {
    let shop = try ForgeShop(.gitea)
    try shop.company.commitCap(20)
    try shop.merge(ForgeApprovalTests.merge)
    let waiting = try shop.cycle().errors
    #expect(
      waiting.contains("approvals of its pull request (reviewer: bob on the forge, cara on the forge)")
        && !waiting.contains("purser approve"), "\(waiting)")
    shop.say(3, "changes")
    let rejected = try shop.cycle().errors
    #expect(
      rejected.contains(
        "resolve it with bob, who can revoke it on the forge, by approving the pull request or dismissing their own"
          + " request for changes, or revert the change") && !rejected.contains("purser revoke"), "\(rejected)")
  }

  /// An approval that ran out is given again where it was given.
  @Test func whatRanOutIsSaidAgainThere() throws {
    let shop = try ForgeShop(
      .gitea, more: "\n---\nkind: ApprovalRule\nname: briefly\nkinds: [Channel]\nreview: {reviewer: 1}\nvalid_for: 1h\n"
    )
    try shop.company.commitCap(20)
    try shop.merge(ForgeApprovalTests.merge)
    shop.say(3, "approved")
    let late = try shop.cycle(at: "2026-11-24T18:00:00Z").errors
    #expect(late.contains("repeat it: review its pull request again on the forge"), "\(late)")
  }
}
