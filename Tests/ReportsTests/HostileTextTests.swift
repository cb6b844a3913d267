import Diagnostics
import Operations
import Testing

@testable import Approvals
@testable import Planning
@testable import Reports

/// Row 34: whatever an item, an order or a commit is called, no report lets it command a terminal or a forge.
@Suite struct HostileTextTests {
  private static let now = Instant("2026-11-24T10:00:00Z") ?? .distantPast

  static let names = [
    "\u{1B}[2J\u{1B}]0;owned\u{7}", "a\rapplied 1 action", "x\n```\n# Title", "\u{202E}gpj.exe", "a\u{2066}b\u{2069}",
    "zero\u{200B}width\u{FEFF}", "line\u{2028}line\u{2029}", "\u{61C}arabic", "tag\u{E0041}", "\u{9B}31m",
    "`` `@ada` ``",
    "<img src=x onerror=alert(1)>", "</details><script>", "| a | b |", "```", "a\\`b", "--- @ada #1",
  ]

  /// Every report about a world in which everything is called so, as text and as Markdown.
  private static func reports(_ name: String) throws -> (texts: [String], markdowns: [String]) {
    let (sku, order, channel) = (SKU(name), OrderID(name), ChannelID(name))
    var impact = Impact(channels: [channel])
    impact.channels[0].items = 1
    let line = OrderImpact.Line(sku: sku, line: name, before: 2, after: 1, unitPrice: 100)
    impact.orders = [OrderImpact(order: order, channel: channel, lines: [line])]
    impact.promises = [PromiseImpact(order: order, line: name, sku: sku, channel: channel, from: now, to: nil)]
    let side = Reallocated.Side(order: order, line: name, channel: channel)
    let plan = Plan(
      policy: PolicyPin(commit: "c", tree: "t", version: 0), snapshotVersion: 7, scope: .all, now: now,
      actions: [
        PlannedAction(.setShared(sku, 1, was: 2), .policyChanged),
        PlannedAction(.openCase(sku, Case(.shortage, subject: name, detail: name)), .worldMoved),
      ],
      shortfalls: [Shortfall(sku: sku, order: order, line: name, units: 1, neededBy: nil, expectedAt: nil)],
      reallocated: [Reallocated(sku: sku, units: 1, loser: side, winner: side)], warnings: [], readVersions: [],
      silentNodes: [:])
    let commit = CommitFacts(id: "aaaaaaaaaaaa", tree: "t", seal: .unsigned, summary: name, reverts: [])
    let accepted = AcceptedCommit(
      commit: commit, acceptance: Acceptance(authors: [], rules: [], isGovernance: false), version: 1)
    let planned = PlanReport(plan, impact: impact, accepted: [accepted])
    let revision = ChangeReport.Revision(commit: "aaaaaaaaaaaa", summary: name)
    var change = ChangeReport(
      from: revision, to: revision, impact, before: plan, after: plan, currency: name, isBaseInForce: true)
    change.required = RequiredApprovals(requirement: Requirement(), uncovered: [name])
    let problem = Diagnostic(
      "state.bad", name, at: SourceLocation(file: name, line: 1, column: 1), hint: name)
    let unplanned = UnplannedReport(from: revision, to: revision, [problem])
    return (
      [planned.text, change.text],
      [
        planned.markdown, try change.markdown(ChangeReportTests.template(), isBinding: true),
        try unplanned.markdown(ChangeReportTests.template("refused")),
      ]
    )
  }

  @Test(arguments: names) func terminalsShowItAndDoNotObeyIt(_ name: String) throws {
    for text in try Self.reports(name).texts {
      let bad = text.unicodeScalars.filter { $0 != "\n" && !$0.isShownAsItIs }
      #expect(bad.isEmpty, "\(text.debugDescription)")
      #expect(!text.contains("\napplied 1 action") && !text.contains("\n# Title"))
    }
  }

  @Test(arguments: names) func forgesShowItAsCode(_ name: String) throws {
    for text in try Self.reports(name).markdowns {
      #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.isShownAsItIs }, "\(text.debugDescription)")
      let outside = try Self.outsideOfCode(text)
      for markup in ["@", "#1", "script", "onerror", "Title", "owned", "| a |", "ada"] {
        #expect(!outside.contains(markup), "\(text)")
      }
    }
  }

  /// What a reader of Markdown takes for text or markup: all but fenced blocks and code spans.
  private static func outsideOfCode(_ markdown: String) throws -> String {
    var outside = ""
    var isFenced = false
    for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
      if line == "```" {
        isFenced.toggle()
      } else if !isFenced {
        let parts = line.split(separator: "`", omittingEmptySubsequences: false)
        try #require(parts.count % 2 == 1, "\(markdown)")
        outside += parts.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element).joined() + "\n"
      } else {
        try #require(!line.contains("`"), "\(markdown)")
      }
    }
    try #require(!isFenced)
    return outside
  }

  @Test(arguments: [
    ("Straße 東京 🧣", "Straße 東京 🧣"), ("a\tb\nc", "a\tb\nc"), ("\u{1B}[0m", "\\u{1b}[0m"), ("\u{7F}", "\\u{7f}"),
    ("\u{61C}\u{200D}\u{AD}", "\\u{61c}\\u{200d}\\u{ad}"), ("e\u{301}", "e\u{301}"),
  ]) func onlyWhatDeceivesIsEscaped(_ text: String, _ shown: String) {
    #expect(escaped(text) == shown)
    #expect(!escapedLine(text).contains("\n"))
  }
}
