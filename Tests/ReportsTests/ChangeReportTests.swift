import Diagnostics
import FoundationEssentials
import Operations
import Testing

@testable import Approvals
@testable import Planning
@testable import Reports

/// The comment on a change: short, harmless, and never longer than a forge takes.
@Suite struct ChangeReportTests {
  private static let root = #filePath.split(separator: "/").dropLast(3).reduce(into: "") { $0 += "/" + $1 }
  private static let now = Instant("2026-11-24T10:00:00Z") ?? .distantPast

  static func template(_ name: String = "plan") throws -> Template {
    let path = root + "/templates/comment/\(name).md"
    let text = String(decoding: try #require(FileManager.default.contents(atPath: path)), as: UTF8.self)
    return try Template(text, name: path)
  }

  private static func plan(_ actions: [PlannedAction] = []) -> Plan {
    Plan(
      policy: PolicyPin(commit: "c", tree: "t", version: 0), snapshotVersion: 7, scope: .all, now: now,
      actions: actions, shortfalls: [], reallocated: [], warnings: [], readVersions: [], silentNodes: [:])
  }

  private static func report(
    _ impact: Impact, actions: [Action] = [], summary: String = "Change it", currency: String = "EUR"
  ) -> ChangeReport {
    ChangeReport(
      from: .init(commit: "aaaaaaaaaaaa", summary: "Begin"), to: .init(commit: "bbbbbbbbbbbb", summary: summary),
      impact,
      before: plan(), after: plan(actions.map { PlannedAction($0, .policyChanged) }), currency: currency,
      isBaseInForce: true)
  }

  private static func order(_ id: String, lost: Quantity = 0, gained: Quantity = 0, price: Int64? = 250) -> OrderImpact
  {
    OrderImpact(
      order: OrderID(id), channel: "shop",
      lines: [.init(sku: "A", line: "1", before: lost, after: gained, unitPrice: price)])
  }

  private static func impact(
    orders: [OrderImpact] = [], soldOut: [SKU] = [], later: [String] = [], channels: [String] = ["shop"]
  ) -> Impact {
    var impact = Impact(channels: channels.map { ChannelID($0) })
    for index in impact.channels.indices { impact.channels[index].items = 1 }
    impact.orders = orders
    impact.crossings = soldOut.map {
      StockCrossing(
        sku: $0, channel: "shop", availableBefore: 2, availableAfter: 0, publishedBefore: 2, publishedAfter: 0)
    }
    impact.promises = later.map {
      PromiseImpact(order: OrderID($0), line: "1", sku: "A", channel: "shop", from: now, to: nil)
    }
    return impact
  }

  @Test func theFirstLineSaysIt() {
    let none = Self.report(Impact(channels: ["shop"]))
    #expect(none.verdict == "This change has no effect now" && none.isEmpty)
    #expect(Self.report(Self.impact()).verdict == "No order loses units; 1 channel changes")
    let one = Self.report(Self.impact(orders: [Self.order("o", lost: 1)], soldOut: ["A"], later: ["o"]))
    #expect(
      one.verdict == "1 order loses 1 unit (2.50 EUR), 1 item sells out, 1 promise comes later; 1 channel changes")
    let two = Self.report(
      Self.impact(
        orders: [Self.order("o", lost: 3), Self.order("p", lost: 2, price: nil), Self.order("q", gained: 4)],
        soldOut: ["A", "B"], later: ["o", "p"], channels: ["shop", "market"]))
    #expect(
      two.verdict == "2 orders lose 5 units (7.50 EUR), 2 items sell out, 2 promises come later, 1 order gets 4 units; "
        + "2 channels change")
  }

  /// What begins later stands in the first line, and with all that comes after it in a table of its own.
  @Test func whatItWillDoIsSaid() throws {
    var impact = Impact(channels: ["shop"])
    let moments = ["2026-12-01T00:00:00Z", "2026-12-24T00:00:00Z", "2027-01-01T00:00:00Z"].compactMap(Instant.init)
    let effects = [Impact(channels: ["shop"]), Self.impact(orders: [Self.order("o", lost: 3)]), Self.impact()]
    impact.later = zip(moments, effects).map { LaterImpact(at: $0, impact: $1) }
    var report = Self.report(impact)
    let words = "1 order loses 3 units (7.50 EUR); 1 channel changes"
    #expect(report.verdict == "This change has no effect now; from 2026-12-24T00:00:00Z on: " + words)
    #expect(!report.isEmpty && report.impact.measures.unitsLosing == 3)
    let comment = try report.markdown(Self.template(), isBinding: true)
    let table =
      "**What it will do later, on current stock and orders**\n\n| from | then |\n|---|---|\n| 2026-12-24T00:00:00Z | \(words) |\n"
      + "| 2027-01-01T00:00:00Z | No order loses units; 1 channel changes |\n"
    #expect(comment.contains(table) && report.text.contains("  from 2026-12-24T00:00:00Z on: " + words))
    #expect(comment.contains("`orders_losing 1, units_losing 3, value_losing 750, channels 1`"))
    impact.unseenMoments = 4
    report = Self.report(impact)
    #expect(try report.markdown(Self.template()).contains("It may do more at 4 later times"))
    #expect(report.text.contains("It may do more at 4 later times"))
  }

  /// What stands on one line of the comment for an order whose id is hostile.
  @Test(
    arguments: [
      ("a|b", "a\\u{7c}b"), ("`; @ada #1 `x", "\\u{60}; @ada #1 \\u{60}x"),
      ("<script>alert(1)</script>", "\\u{3c}script>alert(1)\\u{3c}/script>"), ("<!-- -->", "\\u{3c}!-- -->"),
      ("[x](https://evil.example)", "[x](https://evil.example)"), ("a\nb\r\n/approve", "a\\u{a}b\\u{d}\\u{a}/approve"),
      ("\u{202E}321", "\\u{202e}321"), ("a\u{200B}b\u{2028}c", "a\\u{200b}b\\u{2028}c"), ("a\\|b", "a\\u{5c}\\u{7c}b"),
      ("Straße 東京", "Straße 東京"), ("\u{1B}[31m", "\\u{1b}[31m"), ("&lt;b&gt;", "&lt;b&gt;"),
    ])
  func nothingFromOutsideIsMarkup(id: String, shown: String) throws {
    let impact = Self.impact(
      orders: [Self.order(id, lost: 2)], soldOut: [SKU(id)], later: [id], channels: [id])
    let actions: [Action] = [.setShared(SKU(id), 1, was: 2)]
    let comment = try Self.report(impact, actions: actions, summary: id, currency: id).markdown(Self.template())
    #expect(comment.contains("| `\(shown)` | `shop` | 2 | 5.00 | 2026-11-24T10:00:00Z → no date |\n"), "\(comment)")
    #expect(comment.contains("| `\(shown)` | 2 | `shop` |\n") && comment.contains("to `bbbbbbbbbb` `\(shown)`, "))
    #expect(comment.contains("- `~ \(shown): shared pool 2 → 1`\n"))
    // Beside what stands in code spans, and the template's own two kinds of tags, nothing is markup or a name.
    let rest = comment.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset.isMultiple(of: 2) }.map(\.element).joined()
    #expect(comment.count { $0 == "`" }.isMultiple(of: 2))
    for markup in ["@", "script", "evil", "\u{202E}", "\u{1B}", "#1"] { #expect(!rest.contains(markup), "\(rest)") }
  }

  /// Rows are left out and counted, and never cut, however long the names of a world are.
  @Test func itFitsIntoAComment() throws {
    let long = String(repeating: "|", count: Limits.nameBytes - 6)
    let ids = (0..<3000).map { "\(long)\($0)" }
    let impact = Self.impact(
      orders: ids.map { Self.order($0, lost: 2) }, soldOut: ids.map { SKU($0) }, later: ids, channels: ids)
    let actions = ids.map { Action.setShared(SKU($0), 1, was: 2) }
    let report = Self.report(impact, actions: actions, summary: String(repeating: "<", count: 5000))
    let comment = try report.markdown(Self.template())
    #expect(comment.utf8.count <= ChangeReport.commentLimit)
    #expect(comment.hasPrefix("<!-- purser:plan -->\n### 3000 orders lose 6000 units (15000.00 EUR)"))
    let rows = comment.split(separator: "\n").count { $0.hasSuffix(" | 2026-11-24T10:00:00Z → no date |") }
    #expect(rows > 0 && comment.contains("\n… and \(3000 - rows) more.\n") && comment.contains("</details>\n"))
  }

  /// Which file no rule speaks of is a stranger's text too, and whoever keeps the comment says what a review of it covers.
  @Test func requiredApprovalsAreNamed() throws {
    var report = Self.report(Self.impact(orders: [Self.order("o", lost: 3)]))
    report.required = RequiredApprovals(requirement: Requirement(), uncovered: [])
    let comment = try report.markdown(Self.template(), isBinding: true)
    #expect(comment.contains("\nNo approval is required.\n"))
    #expect(comment.contains("approves at most: `orders_losing 1, units_losing 3, value_losing 750, channels 1`.\n"))
    #expect(comment.contains("\nFull plan: `purser plan aaaaaaaaaa..bbbbbbbbbb -o json`\n"), "\(comment)")
    let path = "state/`@ada`<b>\u{202E}.yaml"
    report.required?.uncovered = [path]
    report.isMergedInThought = true
    let denied = try report.markdown(Self.template())
    #expect(
      denied.contains(
        "\n**Denied**, because no ApprovalRule matches `state/\\u{60}@ada\\u{60}\\u{3c}b>\\u{202e}.yaml` \n"))
    #expect(denied.contains("\nIt does not contain its base,") && !denied.contains("No approval is required"))
    #expect(!denied.contains("approves at most"))
    #expect(report.text.contains("\nDenied, because no ApprovalRule matches it:\n  state/`@ada`<b>\\u{202e}.yaml\n"))
    #expect(report.json["required_approvals"] == ["rules": [], "denied": [.string(path)]])
  }

  /// What is not written anew only because time went by.
  @Test func theSubstanceIsWithoutItsMoment() {
    let report = Self.report(Self.impact(orders: [Self.order("o", lost: 3)]))
    var later = Self.plan([PlannedAction(.setShared("A", 1, was: 2), .worldMoved)])
    later.snapshotVersion = 9
    let again = ChangeReport(
      from: .init(commit: "aaaaaaaaaaaa", summary: "Begin"), to: .init(commit: "bbbbbbbbbbbb", summary: "Change it"),
      Self.impact(orders: [Self.order("o", lost: 3)]), before: Self.plan(), after: later, currency: "EUR",
      isBaseInForce: true)
    #expect(report.substance == again.substance)
    #expect(report.substance != Self.report(Self.impact(orders: [Self.order("o", lost: 4)])).substance)
  }

  @Test func theSameChangeGivesTheSameBytes() throws {
    let impact = Self.impact(
      orders: ["o", "p", "q"].map { Self.order($0, lost: 2) }, soldOut: ["B", "A", "C"], later: ["o"])
    let comments = try (0..<5).map { _ in
      try Self.report(impact).markdown(Self.template(), artifact: "https://ci.example/plan.json")
    }
    #expect(Set(comments).count == 1 && comments[0].contains("\n[Full plan](https://ci.example/plan.json)\n"))
  }
}
