import Diagnostics
public import Operations
public import Planning

/// What taking a change back restores, in words: what comes back, what does not and why, and what people may do about it.
public struct RestorationReport: Sendable {
  let restoration: Restoration
  /// Lines of each list that are written out; the rest is counted.
  let limit: Int

  public init(_ restoration: Restoration, limit: Int = 40) {
    self.restoration = restoration
    self.limit = limit
  }

  public var text: String {
    ([summary] + lists.flatMap { ["", "\($0.title):"] + shown($0.lines).map { "  \(escapedLine($0))" } })
      .joined(separator: "\n") + "\n"
  }

  public var markdown: String {
    (["### Restored", "", summary]
      + lists.flatMap { ["", "**\($0.title)**", "", "```"] + shown($0.lines).map(codeText) + ["```"] })
      .joined(separator: "\n") + "\n"
  }

  public var json: JSONValue {
    [
      "taken": .integer(restoration.taken), "returned": .integer(restoration.returned),
      "restored_share": JSONValue(restoration.share), "partial": .bool(restoration.isPartial),
      "rows": .array(
        restoration.rows.map { row in
          .object(
            Self.members(row.holding).merging([
              "taken": .integer(row.taken), "returned": .integer(row.returned),
              "hindrance": JSONValue(row.hindrance?.rawValue),
            ]) { $1 })
        }),
      "caps": .array(
        restoration.caps.map { .object(Self.members($0.holding).merging(["lifted": .bool($0.isLifted)]) { $1 }) }),
      "kept": .array(
        restoration.kept.map { .object(Self.members($0.holding).merging(["units": .integer($0.units)]) { $1 }) }),
      "compensations": .array(restoration.compensations.map(Self.json)),
    ]
  }

  /// `Of 40 units that the change took away, 30 come back (75 %).`
  private var summary: String {
    let partial =
      restoration.isPartial ? " The record of the change has only its first rows: this covers those." : ""
    guard let share = restoration.share else { return "The change took away nothing that can come back." + partial }
    let units = restoration.taken == 1 ? "unit" : "units"
    return "Of \(restoration.taken) \(units) that the change took away, \(restoration.returned) come back "
      + "(\(share / 100) %)." + partial
  }

  private var lists: [(title: String, lines: [String])] {
    [
      (
        "Comes back",
        restoration.rows.filter { $0.returned > 0 }.map(Self.returned)
          + restoration.caps.filter(\.isLifted).map { "\(Self.what($0.holding)): any number, because there was no cap" }
      ),
      (
        "Does not come back",
        restoration.rows.filter { $0.residue > 0 }.map(Self.left)
          + restoration.caps.filter { !$0.isLifted }.map { "\(Self.what($0.holding)): the cap stays" }
      ),
      (
        "Given by the change, and kept",
        restoration.kept.map { "\($0.units) of \($0.holding.sku) for \(Self.holder($0.holding))" }
      ), ("To consider", restoration.compensations.map(Self.sentence)),
    ].filter { !$0.1.isEmpty }
  }

  private func shown(_ lines: [String]) -> [String] {
    lines.count > limit ? lines.prefix(limit) + ["… and \(lines.count - limit) more (-o json shows all)"] : lines
  }

  private static func returned(_ row: Restoration.Row) -> String {
    let part = row.residue > 0 ? " of \(row.taken)" : ""
    return "\(what(row.holding)): \(row.returned)\(part)"
  }

  private static func left(_ row: Restoration.Row) -> String {
    "\(what(row.holding)): \(row.residue) of \(row.taken)" + (row.hindrance.map { ", \(words($0))" } ?? "")
  }

  private static func words(_ hindrance: Restoration.Hindrance) -> String {
    switch hindrance {
    case .noStock: "sold or held by others"
    case .lessAsked: "the earlier policy asks for fewer today"
    case .shipped: "the line was shipped"
    case .cancelled: "the customer cancelled"
    case .covered: "the line is fully covered"
    case .unknownLine: "the store does not know the line"
    }
  }

