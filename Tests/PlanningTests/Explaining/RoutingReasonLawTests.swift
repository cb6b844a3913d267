import ActualState
import Operations
import TestSupport
import Testing

@testable import Planning

/// Why units that are covered are not sent: what is named is what stands in the way. Once all of it gives way, all is sent
/// that there is; what is not named would not help, whatever it is.
@Suite struct RoutingReasonLawTests {
  /// Nodes, lanes and rules that can give way one by one.
  struct Network {
    struct Node {
      var name: String
      var status = "active"
      var isNeverOpen = false
      var capacity: Int64?
      var isStore = false
      var isDown = false
      var safety: Quantity = 0
      /// The carrier of its lane to the orders' region; nil without one.
      var carrier: String?
      var service = "standard"
      var stock: [SKU: Quantity]
    }

    var nodes: [Node]
    var disrupted: Set<String> = []
    var split = "any"
    var isComplete = false
    var maxParcels: Int?
    var threshold: Int64 = 0
    var usesStores = true
    var usesExpress = true

    var documents: String {
      var text = "---\nkind: Calendar\nname: past\nopen: {2020-01-01: \"06:00-22:00\"}\n"
      for carrier in ["post", "bike"] {
        text +=
          "---\nkind: Carrier\nname: \(carrier)\nstatus: \(disrupted.contains(carrier) ? "disrupted" : "active")\n"
      }
      for node in nodes {
        text += "---\nkind: Node\nname: \(node.name)\ntype: \(node.isStore ? "store" : "dc")\nregion: n\n"
        text += "status: \(node.status)\n" + (node.isNeverOpen ? "calendar: past\n" : "")
        if let capacity = node.capacity { text += "labour_capacity: \(capacity)\n" }
        if node.safety > 0 {
          text += "---\nkind: SafetyStock\nname: s-\(node.name)\nnode: \(node.name)\nunits: \(node.safety)\n"
        }
        if node.isDown {
          text += "---\nkind: FallbackRule\nname: f-\(node.name)\nwhen: node_outage\nnode: \(node.name)\nactive: true\n"
          text += "then: zero\n"
        }
        guard let carrier = node.carrier else { continue }
        text += "---\nkind: Lane\nname: l-\(node.name)\nnode: \(node.name)\nto: north\ncarrier: \(carrier)\n"
        text += "service: \(node.service)\ntransit: 1d\nparcel_cost: 4\n"
      }
      // Something is routed, and can leave from everywhere, whatever lanes there are to the orders.
      for node in nodes {
        text += "---\nkind: Lane\nname: other-\(node.name)\nnode: \(node.name)\nto: south\ncarrier: post\n"
        text += "transit: 1d\nparcel_cost: 4\n"
      }
      text += "---\nkind: RoutingProfile\nname: all\nsplit: \(split)\nship_complete: \(isComplete)\n"
      if let maxParcels { text += "max_parcels: \(maxParcels)\n" }
      if threshold > 0 { text += "split_value_threshold: \(threshold)\n" }
      return text + "use_stores: \(usesStores)\n" + (usesExpress ? "" : "services: [standard]\n")
    }

    mutating func lift(_ obstacle: RoutingObstacle) {
      func change(_ name: NodeID, _ body: (inout Node) -> Void) {
        for index in nodes.indices where nodes[index].name == name.rawValue { body(&nodes[index]) }
      }
      switch obstacle {
      case .maxParcels: maxParcels = nil
      case .split: split = "any"
      case .splitValueThreshold: threshold = 0
      case .shipComplete, .waitsForUnits: isComplete = false
      case .carrier(let carrier): disrupted.remove(carrier)
      case .nodeClosed(let node): change(node) { $0.status = "active" }
      case .calendar(let node): change(node) { $0.isNeverOpen = false }
      case .noLabour(let node): change(node) { $0.capacity = nil }
      case .labour(let nodes): for node in nodes { change(node) { $0.capacity = nil } }
      case .wholeDay(let node, _): change(node) { $0.capacity = nil }
      case .service: usesExpress = true
      case .stores: usesStores = true
      case .fallback(let node, _): change(node) { $0.isDown = false }
      case .safetyStock(let node): change(node) { $0.safety = 0 }
      case .noLaneFrom(let node, _): change(node) { ($0.carrier, $0.service) = ("spare", "standard") }
      case .noLane:
        for node in nodes where node.carrier == nil { lift(.noLaneFrom(NodeID(node.name), "north")) }
      case .notRouted, .release, .stock, .tooLarge, .notFound, .carrierRule, .late: break
      }
    }

