import Approvals
import Operations
public import Planning

/// A plan in words: what changes, why, and what it means for each channel.
public struct PlanReport: Sendable {
  let plan: Plan
  let accepted: [AcceptedCommit]
  /// Actions of each reason that are written out; the rest is counted.
  let limit: Int

  public init(_ plan: Plan, accepted: [AcceptedCommit] = [], limit: Int = 40) {
    self.plan = plan
    self.accepted = accepted
    self.limit = limit
  }

  public var text: String {
    var lines = accepted.map { "Policy commit \($0.commit.id.prefix(10)): \($0.commit.summary)" }
    if plan.isEmpty {
      lines.append("No changes. What the policy asks for is what the store says.")
      return lines.joined(separator: "\n") + "\n" + shortfalls
    }
    for (reason, title) in Self.titles where plan.count(reason) > 0 {
      if !lines.isEmpty { lines.append("") }
      lines.append(title + ":")
      lines += actionLines(reason)
    }
    lines.append("")
    lines += impactLines()
    return lines.joined(separator: "\n") + "\n" + shortfalls + total
  }

  public var markdown: String {
    guard !plan.isEmpty else { return "**No changes.** What the policy asks for is what the store says.\n" }
    var lines = ["### Plan", "", "| channel | published before | after | claims |", "|---|---:|---:|---:|"]
    for row in PlanImpact(plan).channels {
      lines.append("| `\(row.channel)` | \(row.publishedBefore) | \(row.publishedAfter) | \(row.claimed) |")
    }
    for (reason, title) in Self.titles where plan.count(reason) > 0 {
      lines += ["", "<details><summary>\(title): \(plan.count(reason))</summary>", "", "```"]
      lines += actionLines(reason)
      lines += ["```", "</details>"]
    }
    return lines.joined(separator: "\n") + "\n\n" + total
  }

  private static let titles: [(Reason, String)] = [
    (.policyChanged, "The policy changed"), (.worldMoved, "The world moved"),
  ]

  private func actionLines(_ reason: Reason) -> [String] {
    let actions = plan.actions.filter { $0.reason == reason }
    var lines = actions.prefix(limit).map { "  " + $0.action.sentence }
    if actions.count > limit { lines.append("  … and \(actions.count - limit) more (-o json shows all)") }
    return lines
  }

  private func impactLines() -> [String] {
    let rows = PlanImpact(plan).channels
    guard !rows.isEmpty else { return [] }
    return [
      Table(
        ["channel", "published", "", "", "claimed"],
        rows.map {
          [
            "\($0.channel)", "\($0.publishedBefore)", "→", "\($0.publishedAfter)",
            $0.claimed > 0 ? "+\($0.claimed)" : "-",
          ]
        }, rightAligned: [1, 3, 4]
      ).text
    ]
  }

  private var shortfalls: String {
    guard !plan.shortfalls.isEmpty else { return "" }
    let shown = plan.shortfalls.prefix(limit).map { shortfall in
      "  \(shortfall.order)/\(shortfall.line): \(shortfall.units) of \(shortfall.sku) missing"
        + (shortfall.expectedAt.map { ", expected \($0)" } ?? ", no supply expected")
    }
    let rest = plan.shortfalls.count - shown.count
    return "Shortfalls:\n" + shown.joined(separator: "\n") + (rest > 0 ? "\n  … and \(rest) more" : "") + "\n"
  }

  /// Terraform's closing line.
  private var total: String {
    var counts = (add: 0, change: 0, remove: 0)
    for planned in plan.actions {
      switch planned.action.effect {
      case .add: counts.add += 1
      case .change: counts.change += 1
      case .remove: counts.remove += 1
      }
    }
    return "Plan: \(counts.add) to add, \(counts.change) to change, \(counts.remove) to remove.\n"
  }
}