  private static func what(_ holding: RecordedChange.Holding) -> String {
    switch holding.kind {
    case .grant: "\(holding.sku) protected for \(holder(holding))"
    case .publication: "\(holding.sku) on \(holder(holding))"
    case .claim, .proposal: "\(holding.sku) for \(holder(holding))"
    case .cap: "\(holding.sku) by the cap of \(holder(holding))"
    case .shared: "\(holding.sku) shared by \(holder(holding))"
    }
  }

  private static func holder(_ holding: RecordedChange.Holding) -> String {
    switch holding.holder {
    case .channel(let channel, .everywhere): channel.rawValue
    case .channel(let channel, let region): "\(channel) in \(region)"
    case .everyone(.everywhere): "all channels"
    case .everyone(let region): "all channels in \(region)"
    case .line(let order, let line): "\(order)/\(line)"
    case .buyer(.order, let supplier, let node): "\(node), to be ordered from \(supplier)"
    case .buyer(.expedite, let supplier, let node): "\(node), to be expedited with \(supplier)"
    }
  }

  private static func sentence(_ compensation: Restoration.Compensation) -> String {
    switch compensation {
    case .reallocate(let holding, let units, let from):
      "reallocate \(units) of \(holding.sku) to \(holder(holding)) from "
        + from.prefix(5).map(\.rawValue).joined(separator: ", ") + (from.count > 5 ? " and \(from.count - 5) more" : "")
    case .expedite(let holding, let units, let at):
      "expedite \(units) of \(holding.sku) for \(holder(holding)), expected \(at)"
    case .recall(let holding, let units):
      "tell the buyer that \(units) of \(holding.sku) are no longer needed for \(holder(holding))"
    case .notify(let order, let line, let sku, nil, nil):
      "notify the customer of \(order)/\(line): no \(sku) comes back to it"
    case .notify(let order, let line, _, let from, let to):
      "notify the customer of \(order)/\(line), who was told \(from?.description ?? "nothing"): "
        + "now \(to?.description ?? "without a date")"
    }
  }

  private static func members(_ holding: RecordedChange.Holding) -> [String: JSONValue] {
    var members: [String: JSONValue] = ["kind": .string(holding.kind.rawValue), "sku": .string(holding.sku.rawValue)]
    switch holding.holder {
    case .channel(let channel, let region):
      members["channel"] = .string(channel.rawValue)
      if !region.isEverywhere { members["region"] = .string(region.rawValue) }
    case .everyone(let region): if !region.isEverywhere { members["region"] = .string(region.rawValue) }
    case .buyer(let kind, let supplier, let node):
      members["proposal"] = .string(kind.rawValue)
      members["supplier"] = .string(supplier.rawValue)
      members["node"] = .string(node.rawValue)
    case .line(let order, let line):
      members["order"] = .string(order.rawValue)
      members["line"] = .string(line)
    }
    return members
  }

  private static func json(_ compensation: Restoration.Compensation) -> JSONValue {
    switch compensation {
    case .reallocate(let holding, let units, let from):
      .object(
        members(holding).merging([
          "compensation": "reallocate", "units": .integer(units), "from": .array(from.map { .string($0.rawValue) }),
        ]) { $1 })
    case .expedite(let holding, let units, let at):
      .object(
        members(holding).merging([
          "compensation": "expedite", "units": .integer(units), "expected_at": .string(at.description),
        ]) { $1 })
    case .recall(let holding, let units):
      .object(members(holding).merging(["compensation": "recall", "units": .integer(units)]) { $1 })
    case .notify(let order, let line, let sku, let from, let to):
      [
        "compensation": "notify", "order": .string(order.rawValue), "line": .string(line),
        "sku": .string(sku.rawValue), "told": JSONValue(from?.description), "now": JSONValue(to?.description),
      ]
    }
  }
}