    /// Everything of it that could stand in an order's way, lanes that are not there left aside.
    var rules: [RoutingObstacle] {
      var rules = disrupted.sorted().map { RoutingObstacle.carrier($0) }
      if let maxParcels { rules.append(.maxParcels(profile: "all", maxParcels)) }
      if let mode = SplitMode(rawValue: split), mode != .any { rules.append(.split(profile: "all", mode)) }
      if threshold > 0 { rules.append(.splitValueThreshold(profile: "all", threshold * 100)) }
      if isComplete { rules.append(.shipComplete(profile: "all")) }
      if !usesStores { rules.append(.stores(profile: "all")) }
      if !usesExpress { rules.append(.service(profile: "all", "express")) }
      for node in nodes {
        let name = NodeID(node.name)
        if node.status != "active" { rules.append(.nodeClosed(name)) }
        if node.isNeverOpen { rules.append(.calendar(name)) }
        if node.capacity == 0 { rules.append(.noLabour(name)) }
        if node.isDown { rules.append(.fallback(name, ["f-\(node.name)"])) }
        if node.safety > 0 { rules.append(.safetyStock(name)) }
      }
      return rules
    }
  }

  private static func network(_ random: inout SplitMix64) -> Network {
    func isTrue(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
    func pick<Element>(_ elements: [Element]) -> Element {
      elements[Int.random(in: 0..<elements.count, using: &random)]
    }
    var network = Network(
      nodes: ["east", "mid", "west"].map { name in
        Network.Node(name: name, stock: ["A": pick([0, 0, 2, 3]), "B": pick([0, 2, 2])])
      })
    for index in network.nodes.indices {
      network.nodes[index].status = isTrue(20) ? "paused" : "active"
      network.nodes[index].isNeverOpen = isTrue(15)
      network.nodes[index].capacity = isTrue(15) ? 0 : nil
      network.nodes[index].isStore = isTrue(20)
      network.nodes[index].isDown = isTrue(10)
      network.nodes[index].safety = isTrue(10) ? 2 : 0
      network.nodes[index].carrier = isTrue(80) ? pick(["post", "bike"]) : nil
      network.nodes[index].service = isTrue(20) ? "express" : "standard"
    }
    network.disrupted = Set(["post", "bike"].filter { _ in isTrue(30) })
    network.split = pick(["any", "any", "by_line", "none"])
    network.isComplete = isTrue(25)
    network.maxParcels = isTrue(40) ? pick([1, 2]) : nil
    network.threshold = isTrue(15) ? 25 : 0
    network.usesStores = !isTrue(30)
    network.usesExpress = !isTrue(40)
    return network
  }

  /// A shop in which an order's units are claimed while nothing stands in its way but lanes, and the network as it is after.
  private static func shop(_ network: Network) throws -> RoutedShop {
    let bare = Network(nodes: network.nodes.map { Network.Node(name: $0.name, carrier: nil, stock: $0.stock) })
    let shop = try RoutedShop(
      documents(bare),
      stock: network.nodes.flatMap { node in
        node.stock.sorted { $0.key < $1.key }.map { ($0.key, NodeID(node.name), $0.value) }
      })
    try shop.apply()
    let demand = ["A", "B"].map { sku in (SKU(sku), network.nodes.reduce(0) { $0 + ($1.stock[SKU(sku)] ?? 0) }) }
    try shop.place("o", demand.map { ($0.0, min(3, $0.1)) }.filter { $0.1 > 0 })
    try shop.apply()
    shop.state = try RoutedShop.state(documents(network))
    try shop.apply()
    return shop
  }

  private static func documents(_ network: Network) -> String {
    network.documents + "---\nkind: Carrier\nname: spare\n"
  }

  /// Units of the order that are on no node, and why.
  private static func unsent(_ shop: RoutedShop) throws -> OrderExplanation.Unsent? {
    OrderExplanation(
      of: "o", policy: Policy(shop.state, at: shop.now), snapshot: try shop.store.snapshot(.all), now: shop.now
    ).unsent
  }

  @Test(arguments: 0..<400) func whatIsNamedIsWhatStandsInTheWay(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let network = Self.network(&random)
    guard network.nodes.contains(where: { ($0.stock["A"] ?? 0) + ($0.stock["B"] ?? 0) > 0 }) else { return }
    let shop = try Self.shop(network)
    guard let unsent = try Self.unsent(shop) else { return }
    let named = unsent.obstacles
    #expect(!named.isEmpty && !named.contains(.notFound), "seed \(seed)")
    if case .waitsForUnits? = named.first { return }
    // Where no lane leads there at all, nothing else is looked at.
    if case .noLane? = named.first { return }
    var lifted = network
    for obstacle in named { lifted.lift(obstacle) }
    let isShort = named.contains(.stock)
    let rest = try Self.left(shop, lifted)
    #expect(
      isShort ? rest < unsent.units || named == [.stock] : rest == 0,
      "seed \(seed): \(rest) of \(unsent.units) are left, \(named)")
    for rule in network.rules where !named.contains(rule) {
      var other = network
      other.lift(rule)
      #expect(try Self.left(shop, other) == unsent.units, "seed \(seed): \(rule) would help, and \(named) is named")
    }
  }

