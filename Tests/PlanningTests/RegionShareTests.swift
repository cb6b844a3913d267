import ActualState
import Operations
import TestSupport
import Testing

@testable import Planning

/// How regions share a cap over all of them that does not suffice: by priority, then in proportion to what they want.
@Suite struct RegionShareTests {
  struct Want {
    var region: String
    var units: Quantity
    var priority: Int64 = 0
  }

  private static let nodes = ["dc", "site", "store"]

  /// A shop in which every order was placed while the cap was 0.
  /// - Parameters:
  ///   - stock: at the node of each region.
  ///   - names: what the regions are called, beside their nodes.
  private static func shop(
    _ names: [String], stock: [Quantity], cap: String, _ wants: [Want], more: String = ""
  ) throws -> PlannedShop {
    func resources(_ cap: String) -> String {
      var text = "kind: Node\nname: site\ntype: dc\nregion: x\n---\nkind: Node\nname: store\ntype: dc\nregion: x\n"
      for (name, node) in zip(names, nodes) {
        text += "---\nkind: Region\nname: \(name)\nnodes: [\(node)]\n"
      }
      return text + "---\nkind: Channel\nname: web\ntype: dtc\ntier: first\n\(cap)" + more
    }
    let shop = try PlannedShop(resources("cap: {units: 0, window: 1d}\n"))
    for (node, units) in zip(nodes, stock) { try shop.stock("A", units, at: node) }
    try shop.plan()
    for (number, want) in wants.enumerated() {
      try shop.take(
        "order.placed",
        [
          "order": .string("o\(number)"), "channel": "web", "priority": .integer(want.priority),
          "ship_to": ["region": .string(want.region)],
          "lines": [["line": "1", "sku": "A", "qty": .integer(want.units)]],
        ])
    }
    try shop.agree(resources(cap))
    try shop.plan()
    return shop
  }

  private static func held(_ shop: PlannedShop, _ count: Int) throws -> [Quantity] {
    try (0..<count).map { try shop.held(OrderID("o\($0)")) }
  }

  @Test(
    arguments: [
      // In proportion to what is wanted, and not the first in byte order first.
      ([100, 100, 100], 10, [Want(region: "a", units: 30), Want(region: "b", units: 20)], [6, 4]),
      // What a region cannot serve anyway is no reason to give it more.
      ([100, 5, 100], 10, [Want(region: "a", units: 15), Want(region: "b", units: 90)], [8, 2]),
      ([100, 0, 100], 10, [Want(region: "a", units: 15), Want(region: "b", units: 90)], [10, 0]),
      // A higher priority comes first, wherever it is.
      (
        [100, 100, 100], 10,
        [Want(region: "a", units: 30), Want(region: "b", units: 8, priority: 5), Want(region: "c", units: 30)],
        [1, 8, 1]
      ),
      // Ties go to the first in byte order.
      ([100, 100, 100], 1, [Want(region: "b", units: 5), Want(region: "a", units: 5)], [0, 1]),
      // Enough for all.
      ([100, 100, 100], 50, [Want(region: "a", units: 30), Want(region: "b", units: 20)], [30, 20]),
    ] as [([Quantity], Int, [Want], [Quantity])]) func aScarceCapIsShared(
      stock: [Quantity], cap: Int, wants: [Want], held: [Quantity]
    ) throws
  {
    let shop = try Self.shop(["a", "b", "c"], stock: stock, cap: "cap: {units: \(cap), window: 1d}\n", wants)
    #expect(try Self.held(shop, wants.count) == held)
  }

  @Test func aPercentageIsShared() throws {
    let shop = try Self.shop(
      ["a", "b", "c"], stock: [30, 10, 0], cap: "cap: {percent_of_available: 50%, window: 1d}\n",
      [Want(region: "a", units: 30), Want(region: "b", units: 10)])
    #expect(try Self.held(shop, 2) == [15, 5])
  }

