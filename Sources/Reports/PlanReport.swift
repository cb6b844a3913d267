import Approvals
import Diagnostics
import Operations
public import Planning

/// A plan in words: what changes, why, and what it means for each channel.
public struct PlanReport: Sendable {
  let plan: Plan
  let impact: Impact
  let accepted: [AcceptedCommit]
  /// Actions of each reason that are written out; the rest is counted.
  let limit: Int

  /// - Parameter impact: what the plan does to what stands now.
  public init(_ plan: Plan, impact: Impact, accepted: [AcceptedCommit] = [], limit: Int = 40) {
    self.plan = plan
    self.impact = impact
    self.accepted = accepted
    self.limit = limit
  }

  public var text: String {
    var lines = accepted.map { escapedLine("Policy commit \($0.commit.id.prefix(10)): \($0.commit.summary)") }
    if plan.isEmpty {
      lines.append("No changes. The store matches the policy.")
      return (drift.map(escapedLine) + lines + remarks.map(escapedLine)).joined(separator: "\n") + "\n"
    }
    for (reason, title) in Self.titles where plan.count(reason) > 0 {
      if !lines.isEmpty { lines.append("") }
      lines.append(title + ":")
      lines += actionLines(reason).map(escapedLine)
    }
    lines.append("")
    lines += impactLines()
    return (drift.map(escapedLine) + lines + remarks.map(escapedLine)).joined(separator: "\n") + "\n" + total
  }

  public var markdown: String {
    let drift =
      drift.isEmpty ? "" : (["```"] + drift.dropLast().map(codeText) + ["```", "", ""]).joined(separator: "\n")
    guard !plan.isEmpty else {
      return drift + "**No changes.** The store matches the policy.\n" + remarksInMarkdown
    }
    var lines = [
      "### Plan", "", "| channel | published before | after | orders get | lose |", "|---|---:|---:|---:|---:|",
    ]
    for row in channels {
      lines.append(
        "| `\(codeText(row.channel.rawValue))` | \(row.publishedBefore) | \(row.publishedAfter) | \(row.unitsGained) | \(row.unitsLost) |"
      )
    }
    for (reason, title) in Self.titles where plan.count(reason) > 0 {
      lines += ["", "<details><summary>\(title): \(plan.count(reason))</summary>", "", "```"]
      lines += actionLines(reason).map(codeText)
      lines += ["```", "</details>"]
    }
    lines.append("")
    return drift + lines.joined(separator: "\n") + remarksInMarkdown + "\n" + total
  }

  private var remarksInMarkdown: String {
    remarks.isEmpty ? "" : (["", "```"] + remarks.map(codeText) + ["```", ""]).joined(separator: "\n")
  }

  private static let titles: [(Reason, String)] = [
    (.policyChanged, "The policy changed"), (.worldMoved, "The world moved"),
    (.repair, "Listings that others changed"),
  ]

  private func actionLines(_ reason: Reason) -> [String] {
    let actions = plan.actions.filter { $0.reason == reason }
    var lines = actions.prefix(limit).map { "  " + $0.action.sentence }
    if actions.count > limit { lines.append("  … and \(actions.count - limit) more (-o json shows all)") }
    return lines
  }

  private var channels: [ChannelImpact] { impact.channels.filter(\.isChanged) }

  private func impactLines() -> [String] {
    guard !channels.isEmpty else { return [] }
    // Rare, so that the column is there only when it says something.
    let loses = channels.contains { $0.unitsLost > 0 }
    return [
      Table(
        ["channel", "published", "", "", "claimed"] + (loses ? ["loses"] : []),
        channels.map {
          [
            "\($0.channel)", "\($0.publishedBefore)", "→", "\($0.publishedAfter)",
            $0.unitsGained > 0 ? "+\($0.unitsGained)" : "-",
          ] + (loses ? [$0.unitsLost > 0 ? "-\($0.unitsLost)" : "-"] : [])
        }, rightAligned: [1, 3, 4, 5]
      ).text
    ]
  }

  /// Where channels show something else than they should: what the world is like before the plan. What sales explain is
  /// counted, since nobody has to look at it.
  private var drift: [String] {
    let (sales, others) = (plan.drifts.filter { $0.kind == .sales }, plan.drifts.filter { $0.kind != .sales })
    guard !plan.drifts.isEmpty else { return [] }
    var lines = others.isEmpty ? ["Drift:"] : list("Drift", others.map(\.sentence))
    if !sales.isEmpty {
      lines.append("  \(sales.count) lower than published, because of sales")
    }
    return lines + [""]
  }

  /// What a person should know beside the actions.
  private var remarks: [String] {
    list(
      "Reallocated",
      plan.reallocated.map { one in
        "\(one.units) of \(one.sku) from \(words(one.loser)) "
          + (one.winner.map { "to \(words($0))" } ?? "are no longer in stock")
      })
      + list(
        "Shortfalls",
        plan.shortfalls.map { shortfall in
          "\(shortfall.order)/\(shortfall.line): \(shortfall.units) of \(shortfall.sku) missing"
            + (shortfall.expectedAt.map { ", expected \($0)" } ?? ", no supply expected")
        }) + list("Warnings", plan.warnings.map(\.sentence))
  }

  private func words(_ side: Reallocated.Side) -> String { "\(side.order)/\(side.line) (\(side.channel))" }

  private func list(_ title: String, _ sentences: [String]) -> [String] {
    guard !sentences.isEmpty else { return [] }
    let rest = sentences.count > limit ? ["  … and \(sentences.count - limit) more"] : []
    return ["\(title):"] + sentences.prefix(limit).map { "  " + $0 } + rest
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