  /// Units that are left when the shop's policy is another. The shop is left as it is.
  private static func left(_ shop: RoutedShop, _ network: Network) throws -> Quantity {
    let policy = Policy(try RoutedShop.state(documents(network)), at: shop.now)
    let snapshot = try shop.store.snapshot(.all)
    let actions = Plan.actions(of: policy, on: snapshot, now: shop.now).actions
    var waiting = snapshot.claims.values.joined().reduce(0) { $0 + ($1.node == nil ? $1.quantity : 0) }
    for case .moveClaim(_, let move) in actions {
      if move.wasNode == nil, move.node != nil { waiting -= move.quantity }
      if move.wasNode != nil, move.node == nil { waiting += move.quantity }
    }
    return waiting
  }

  // MARK: Single causes

  private static let two = Network(
    nodes: [
      Network.Node(name: "east", carrier: "post", stock: ["A": 2, "B": 0]),
      Network.Node(name: "west", carrier: "bike", stock: ["A": 0, "B": 2]),
    ])

  private static func altered(_ change: (inout Network) -> Void) -> Network {
    var network = two
    change(&network)
    return network
  }

  /// Each cause alone, with the words of the case and the fields of the policy that it names.
  static let scenes: [(Network, String, [String])] = [
    (
      altered { $0.maxParcels = 1 }, "2 units: it may have at most 1 parcel (max_parcels)",
      ["RoutingProfile/all max_parcels: 1"]
    ),
    (
      altered { $0.split = "none" }, "2 units: it must ship from one node (split: none)",
      ["RoutingProfile/all split: none"]
    ),
    (altered { $0.disrupted = ["bike"] }, "2 units: the carrier bike is disrupted", ["Carrier/bike status: disrupted"]),
    (altered { $0.nodes[1].status = "paused" }, "2 units: west is not active", ["Node/west status: paused"]),
    (
      altered { $0.nodes[1].isNeverOpen = true }, "2 units: west is not open on any day within a year",
      ["Node/west calendar: past"]
    ),
    (
      altered { $0.nodes[1].capacity = 0 }, "2 units: west has no labour capacity",
      ["Node/west labour_capacity: 0"]
    ),
    (altered { $0.nodes[1].capacity = 1 }, "1 units: waiting for labour at west", ["Node/west labour_capacity: 1"]),
    (
      altered {
        $0.nodes[1].service = "express"
        $0.usesExpress = false
      }, "2 units: the service express is not used for these orders", ["RoutingProfile/all services: [standard]"]
    ),
    (
      altered {
        $0.nodes[1].isStore = true
        $0.usesStores = false
      }, "2 units: stores are not used for these orders", ["RoutingProfile/all use_stores: false"]
    ),
    (
      altered { $0.nodes[1].isDown = true }, "2 units: west ships nothing more: FallbackRule/f-west",
      [
        "FallbackRule/f-west when: node_outage", "FallbackRule/f-west active: true", "FallbackRule/f-west then: zero",
      ]
    ),
    (
      altered { $0.nodes[1].safety = 2 }, "2 units: the stock at west is safety stock", ["SafetyStock/s-west units: 2"]
    ),
    (
      altered { $0.nodes[1].carrier = nil }, "2 units: west has it, but no lane leads from there to 'north'", []
    ),
    (
      altered {
        $0.nodes[0].carrier = nil
        $0.nodes[1].carrier = nil
      }, "4 units: no lane leads to the region 'north'", []
    ),
    (
      altered {
        $0.isComplete = true
        $0.maxParcels = 1
      },
      "4 units: it may have at most 1 parcel (max_parcels); it must ship complete "
        + "(ship_complete)", ["RoutingProfile/all max_parcels: 1", "RoutingProfile/all ship_complete: true"]
    ),
    // Neither alone would do.
    (
      altered {
        $0.disrupted = ["bike"]
        $0.nodes[1].status = "paused"
      }, "2 units: the carrier bike is disrupted; west is not active",
      ["Carrier/bike status: disrupted", "Node/west status: paused"]
    ),
  ]

  @Test(arguments: scenes) func eachCauseIsNamedWithItsPlace(network: Network, words: String, places: [String]) throws {
    let shop = try RoutedShop(
      Self.documents(network), stock: [("A", "east", 2), ("A", "west", 0), ("B", "east", 0), ("B", "west", 2)])
    // Claimed while all is well.
    shop.state = try RoutedShop.state(
      Self.documents(Network(nodes: Self.two.nodes.map { Network.Node(name: $0.name, stock: $0.stock) })))
    try shop.apply()
    try shop.place("o", [("A", 2), ("B", 2)])
    try shop.apply()
    shop.state = try RoutedShop.state(Self.documents(network))
    try shop.apply()
    #expect(try shop.cases() == ["o: " + words])
    let unsent = try #require(try Self.unsent(shop))
    let named = unsent.obstacles.flatMap { $0.places(in: Policy(shop.state, at: shop.now).places) }.map(\.words)
    #expect(named == places)
  }
}
