import ActualState
import ArgumentParser
import DesiredState
import Diagnostics
import Operations
import Planning
import SQLiteStore

/// `purser get schedule LAMP`: what there is of an item and what is to come, day by day, and what can still be promised.
struct GetSchedule: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schedule", abstract: "How many units of an item can be promised by when, period by period.",
    discussion: """
      Computed now, from the plan that the next cycle would make with the policy in force. Times are when units can be \
      sold at their node; processing and transit come after that. on_hand is what an order placed now gets at once. \
      Purchases count as far as the supplier's confidence allows and after the node's receiving time, minus what refills \
      safety stock. due is what orders need beyond stock, by when it has to be there for what was promised. period is \
      supply minus due; backward covers a later shortage from the nearest earlier period; accumulated carries over what \
      is left; discrete is the APICS form, by receipt. held is the part of inbound supply that an order placed now cannot \
      have: it is for orders that are already waiting, kept for other channels, or more than the channel may sell. \
      available is what such an order can be promised by the end of the period, the form that plans use ('-': any number, \
      because of infinite_supply_after). shortage is what is due by then and not covered.

      With --units the answer is when that many units could be promised: one row, or two with --partial ('-': not \
      within what is known to come).
      """)

  @Argument(help: "The item.") var sku: String
  @OptionGroup var options: RepositoryOptions
  @OptionGroup var clock: ClockOptions
  @Option(
    help: "What an order of this channel could get, in days of its time zone (default: all channels, in UTC).")
  var channel: String?
  @Option(help: "Only stock at this node and supply coming to it.") var node: String?
  @Option(help: "day, or week (seven days, starting today).") var period = SupplySchedule.Period.day
  @Option(help: "How many periods, from 1 to 366.") var periods = 14
  @Option(help: "Ask when an order for this many units could have them, in place of the periods.") var units: Quantity?
  @Option(help: "With --units: not before this time, in RFC 3339 (default: now).") var earliest: String?
  @Flag(help: "With --units: some of them may come earlier and the rest later.") var partial = false
  @Option(name: .shortAndLong, help: "table, json or name.") var output = ListFormat.table
  @Flag(help: "A table without its heading.") var noHeaders = false

  func validate() throws {
    guard (1...366).contains(periods) else {
      throw ValidationError("--periods \(periods) is not between 1 and 366")
    }
    if let units, !(1...Limits.quantity).contains(units) {
      throw ValidationError("--units \(units) is not between 1 and \(Limits.quantity)")
    }
    if units == nil, earliest != nil || partial {
      throw ValidationError("--earliest and --partial are for --units: say how many units")
    }
    if let earliest { _ = try ClockOptions.moment(earliest, of: "--earliest") }
  }

  private static let columns =
    [Column(name: "from", isKey: true)]
    + [
      "on_hand", "purchases", "transfers", "due", "period", "backward", "accumulated", "discrete", "held", "available",
      "shortage",
    ].map { Column(name: $0, isNumber: true) }

  func run() throws {
    let store = try SQLiteStore(path: options.store, mode: .readOnly)
    let state = try CommittedState.load(options)
    let now = try clock.clock()()
    let policy = Policy(state, at: now)
    try check(channel, .channel, state.names(of: .channel))
    try check(node, .node, state.names(of: .node))
    let schedules = try store.reading {
      guard try store.item(SKU(sku)) != nil else { throw try unknownItem(store) }
      return SupplySchedule.schedules(
        of: SKU(sku), channel: channel.map { ChannelID($0) }, node: node.map { NodeID($0) }, policy: policy,
        snapshot: try Snapshot(of: store, at: now), now: now)
    }
    if let units {
      let earliest = try earliest.map { try ClockOptions.moment($0, of: "--earliest") } ?? now
      try write(schedules, PromiseRequest(units: units, earliest: max(earliest, now), isPartialAllowed: partial))
    } else {
      try write(schedules)
    }
    if schedules.isEmpty { Output.words("no channel or region in effect sells this item\n") }
    if let channel, !schedules.isEmpty, !schedules.contains(where: \.waitsForGoods) {
      Output.words("orders of '\(channel)' do not wait for inbound goods; see `purser explain Channel/\(channel)`\n")
    }
  }

  /// With the region only where regions are named.
  private func write(_ schedules: [SupplySchedule]) throws {
    let isRegional = schedules.contains { !$0.region.isEverywhere }
    let region = isRegional ? [Column(name: "region", isKey: true)] : []
    var writer = RowWriter(region + Self.columns, format: output, hasHeading: !noHeaders)
    for schedule in schedules {
      for row in schedule.rows(by: period, count: periods) {
        try writer.add(
          (isRegional ? [schedule.region.json] : []) + [
            .string(row.from.description), .integer(row.onHand), .integer(row.purchases), .integer(row.transfers),
            .integer(row.due), .integer(row.period), .integer(row.backward), .integer(row.accumulated),
            .integer(row.discrete), .integer(row.held), JSONValue(row.available), .integer(row.shortage),
          ])
      }
    }
    try writer.finish()
  }

  private func write(_ schedules: [SupplySchedule], _ request: PromiseRequest) throws {
    let isRegional = schedules.contains { !$0.region.isEverywhere }
    let columns = (isRegional ? [Column(name: "region")] : []) + [Column(name: "units", isNumber: true)]
    var writer = RowWriter(columns + [Column(name: "at", isKey: true)], format: output, hasHeading: !noHeaders)
    for schedule in schedules {
      for part in schedule.promise(request) {
        try writer.add(
          (isRegional ? [schedule.region.json] : []) + [.integer(part.units), JSONValue(part.at?.description)])
      }
    }
    try writer.finish()
  }

  private func check(_ name: String?, _ kind: Kind, _ names: [String]) throws(Diagnostic) {
    guard let name, !names.contains(where: { $0.isBytewiseEqual(to: name) }) else { return }
    throw Diagnostic(
      "get.unknown_\(kind == .channel ? "channel" : "node")", "there is no \(kind.rawValue) named '\(name)'",
      hint: didYouMean(name, among: names)
        ?? (names.isEmpty ? "the policy has none" : "there are \(names.sorted().joined(separator: ", "))"))
  }

  /// Ids are compared one by one: of more than this many it would take a while.
  private static let comparedItems = 50_000

  private func unknownItem(_ store: some Store) throws -> Diagnostic {
    var names: [String] = []
    try store.eachItem { if names.count < Self.comparedItems { names.append($0.sku.rawValue) } }
    return Diagnostic(
      "get.unknown_item", "there is no item '\(sku)'",
      hint: didYouMean(sku, among: names)
        ?? (names.isEmpty ? "the store has none yet" : "`purser get positions -o name` lists those with stock"))
  }
}

extension SupplySchedule.Period: ExpressibleByArgument {}
