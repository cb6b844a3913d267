public import Approvals
public import Diagnostics
public import Operations
public import Planning

/// A change that nobody has judged yet, for those who review it: first one line, then what it does to channels, orders,
/// items and promises, and last what the plans do. The same change on the same world gives the same bytes.
public struct ChangeReport: Sendable {
  /// A commit, as people know it.
  public struct Revision: Hashable, Sendable {
    public var commit: String
    public var summary: String

    /// - Parameter summary: the first line of its message; of a long one, the beginning.
    public init(commit: String, summary: String) {
      self.commit = commit
      self.summary = summary.count > 120 ? summary.prefix(120) + "…" : summary
    }

    var json: JSONValue {
      ["commit": .string(commit), "short": .string(String(commit.prefix(10))), "summary": .string(summary)]
    }
  }

  /// By this a forge's one comment on a change is found again.
  public static let marker = "<!-- purser:plan -->"
  /// What forges take for a comment, in characters; here in bytes, which are never fewer.
  public static let commentLimit = 65_536

  let base: Revision?
  let head: Revision
  let impact: Impact
  let before: Plan?
  let after: Plan
  let currency: String
  let isBaseInForce: Bool
  /// What the rules at the base ask for; nil where there is no base.
  public var required: RequiredApprovals?
  /// Whether the head does not contain the base, so that what the merge of both would be was planned.
  public var isMergedInThought = false
  /// The commits of the branch that are not in force and come before it: they come in with it, or it waits behind them.
  public var carried: [CarriedCommit] = []
  /// What of its plan would wait for people, or never be done, once it is merged.
  public var waits: [PlanWait] = []

  /// - Parameters:
  ///   - base: what the change starts from; nil where no policy is in force.
  ///   - before: what the world asks for anyway.
  ///   - after: what would be done with the change.
  ///   - currency: of all amounts; a code of letters.
  public init(
    from base: Revision?, to head: Revision, _ impact: Impact, before: Plan?, after: Plan, currency: String,
    isBaseInForce: Bool
  ) {
    (self.base, self.head, self.impact, self.before, self.after) = (base, head, impact, before, after)
    self.currency = currency.allSatisfy { $0.isASCII && $0.isLetter } ? currency : ""
    self.isBaseInForce = isBaseInForce
  }

  /// Whether the change would do anything.
  public var isEmpty: Bool { impact.isNone && after.count(.policyChanged) == 0 }

  /// The whole change in one line: what it does now, and what it will do first.
  public var verdict: String {
    let now =
      impact.isNoneNow && after.count(.policyChanged) == 0 ? "This change has no effect now" : words(impact)
    guard let first = moments.first else { return now }
    return now + "; from \(first.at) on: " + words(first.impact)
  }

  /// When it will do something, as things stand now.
  var moments: [LaterImpact] { impact.later.filter { !$0.impact.isNoneNow } }

  /// What an impact is, in one line.
  func words(_ impact: Impact) -> String {
    let measures = impact.measuresNow
    var parts: [String] = []
    if measures.ordersLosing > 0 {
      parts.append(
        "\(counted(measures.ordersLosing, "order")) lose\(measures.ordersLosing == 1 ? "s" : "") "
          + counted(measures.unitsLosing, "unit")
          + (measures.valueLosing > 0 ? " (\(money(measures.valueLosing)))" : ""))
    }
    if measures.skusToZero > 0 {
      parts.append("\(counted(measures.skusToZero, "item")) sell\(measures.skusToZero == 1 ? "s" : "") out")
    }
    if measures.promisesLater > 0 {
      parts.append("\(counted(measures.promisesLater, "promise")) come\(measures.promisesLater == 1 ? "s" : "") later")
    }
    let gaining = Int64(impact.orders.count { $0.unitsGained > 0 })
    if gaining > 0 {
      let units = counted(impact.orders.reduce(0) { $0 + $1.unitsGained }, "unit")
      parts.append("\(counted(gaining, "order")) get\(gaining == 1 ? "s" : "") \(units)")
    }
    if parts.isEmpty { parts.append("No order loses units") }
    let channels = measures.channels == 0 ? "no channel changes" : "\(counted(measures.channels, "channel")) change"
    return parts.joined(separator: ", ") + "; " + channels + (measures.channels == 1 ? "s" : "")
  }

  func money(_ minorUnits: Int64) -> String {
    MoneyText.text(minorUnits: minorUnits) + (currency.isEmpty ? "" : " \(currency)")
  }

  func counted(_ count: Int64, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

  /// All of it, nothing left out.
  public var json: JSONValue {
    [
      "format": 1, "base": base?.json ?? .null, "head": head.json, "base_in_force": .bool(isBaseInForce),
      "now": .string(after.now.description), "snapshot_version": .integer(after.snapshotVersion),
      "currency": .string(currency), "verdict": .string(verdict), "impact": impact.jsonOverTime,
      "merged_in_thought": .bool(isMergedInThought), "required_approvals": required?.json ?? .null,
      "waits": .array(waits.map(\.json)), "carried": .array(carried.map(\.json)),
      "this_change": ["actions": .array(after.actions.filter { $0.reason == .policyChanged }.map(\.action.json))],
      "world_moved": ["actions": .array((before?.actions ?? []).map(\.action.json))],
    ]
  }

  public var text: String { text(limit: 40) }

  /// The comment for a forge, never longer than one takes: rows are left out and counted, and none is cut in two.
  /// - Parameters:
  ///   - limit: rows of each table; the rest is counted.
  ///   - artifact: where the whole plan can be read.
  ///   - isBinding: whether Purser keeps the comment itself, so that reviews on the forge are taken for reviews of it.
  public func markdown(
    _ template: Template, limit: Int = Self.rowLimit, artifact: String? = nil, isBinding: Bool = false
  ) throws(Diagnostic) -> String {
    var limit = limit
    while true {
      var rows = rows(limit: limit, artifact: artifact)
      rows["envelope"] = isBinding ? .string(envelope) : .null
      let text = try Self.marker + "\n" + template.filled(.object(rows), safe: codeText)
      if text.utf8.count <= Self.commentLimit || limit == 0 { return text }
      limit /= 2
    }
  }

  /// Rows of a table in a comment.
  public static let rowLimit = 10

  /// What a comment says, without the moment for which it was worked out: while this stays the same there is nothing to tell.
  public var substance: JSONValue {
    var rows = rows(limit: Self.rowLimit, artifact: nil)
    rows["now"] = nil
    rows["snapshot_version"] = nil
    return .object(rows)
  }

  /// What an approval of the change covers, in the words of the rules.
  private var envelope: String {
    let parts = ImpactMeasures.Measure.allCases.filter { impact.measures[$0] > 0 }
      .map { "\($0.rawValue) \(impact.measures[$0])" }
    return parts.isEmpty ? "no impact" : parts.joined(separator: ", ")
  }

  /// Whether an address can be linked: it holds nothing that could end a link in Markdown, or hide where it leads.
  public static func isLinkable(_ address: String) -> Bool {
    let isAddress = ["https://", "http://"].contains { address.hasPrefix($0) }
    let isPlain = address.utf8.allSatisfy { (0x21...0x7E).contains($0) && !"<>()[]\\`\"|{}".utf8.contains($0) }
    return isAddress && isPlain && address.utf8.count <= 2000
  }
}
