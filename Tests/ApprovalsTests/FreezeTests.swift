import DesiredState
import DesiredStateFiles
import Diagnostics
import Operations
import Testing

@testable import Approvals

/// Changes that wait for a window to end, and changes that remove too much.
@Suite struct FreezeTests {
  private static let frozen: Files = World.base.with(
    "state/governance/freeze.yaml",
    """
    kind: FreezeWindow
    name: peak
    kinds: [Channel]
    paths: ["state/channels/**"]
    from: 2026-11-20T00:00:00Z
    until: 2026-12-01T00:00:00Z
    override: {role: owner}
    reason: the season
    """)

  private func moment(_ text: String) throws -> Instant { try #require(Instant(text)) }

  private func holds(_ after: Files, _ before: Files = Self.frozen, at text: String) throws -> [FreezeHold] {
    before.change(to: after, [.key(Keys.anna)]).holds(at: try moment(text))
  }

  private let moreForWeb = Self.frozen.with("state/channels/web.yaml", World.channel("web", cap: 99))

  @Test func aChangeWaitsUntilTheWindowEnds() throws {
    let hold = try #require(try holds(moreForWeb, at: "2026-11-25T00:00:00Z").first)
    #expect(hold.what == "Channel/web")
    #expect(hold.until == (try moment("2026-12-01T00:00:00Z")))
    #expect(hold.overrideRole == "owner")
    #expect(hold.diagnostic(of: "HEAD").message.contains("until 2026-12-01T00:00:00Z: FreezeWindow/peak (the season)"))
    #expect(try holds(moreForWeb, at: "2026-11-19T00:00:00Z").isEmpty)
    #expect(try holds(moreForWeb, at: "2026-12-01T00:00:00Z").isEmpty)
  }

  @Test func whatItDoesNotSpeakOfDoesNotWait() throws {
    let tier = Self.frozen.with("state/tiers.yaml", "kind: AllocationTier\nname: growth\nrank: 2\nrule: strict\n")
    #expect(try holds(tier, at: "2026-11-25T00:00:00Z").isEmpty)
    let elsewhere = Self.frozen.with("state/b2b.yaml", World.channel("b2b", cap: 1))
    #expect(try holds(elsewhere, at: "2026-11-25T00:00:00Z").isEmpty)
  }

  @Test func theWindowsOfTheBaseHold() throws {
    // A change that brings its own window, or ends one, is held by those that were there.
    let withoutWindow = moreForWeb.with("state/governance/freeze.yaml", nil)
    #expect(try holds(withoutWindow, at: "2026-11-25T00:00:00Z").count == 1)
    let base = World.base
    #expect(try holds(moreForWeb, base, at: "2026-11-25T00:00:00Z").isEmpty)
  }

  private func removed(_ before: Files, _ after: Files) -> [String] {
    Removals(from: before.state().state, to: after.state().state, at: ReviewedChange.start).problems(isSeries: false)
      .map(\.id)
  }

  /// A table is one resource with many rows.
  private static func table(_ rows: Range<Int>, _ name: String = "bulk", units: Int = 1) -> String {
    "kind: SafetyStock\nname: \(name)\nrows:" + (rows.isEmpty ? " []\n" : "\n")
      + rows.map { "  - {sku: S\($0), units: \(units)}\n" }.joined()
  }

  @Test(arguments: [
    ("emptied", table(0..<0), false), ("halved", table(0..<500), true),
    ("less than half is left", table(0..<499), false),
    ("the values change", table(0..<1000, units: 9), true), ("another name", table(0..<1000, "other"), true),
    ("cut in two", table(0..<300) + "---\n" + table(300..<1000, "rest"), true),
    ("others in their place", table(1000..<2000), false),
    ("gone with the file", "", false),
  ])
  func aChangeMayRemoveHalfOfATable(how: String, after: String, passes: Bool) {
    let path = "state/inventory/bulk.yaml"
    let before = World.base.with(path, Self.table(0..<1000))
    #expect(removed(before, before.with(path, after)).isEmpty == passes, "\(how)")
  }

  @Test func aSmallTableMayGo() {
    let path = "state/inventory/bulk.yaml"
    #expect(removed(World.base.with(path, Self.table(0..<9)), World.base.with(path, Self.table(0..<0))).isEmpty)
  }

  @Test func aChangeMayNotRemoveEverything() {
    let two = World.base.with("state/channels/b2b.yaml", World.channel("b2b", cap: 1))
    let none = two.with("state/channels/web.yaml", nil).with("state/channels/b2b.yaml", nil)
    #expect(removed(two, none) == ["approval.deletions"])
    // The source vanished: nothing is left at all.
    let nothing: Files = [:]
    #expect(removed(two, nothing) == ["approval.deletions"])
    // One that stands alone may go.
    let alone = World.base.with("state/channels/web.yaml", nil)
    #expect(removed(World.base, alone).isEmpty)
  }

  @Test(arguments: [(20, 10, true), (20, 11, false), (12, 9, true), (12, 10, false)])
  func aChangeMayRemoveHalfOfAKind(count: Int, removed: Int, passes: Bool) {
    func files(_ numbers: Range<Int>) -> Files {
      World.base.with("state/channels/many.yaml", World.join(numbers.map { World.channel("c\($0)", cap: 1) }))
    }
    // The one channel of the base counts too.
    #expect(self.removed(files(1..<count), files((1 + removed)..<count)).isEmpty == passes)
  }

  // MARK: In the verdict

  private static func frozen(_ alter: (inout ReviewedChange) -> Void = { _ in }) -> ReviewedChange {
    var change = ReviewedChange(Shop.rule("channels", "kinds: [Channel]\nreview: {ops-lead: 1}"))
    let window = """
      kind: FreezeWindow
      name: peak
      kinds: [Channel]
      from: 2026-11-20T00:00:00Z
      until: 2026-12-01T00:00:00Z
      override: {role: duty}

      """
    change.before["state/governance/freeze.yaml"] = window
    change.after["state/governance/freeze.yaml"] = window
    change.approve("olga")
    alter(&change)
    return change
  }

  @Test func whatIsApprovedWaitsAndTakesEffectWhenTheFreezeEnds() throws {
    let change = Self.frozen()
    #expect(change.ids == ["frozen"])
    let end = try moment("2026-12-01T00:00:00Z")
    let last = change.with {
      $0.now = end - TimeSpan(milliseconds: 1)
      $0.approve("olga")
    }
    #expect(last.ids == ["frozen"])
    let thawed = change.with {
      $0.now = end
      $0.approve("olga")
    }
    #expect(thawed.ids.isEmpty)
    #expect(Self.frozen { $0.statements = [] }.ids == ["frozen", "review_needed"])
  }

  @Test func onlyTheRoleMayOverrideAndOnlyWithAReason() throws {
    let change = Self.frozen { $0.say($0.statement("dina", .breakGlass, reason: "the site is down")) }
    let acceptance = try #require(change.verdict.acceptance)
    #expect(acceptance.brokenGlass.map(\.rules) == [["FreezeWindow/peak"]])
    #expect(acceptance.brokenGlass.map(\.person) == ["dina"])
    // What it rests on is enough to find the same again.
    #expect(change.with { $0.statements = acceptance.approvals }.verdict.acceptance == acceptance)
    #expect(Self.frozen { $0.say($0.statement("dina", .breakGlass, reason: nil)) }.ids == ["frozen"])
    #expect(Self.frozen { $0.say($0.statement("fred", .breakGlass)) }.ids == ["frozen"])
    #expect(Self.frozen { $0.say($0.statement("dina", .approve)) }.ids == ["frozen"])
    let old = Self.frozen {
      $0.say($0.statement("dina", .breakGlass, hours: 1))
      $0.now = $0.now + TimeSpan.hour
    }
    #expect(old.ids.contains("frozen"))
    // What was shown has grown.
    let grown = Self.frozen {
      $0.statements = []
      $0.say($0.statement("dina", .breakGlass, impact: ["orders_losing": 1]))
      $0.say($0.statement("olga", impact: ["orders_losing": 9]))
      $0.impact = ["orders_losing": 2]
    }
    #expect(grown.ids.contains("frozen"))
    #expect(grown.with { $0.impact = ["orders_losing": 1] }.ids.isEmpty)
    // It ends the freeze for this change and stands for no review.
    #expect(
      Self.frozen {
        $0.statements = []
        $0.say($0.statement("dina", .breakGlass))
      }.ids == ["review_needed"])
  }
}
