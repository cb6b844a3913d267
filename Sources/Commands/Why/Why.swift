import ActualState
import ArgumentParser
import DesiredState
import Diagnostics
import Operations
import SQLiteStore

/// `purser why order O-1`: what was decided, and why, down to the line of the policy.
struct Why: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Explain what was decided about something.", subcommands: [WhyOrderCommand.self])
}

struct WhyOrderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "order", abstract: "Explain what covers an order, where it ships from and what it waits for.",
    discussion: "Places are those of the policy in force. Nothing is changed.")

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Argument(help: "The order's id.") var order: String
  @OptionGroup var options: RepositoryOptions
  @OptionGroup var clock: ClockOptions
  @Option(name: .shortAndLong, help: "text or json.") var output = Format.text

  func run() throws {
    let store = try SQLiteStore(path: options.store, mode: .readOnly)
    let state = try CommittedState.load(options)
    let now = try clock.clock()()
    let facts = try store.transaction { try OrderFacts(OrderID(order), store) }
    let policy = PolicyPlaces(state: state, commit: try store.pin()?.commit, now: now)
    switch output {
    case .text: Output.data(escaped(OrderStory(facts: facts, policy: policy).text))
    case .json: Output.data(OrderStory(facts: facts, policy: policy).json.pretty() + "\n")
    }
  }
}

/// All that a store knows of one order.
struct OrderFacts {
  var order: OrderRow
  var lines: [OrderLineRow]
  /// Active ones, by line and then oldest first.
  var claims: [ClaimRow]
  var routes: [RouteRow]
  var cases: [(sku: SKU, what: Case, since: Instant)] = []
  /// Of lines that something was promised of.
  var promises: [PromiseRow]
  /// The purchase-order lines that its claims wait for.
  var inbound: [Pool: PurchaseOrderLineRow] = [:]
  /// Of its items.
  var traits: [SKU: ItemTraits] = [:]
  var confidence: [SupplierID: Rate] = [:]
  /// Of items that wait for a node: what each node has left of them.
  var free: [(sku: SKU, node: NodeID, units: Quantity)] = []
  var loads: [NodeLoad] = []

  init(_ id: OrderID, _ store: some Store) throws {
    guard !id.isCart, let order = try store.order(id) else {
      throw Diagnostic(
        "why.unknown_order", "there is no order '\(id)'",
        hint: "`purser get orders -o name` lists those that the store knows; an order that waits for an item stands in "
          + "`purser get events`")
    }
    self.order = order
    lines = try store.lines(of: id)
    claims = try lines.flatMap { try store.activeClaims(of: id, $0.line) }
    routes = try store.routes(of: id)
    promises = try lines.flatMap { try store.promises(of: id, $0.line) }
    for case .inbound(let purchaseOrder, let line) in claims.map(\.pool) {
      guard let row = try store.purchaseOrderLine(purchaseOrder, line) else { continue }
      inbound[.inbound(purchaseOrder, line: line)] = row
      confidence[row.supplier] = try store.supplier(row.supplier)?.standing?.confidence
    }
    for line in lines { traits[line.sku] = try store.item(line.sku)?.traits }
    var cases: [(sku: SKU, what: Case, since: Instant)] = []
    try store.eachCase { sku, what, since in
      if what.subject == id.rawValue || what.subject.utf8.starts(with: (id.rawValue + "/").utf8) {
        cases.append((sku, what, since))
      }
    }
    self.cases = cases
    let waiting = Set(claims.filter { $0.node == nil && !$0.pool.isInbound }.map(\.sku))
    guard !waiting.isEmpty else { return }
    var free: [(sku: SKU, node: NodeID, units: Quantity)] = []
    try store.eachPosition { row, isActive in
      if waiting.contains(row.sku) { free.append((row.sku, row.node, row.availableToFulfil(isActive: isActive))) }
    }
    self.free = free
    var loads: [NodeLoad] = []
    try store.eachLoad { loads.append($0) }
    self.loads = loads
  }
}

/// The values of the policy in force, each with the place where it stands.
struct PolicyPlaces {
  let state: DesiredState
  let commit: String?
  let now: Instant

  /// A field as `Kind/name field: value`, and where it was written.
  struct Place: Hashable {
    var words: String
    var location: String

    var json: JSONValue { ["value": .string(words), "location": .string(location)] }
  }

  func place(_ kind: Kind, _ name: String, _ field: String) -> Place? {
    let key = Resource.Key(kind, name)
    guard let value = state.effective(key, at: now)?[field] else { return nil }
    return Place(words: "\(key) \(field): \(value)", location: value.location.description)
  }

  func places(_ kind: Kind, _ name: String, _ fields: [String]) -> [Place] {
    fields.compactMap { place(kind, name, $0) }
  }

  func field(_ kind: Kind, _ name: String, _ field: String) -> Field? {
    state.effective(.init(kind, name), at: now)?[field]
  }

  /// The names of lanes that lead to a region.
  func lanes(to region: String) -> [String] {
    state.names(of: .lane).filter { field(.lane, $0, "to")?.text?.isBytewiseEqual(to: region) ?? false }
  }

  /// The names of the protections of a channel that hold in a region.
  func protections(of channel: ChannelID, in region: RegionID) -> [String] {
    state.names(of: .protection).filter { name in
      let place = field(.protection, name, "region")?.text
      return field(.protection, name, "channel")?.text == channel.rawValue
        && place ?? region.rawValue == region.rawValue
    }
  }
}