  /// So is what may wait for goods to come.
  @Test func whatMayWaitIsShared() throws {
    let shop = try PlannedShop(
      "kind: Node\nname: site\ntype: dc\nregion: x\n---\nkind: Region\nname: a\nnodes: [dc]\n"
        + "---\nkind: Region\nname: b\nnodes: [site]\n---\nkind: Channel\nname: web\ntype: dtc\ntier: first\n"
        + "backorder: {accept: true, max_units: 10}\n")
    for node in ["dc", "site"] { try shop.stock("A", 0, at: node) }
    try shop.buy("p", 100, in: 5)
    try shop.buy("q", 100, in: 5, to: "site")
    try shop.place("o0", "web", [("A", 30)], to: "a")
    try shop.place("o1", "web", [("A", 20)], to: "b")
    try shop.plan()
    #expect(try Self.held(shop, 2) == [6, 4])
  }

  /// What one channel may not take is left for another in the same region.
  @Test func theRestGoesToOtherChannels() throws {
    let shop = try Self.shop(
      ["a", "b", "c"], stock: [10, 10, 0], cap: "cap: {units: 4, window: 1d}\n",
      [Want(region: "a", units: 10, priority: 9), Want(region: "b", units: 10, priority: 9)],
      more: "---\nkind: Channel\nname: trade\ntype: wholesale\ntier: first\ncap: {units: 9, window: 1d}\n")
    try shop.place("t0", "trade", [("A", 10)], to: "a")
    try shop.place("t1", "trade", [("A", 10)], to: "b")
    try shop.plan()
    #expect(try Self.held(shop, 2) == [2, 2])
    #expect(try shop.held("t0") + shop.held("t1") == 9)
  }

  // MARK: Laws

  private static func random(_ random: inout SplitMix64) -> (stock: [Quantity], wants: [Want]) {
    let stock = nodes.map { _ in Quantity.random(in: 0...12, using: &random) }
    let wants = (0..<7).map { _ in
      Want(
        region: ["a", "b", "c"][Int.random(in: 0...2, using: &random)],
        units: Quantity.random(in: 1...9, using: &random),
        priority: Int64.random(in: 0...1, using: &random))
    }
    return (stock, wants)
  }

  private static func byRegion(_ wants: [Want], _ held: [Quantity]) -> [String: Quantity] {
    Dictionary(zip(wants.map(\.region), held), uniquingKeysWith: +)
  }

  /// A higher cap lowers nobody's share, and the sum is what cap and stock allow.
  @Test(arguments: 0..<30 as Range<UInt64>) func aHigherCapLowersNobody(seed: UInt64) throws {
    var dice = SplitMix64(seed: seed)
    let (stock, wants) = Self.random(&dice)
    var most: Quantity = 0
    for (place, region) in ["a", "b", "c"].enumerated() {
      most += min(stock[place], wants.reduce(0) { $1.region == region ? $0 + $1.units : $0 })
    }
    var last: [Quantity]?
    for cap in 0...14 {
      let shop = try Self.shop(["a", "b", "c"], stock: stock, cap: "cap: {units: \(cap), window: 1d}\n", wants)
      let held = try Self.held(shop, wants.count)
      #expect(held.reduce(0, +) == min(Quantity(cap), most), "seed \(seed), cap \(cap)")
      if let last {
        #expect(zip(last, held).allSatisfy { $0 <= $1 }, "seed \(seed), cap \(cap): \(last), and then \(held)")
      }
      last = held
    }
  }

  /// What a region is called changes nobody's share by more than the unit that breaks a tie.
  @Test(arguments: 0..<60 as Range<UInt64>) func namesDecideTiesOnly(seed: UInt64) throws {
    var dice = SplitMix64(seed: seed)
    let (stock, wants) = Self.random(&dice)
    let cap = "cap: {units: \(Int.random(in: 0...14, using: &dice)), window: 1d}\n"
    let names = ["a": "w", "b": "v", "c": "u"]
    let shares = try Self.byRegion(wants, Self.held(Self.shop(["a", "b", "c"], stock: stock, cap: cap, wants), 7))
    let renamed = wants.map { Want(region: names[$0.region] ?? "", units: $0.units, priority: $0.priority) }
    let others = try Self.byRegion(renamed, Self.held(Self.shop(["w", "v", "u"], stock: stock, cap: cap, renamed), 7))
    for (region, units) in shares {
      #expect(abs(units - (others[names[region] ?? ""] ?? 0)) <= 1, "seed \(seed): \(shares), and then \(others)")
    }
    let (sum, other) = (shares.values.reduce(0) { $0 + $1 }, others.values.reduce(0) { $0 + $1 })
    #expect(sum == other, "seed \(seed)")
  }
}
