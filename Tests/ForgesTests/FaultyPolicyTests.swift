import ActualState
import Approvals
import Operations
import SQLiteStore
import Synchronization
import TestSupport
import Testing

/// A policy in force that an earlier version of Purser accepted and this one finds errors in: those who wait for the plan of
/// their pull request are told why there is none, and their changes are judged.
@Suite struct FaultyPolicyTests {
  /// A shop whose policy in force has an error, and the head of a pull request that mends it.
  private static func shop() throws -> (shop: ForgeShop, mending: String) {
    let shop = try ForgeShop(.gitea)
    try shop.company.shell(
      """
      cd ops && git checkout -q main && \
      sed -i '0,/^type:/s//colour: red\\ntype:/' state/channels/channels.yaml && git commit -qam Older
      """)
    let store: SQLiteStore
    do { store = try SQLiteStore(path: shop.company.store, mode: .create) }
    let pin = try #require(try store.pin())
    let older = PolicyPin(
      commit: try shop.company.shell("git -C ops rev-parse HEAD"),
      tree: try shop.company.shell("git -C ops rev-parse 'HEAD^{tree}'"), version: pin.version)
    try store.transaction { try store.set(.pin, older.json.canonical) }
    try shop.company.shell(
      "cd ops && git checkout -q -B cap && sed -i '/^colour: red/d' state/channels/channels.yaml && git commit -qam Mend"
    )
    return (shop, try shop.propose())
  }

  @Test func anOpenPullRequestIsToldWhatIsWrongAndWhere() throws {
    let (shop, mending) = try Self.shop()
    #expect(try shop.cycle().errors.contains("colour"))
    #expect(shop.status(of: mending).hasPrefix("pending: the change needs the approval of 1 reviewer more ("))
    try #require(shop.comments.count == 1)
    #expect(shop.comments[0].contains("state/channels/channels.yaml:") && shop.comments[0].contains("colour"))
    #expect(shop.comments[0].contains("nothing is planned or applied"), "\(shop.comments[0])")
    shop.say(3, "approved")
    _ = try shop.cycle()
    #expect(shop.status(of: mending) == "success: approved by bob: merge it")
  }

  /// What somebody has against a change outlives its pull request also where nothing can be planned.
  @Test func aRejectionIsKeptAllTheSame() throws {
    let (shop, mending) = try Self.shop()
    shop.say(3, "changes")
    _ = try shop.cycle()
    #expect(shop.status(of: mending).contains("bob rejected the change"))
    let log = try shop.company.shell("git -C ops log -p refs/purser/approvals")
    #expect(log.contains(#"\"kind\":\"reject\""#), "\(log)")
    shop.fake.story.withLock { ($0.number, $0.reviews) = (8, []) }
    shop.say(4, "approved", id: 2, minute: 20)
    _ = try shop.cycle()
    #expect(shop.status(of: mending).contains("bob rejected the change"))
  }
}
