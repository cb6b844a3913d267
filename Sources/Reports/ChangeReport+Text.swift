import Approvals
import Diagnostics
import Operations
import Planning

extension ChangeReport {
  /// For a terminal.
  func text(limit: Int) -> String {
    var lines = [verdict + "."]
    let from = base.map { "\($0.commit.prefix(10)) \($0.summary)" } ?? "no policy"
    lines.append("From \(from)" + (isBaseInForce ? "" : " (not in force)"))
    lines.append("  to \(head.commit.prefix(10)) \(head.summary), at \(after.now)")
    if isMergedInThought { lines.append("  test-merged, because it does not contain its base") }
    lines = lines.map(escapedLine)
    // Its cells are safe already, and it has many lines.
    if !channels.isEmpty { lines += ["", channelTable.text] }
    return (lines + details(limit).map(escapedLine)).joined(separator: "\n") + "\n"
  }

  private func details(_ limit: Int) -> [String] {
    var lines: [String] = []
    lines += list(
      "What it will do later, on current stock and orders", moments.map { "from \($0.at) on: \(words($0.impact))" },
      limit)
    if impact.unseenMoments > 0 { lines += ["", unseenWords] }
    lines += list("Orders that lose", losing.map { words($0, $0.unitsLost, $0.valueLost) }, limit)
    lines += list("Orders that get more", gaining.map { words($0, $0.unitsGained, $0.valueGained) }, limit)
    lines += list(
      "Items that sell out",
      soldOut.map { "\($0.sku) on \($0.channels.map(\.rawValue).joined(separator: ", "))" }, limit)
    lines += list(
      "Promises that come later",
      later.map { "\($0.order)/\($0.line) (\($0.sku)): \(date($0.from)) → \(date($0.to))" }, limit)
    if strandedUnits != 0 {
      lines += ["", "\(abs(strandedUnits)) units \(strandedUnits > 0 ? "more" : "fewer") that no channel can sell"]
    }
    if let required {
      lines += list("Required approvals", required.requirement.lines, limit)
      lines += list("Denied, because no ApprovalRule matches it", required.uncovered, limit)
      if required.requirement.isEmpty, required.uncovered.isEmpty { lines += ["", "No approval is required."] }
    }
    lines += list("Not in force, and before it on the branch", carried.map(\.words), limit)
    lines += list("Once it is merged", waits.map { $0.sentence + "." }, limit)
    lines += list(
      "This change", after.actions.filter { $0.reason == .policyChanged }.map(\.action.sentence), limit)
    lines += list("The world moved (anyway)", (before?.actions ?? []).map(\.action.sentence), limit)
    return lines
  }

  /// What is said of moments that nobody looked at.
  private var unseenWords: String {
    "It may do more at \(counted(Int64(impact.unseenMoments), "later time")), which were not computed, so every rule"
      + " with an impact requires its review."
  }

  private var channelTable: Table {
    Table(
      ["channel", "can sell", "", "", "published", "", "", "items", "lost", "gained", "sold out", "back"],
      channels.map {
        [
          "\($0.channel)", "\($0.availableBefore)", "→", "\($0.availableAfter)", "\($0.publishedBefore)", "→",
          "\($0.publishedAfter)", "\($0.items)", cell($0.unitsLost), cell($0.unitsGained), cell($0.skusToZero),
          cell($0.skusFromZero),
        ]
      }, rightAligned: [1, 3, 4, 6, 7, 8, 9, 10, 11])
  }

  private func cell(_ number: Int64) -> String { number == 0 ? "-" : "\(number)" }

  private func words(_ order: OrderImpact, _ units: Quantity, _ value: Int64) -> String {
    "\(order.order) (\(order.channel)): \(counted(units, "unit")), \(amount(of: order, value))"
      + order.lines.map { line in "; \(line.sku) \(line.before) → \(line.after)" }.joined()
  }

  private func list(_ title: String, _ sentences: [String], _ limit: Int) -> [String] {
    guard !sentences.isEmpty else { return [] }
    let rest = sentences.count > limit ? ["  … and \(sentences.count - limit) more (-o json shows all)"] : []
    return ["", title + ":"] + sentences.prefix(limit).map { "  " + $0 } + rest
  }
}
