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
    commandName: "schedule", abstract: "What of an item can be promised by when, period by period.",
    discussion: """
      Worked out now, by the plan that the next cycle would make with the policy in force. Moments are those at which units \
      can be sold at their node; processing and the way to the customer come after. on_hand is what an order that asks now \
      gets at once; purchases count as far as the supplier's word holds and once the dock has had its time, less what fills \
      up safety stock; due is what orders want that stock does not cover, by when it has to be there for what was promised. \
      period is supply less due; backward lends to a later shortage from the nearest period before; accumulated carries on \
      what is left; discrete is the APICS form, by receipt. held is what an order that asks now cannot have of what comes: \
      it is for those who wait already, kept for other channels, or more than the channel may sell. available is what such an \
      order can be promised by the end of the period, the form that plans use ('-': any number, by infinite_supply_after). \
      shortage is what is due by then and not covered.
      """)

  @Argument(help: "The item.") var sku: String
  @OptionGroup var options: RepositoryOptions
  @OptionGroup var clock: ClockOptions
  @Option(
    help: "What an order of this channel could have, in days of its time zone; of all together in UTC, if left out.")
  var channel: String?
  @Option(help: "Only what lies at this node and comes to it.") var node: String?
  @Option(help: "day or week: seven days from today on.") var period = SupplySchedule.Period.day
  @Option(help: "How many periods, from 1 to 366.") var periods = 14
  @Option(name: .shortAndLong, help: "table, json or name.") var output = ListFormat.table
  @Flag(help: "A table without its heading.") var noHeaders = false

  func validate() throws {
    guard (1...366).contains(periods) else {
      throw ValidationError("--periods \(periods) is not between 1 and 366")
    }
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
    try write(schedules)
    if schedules.isEmpty { Output.words("nothing of it is sold by a channel or in a region that is in effect\n") }
    if let channel, !schedules.isEmpty, !schedules.contains(where: \.waitsForGoods) {
      Output.words("orders of '\(channel)' do not wait for goods to come: `purser explain Channel/\(channel)`\n")
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

  private func check(_ name: String?, _ kind: Kind, _ names: [String]) throws(Diagnostic) {
    guard let name, !names.contains(where: { $0.isBytewiseEqual(to: name) }) else { return }
    throw Diagnostic(
      "get.unknown_\(kind == .channel ? "channel" : "node")", "there is no \(kind.rawValue) named '\(name)'",
      hint: didYouMean(name, among: names)
        ?? (names.isEmpty ? "the policy names none" : "there are \(names.sorted().joined(separator: ", "))"))
  }

  /// Ids are compared one by one: of more than this many it would take a while.
  private static let comparedItems = 50_000

  private func unknownItem(_ store: some Store) throws -> Diagnostic {
    var names: [String] = []
    try store.eachItem { if names.count < Self.comparedItems { names.append($0.sku.rawValue) } }
    return Diagnostic(
      "get.unknown_item", "there is no item '\(sku)'",
      hint: didYouMean(sku, among: names)
        ?? (names.isEmpty ? "the store knows none yet" : "`purser get positions -o name` lists those with stock"))
  }
}

extension SupplySchedule.Period: ExpressibleByArgument {}
