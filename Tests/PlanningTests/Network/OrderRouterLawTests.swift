import ActualState
import Operations
import TestSupport
import Testing

@testable import Planning

/// Whatever happens in a shop with lanes: a plan of what was touched leaves a plan of all nothing to do, the books
/// balance, what an item can promise is what is there less what is claimed, and no node ships more than it can.
@Suite struct OrderRouterLawTests {
  private static let nodes = ["east", "north", "west"]
  private static let regions = ["a", "b"]

  @Test(arguments: 0..<60) func plansOfFewItemsRouteAsPlansOfAll(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    func pick<Element>(_ elements: [Element]) -> Element {
      elements[Int.random(in: 0..<elements.count, using: &random)]
    }
    func number(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &random) }
    func network() -> String {
      let nodes = Self.nodes.map { name in
        (name, pick(["", "", "labour_capacity: \(number(0...12))\n"]) + pick(["", "", "", "status: paused\n"]))
      }
      var ways: [(String, String, String)] = []
      for node in Self.nodes {
        for region in Self.regions where number(0...9) < 7 { ways.append((node, region, "\(number(1...3))")) }
      }
      let profile =
        pick(["", "split: by_line\n", "split: none\n"]) + pick(["", "ship_complete: true\n"])
        + pick(["", "max_parcels: 1\n", "max_parcels: 2\n"]) + pick(["", "split_penalty: 2\n"])
        + pick(["", "split_value_threshold: 20\n"])
      return RoutedShop.network(
        nodes: nodes, ways: ways.isEmpty ? [("east", "a", "1")] : ways, profile: profile,
        carrier: pick(["active", "active", "active", "disrupted"]))
        + pick(["", "", Self.strike(at: pick(Self.nodes))])
    }
    let skus: [SKU] = ["A", "B", "C"]
    let shop = try RoutedShop(
      network(), stock: skus.flatMap { sku in Self.nodes.map { (sku, NodeID($0), number(0...8)) } })
    try shop.apply()
    var orders: [String] = []
    for step in 0..<14 {
      switch number(0...9) {
      case 0...3:
        orders.append("o\(step)")
        try shop.place(
          "o\(step)", (0..<number(1...3)).map { _ in (pick(skus), number(1...4)) }, to: pick(Self.regions))
      case 4, 5: try shop.count(pick(skus), NodeID(pick(Self.nodes)), number(0...10))
      case 6 where !orders.isEmpty: try shop.take("order.cancelled", ["order": .string(pick(orders))])
      case 7 where !orders.isEmpty:
        try shop.take(
          "shipment.dispatched",
          [
            "order": .string(pick(orders)), "node": .string(pick(Self.nodes)),
            "lines": [["line": "1", "qty": .integer(number(1...2))]],
          ])
      case 8:
        shop.state = try RoutedShop.state(network())
        try shop.apply()
        continue
      default:
        shop.now = shop.now + TimeSpan(milliseconds: number(1...30) * 3_600_000)
        try shop.apply()
        continue
      }
      let plan = try shop.apply(.dirty)
      try check(plan, shop, "seed \(seed), step \(step)")
    }
  }

  private static func strike(at node: String) -> String {
    "---\nkind: FallbackRule\nname: strike\nwhen: carrier_disruption\ncarrier: post\nnode: \(node)\nactive: true\n"
      + "then: freeze\n"
  }

  private func check(_ plan: Plan, _ shop: RoutedShop, _ place: String) throws {
    let policy = Policy(shop.state, at: shop.now)
    let ways = Ways(policy)
    try shop.store.eachClaim { claim in
      guard claim.state == .active, let node = claim.node, let order = try shop.store.order(claim.order) else { return }
      #expect(
        try ways.lead(from: node, to: order.region, by: #require(claim.service)), "\(claim) stays at \(place)")
    }
    for planned in plan.actions {
      guard case .route(let order, let decision) = planned.action else { continue }
      #expect(!decision.parcels.isEmpty && Set(decision.parcels.map(\.node)).count == decision.parcels.count)
      for parcel in decision.parcels {
        let lane = policy.network.lanes.first { $0.name == parcel.lane }
        #expect(lane?.node == parcel.node && lane?.region == decision.region, "\(order) at \(place)")
        guard let capacity = policy.nodes[parcel.node]?.labourCapacity else { continue }
        try shop.store.eachLoad { load in
          if load.node == parcel.node, load.day == parcel.workDay { #expect(load.units <= capacity, "\(place)") }
        }
      }
    }
  }
}
