import Approvals
import Operations
import Planning

// The rows that people see of a change, and what the template of the comment may name.
extension ChangeReport {
  /// Channels of which something changes.
  var channels: [ChannelImpact] { impact.channels.filter(\.isChanged) }

  /// Who loses most, first.
  var losing: [OrderImpact] {
    impact.orders.filter { $0.unitsLost > 0 }.sorted {
      ($1.valueLost, $1.unitsLost, $0.order) < ($0.valueLost, $0.unitsLost, $1.order)
    }
  }

  /// Who gets most, first.
  var gaining: [OrderImpact] {
    impact.orders.filter { $0.unitsGained > 0 }.sorted {
      ($1.valueGained, $1.unitsGained, $0.order) < ($0.valueGained, $0.unitsGained, $1.order)
    }
  }

  /// What comes later, in the order of orders.
  var later: [PromiseImpact] { impact.promises.filter(\.isLater) }

  /// Items that sell out, each with the channels on which it does; first what most units of are gone from sight.
  var soldOut: [(sku: SKU, channels: [ChannelID], units: Quantity)] {
    var items: [SKU: (channels: [ChannelID], units: Quantity)] = [:]
    for crossing in impact.crossings where crossing.isToZero {
      items[crossing.sku, default: ([], 0)].channels.append(crossing.channel)
      items[crossing.sku]?.units += crossing.publishedBefore - crossing.publishedAfter
    }
    return items.map { ($0.key, $0.value.channels, $0.value.units) }.sorted { ($1.units, $0.sku) < ($0.units, $1.sku) }
  }

  var strandedUnits: Quantity { impact.stranded.reduce(0) { $0 + $1.after - $1.before } }

  func rows(limit: Int, artifact: String?) -> [String: JSONValue] {
    var values: [String: JSONValue] = [
      "verdict": .string(verdict), "base": base?.json ?? .null, "head": head.json,
      "base_not_in_force": .bool(!isBaseInForce), "merged_in_thought": .bool(isMergedInThought),
      "now": .string(after.now.description),
      "snapshot_version": .integer(after.snapshotVersion), "artifact": JSONValue(artifact),
      "promises_earlier": whole(impact.promises.count - later.count),
      "stranded_more": whole(Int(max(0, strandedUnits))), "stranded_fewer": whole(Int(max(0, -strandedUnits))),
    ]
    add(
      "moments", moments.map { ["at": .string($0.at.description), "words": .string(words($0.impact))] }, limit: limit,
      to: &values)
    values["unseen_moments"] = whole(impact.unseenMoments)
    add("channels", channels.map(row), limit: limit * 4, to: &values)
    add("losing", losing.map { row($0, $0.unitsLost, $0.valueLost) }, limit: limit, to: &values)
    add("gaining", gaining.map { row($0, $0.unitsGained, $0.valueGained) }, limit: limit, to: &values)
    add(
      "sold_out",
      soldOut.map { item in
        [
          "sku": .string(item.sku.rawValue), "published": .integer(item.units),
          "on": .array(item.channels.map { ["channel": .string($0.rawValue)] }),
        ]
      }, limit: limit, to: &values)
    add("later", later.map(row), limit: limit, to: &values)
    add("this_change", sentences(after.actions.filter { $0.reason == .policyChanged }), limit: limit, to: &values)
    add("world_moved", sentences(before?.actions ?? []), limit: limit, to: &values)
    values["this_change_count"] = .string(counted(Int64(after.count(.policyChanged)), "action"))
    values["world_moved_count"] = .string(counted(Int64(before?.actions.count ?? 0), "action"))
    let demands = required?.requirement.lines ?? []
    add("approvals", demands.map { ["demand": .string($0)] }, limit: limit, to: &values)
    add("carried", carried.map { ["words": .string($0.words)] }, limit: limit, to: &values)
    add("waits", waits.map { ["sentence": .string($0.sentence)] }, limit: limit, to: &values)
    add("denied", (required?.uncovered ?? []).map { ["path": .string($0)] }, limit: limit, to: &values)
    values["needs_no_approval"] = .bool(required.map { $0.requirement.isEmpty && $0.uncovered.isEmpty } ?? false)
    return values
  }

  /// A list under a name, what is left out of it under `more_…`, and how many there are under `all_…`; both are left empty
  /// where there is nothing.
  private func add(
    _ name: String, _ rows: some Collection<JSONValue>, limit: Int, to values: inout [String: JSONValue]
  ) {
    values[name] = .array(Array(rows.prefix(limit)))
    values["more_" + name] = whole(max(0, rows.count - limit))
    values["all_" + name] = whole(rows.count)
  }

  private func whole(_ count: Int) -> JSONValue { count == 0 ? .null : .integer(Int64(count)) }

  private func row(_ channel: ChannelImpact) -> JSONValue {
    [
      "channel": .string(channel.channel.rawValue), "available_before": .integer(channel.availableBefore),
      "available_after": .integer(channel.availableAfter), "published_before": .integer(channel.publishedBefore),
      "published_after": .integer(channel.publishedAfter), "items": .integer(channel.items),
      "lost": .integer(channel.unitsLost), "gained": .integer(channel.unitsGained),
      "to_zero": .integer(channel.skusToZero), "from_zero": .integer(channel.skusFromZero),
    ]
  }

  private func row(_ order: OrderImpact, _ units: Quantity, _ value: Int64) -> JSONValue {
    [
      "order": .string(order.order.rawValue), "channel": .string(order.channel.rawValue), "units": .integer(units),
      "value": .string(amount(of: order, value)), "promised": .string(promised(order)),
    ]
  }

  /// What units of an order are worth, as far as it told prices.
  func amount(of order: OrderImpact, _ value: Int64) -> String {
    switch (order.isUnpriced, value) {
    case (true, 0): "no price"
    case (true, _): "\(money(value)) or more"
    case (false, _): money(value)
    }
  }

  /// When the lines of an order that gain or lose are expected.
  func promised(_ order: OrderImpact) -> String {
    let moved = impact.promises.first { $0.order == order.order }
    return moved.map { "\(date($0.from)) → \(date($0.to))" } ?? "-"
  }

  private func row(_ promise: PromiseImpact) -> JSONValue {
    [
      "order": .string(promise.order.rawValue), "line": .string(promise.line), "sku": .string(promise.sku.rawValue),
      "channel": .string(promise.channel.rawValue), "from": .string(date(promise.from)),
      "to": .string(date(promise.to)),
    ]
  }

  func date(_ moment: Instant?) -> String { moment?.description ?? "no date" }

  private func sentences(_ actions: [PlannedAction]) -> some Collection<JSONValue> {
    // Only those that are shown are put into words.
    actions.lazy.map { (planned) -> JSONValue in ["sentence": .string(planned.action.sentence)] }
  }
}
