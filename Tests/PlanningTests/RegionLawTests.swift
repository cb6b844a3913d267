import ActualState
import DesiredState
import Operations
import TestSupport
import Testing

@testable import Planning

/// Laws of planning by region, on small worlds that a seed makes. After every plan the books balance in each region and a
/// full plan has nothing to do: `PlannedShop` sees to that.
@Suite struct RegionLawTests {
  struct World {
    var random: SplitMix64
    let regions: [RegionID]
    let shop: PlannedShop

    init(_ seed: UInt64) throws {
      random = SplitMix64(seed: seed)
      regions = Bool.random(using: &random) ? ["north", "south"] : ["north", "south", "west"]
      shop = try PlannedShop(Self.policy(regions, &random))
      for node in ["dc", "site", "store"] {
        try shop.stock("A", Quantity.random(in: 0...20, using: &random), at: node)
      }
    }

    static func policy(_ regions: [RegionID], _ random: inout SplitMix64) -> String {
      func maybe(_ text: String) -> String { Bool.random(using: &random) ? text : "" }
      let nodes = regions.count == 3 ? ["dc", "site", "store"] : ["dc", "site, store"]
      var text = "kind: Node\nname: site\ntype: dc\nregion: x\n---\nkind: Node\nname: store\ntype: dc\nregion: x\n"
      for (region, nodes) in zip(regions, nodes) { text += "---\nkind: Region\nname: \(region)\nnodes: [\(nodes)]\n" }
      for channel in ["web", "trade"] {
        text += "---\nkind: Channel\nname: \(channel)\ntype: dtc\ntier: first\n"
        text += maybe("cap: {units: \(Int.random(in: 0...15, using: &random)), window: 6h}\n")
        text += maybe("may_use_shared: false\n")
        for region in regions {
          let units = Int.random(in: 0...8, using: &random)
          text += maybe(
            "---\nkind: Channel\nname: \(channel)\nscope: {region: \(region)}\ncap: {units: \(units), window: 3h}\n")
          text += maybe(
            "---\nkind: Protection\nname: \(channel)-\(region)\nchannel: \(channel)\nregion: \(region)\n"
              + "units: \(units)\n")
        }
      }
      return text
    }

    mutating func place(_ number: Int) throws {
      try shop.place(
        OrderID("o\(number)"), Bool.random(using: &random) ? "web" : "trade",
        [("A", Quantity.random(in: 1...6, using: &random))],
        to: regions[Int.random(in: 0..<regions.count, using: &random)].rawValue)
    }

    /// What each channel has in each region.
    func grants() throws -> [String: Grant] {
      var grants: [String: Grant] = [:]
      try shop.store.eachGrant { row in grants["\(row.channel) \(row.region)"] = row.grant }
      return grants
    }
  }

  /// An order takes nothing from the protection of another channel or region, nor does the plan after it.
  @Test(arguments: 0..<60 as Range<UInt64>) func anOrderLowersNobodyElsesProtection(seed: UInt64) throws {
    var world = try World(seed)
    try world.shop.plan()
    for number in 0..<12 {
      let before = try world.grants()
      try world.place(number)
      let order = try #require(try world.shop.store.order(OrderID("o\(number)")))
      let claims = try world.shop.store.activeClaims(of: order.order, "1")
      #expect(claims.allSatisfy { $0.region.rawValue == order.region }, "seed \(seed)")
      if number % 3 == 0 { try world.shop.plan(.dirty) }
      for (name, grant) in try world.grants() where name != "\(order.channel) \(order.region)" {
        #expect(grant.protected >= before[name]?.protected ?? 0, "seed \(seed): \(order.order) lowers \(name)")
      }
    }
  }

  /// What is sold in all regions together, and in each, never goes beyond its cap.
  @Test(arguments: 0..<60 as Range<UInt64>) func capsHoldExactly(seed: UInt64) throws {
    var world = try World(seed)
    try world.shop.plan()
    let part = CatalogPart()
    for number in 0..<15 {
      try world.place(number)
      if number % 4 == 0 { try world.shop.plan() }
      let policy = world.shop.policy
      var used: [ChannelID: Quantity] = [:]
      var usedThere: [String: Quantity] = [:]
      try world.shop.store.eachClaim { claim in
        guard claim.state == .active else { return }
        used[claim.channel, default: 0] += claim.quantity
        usedThere["\(claim.channel) \(claim.region)", default: 0] += claim.quantity
      }
      for (index, channel) in policy.channels.enumerated() {
        if case .units(let cap) = policy.policy(of: part).channels[index].cap {
          #expect(used[channel] ?? 0 <= cap, "seed \(seed): \(channel)")
        }
        for region in world.regions {
          if case .units(let cap) = policy.policy(of: CatalogPart(region: region.rawValue)).channels[index].cap {
            #expect(usedThere["\(channel) \(region)"] ?? 0 <= cap, "seed \(seed): \(channel) in \(region)")
          }
        }
      }
    }
  }

  /// Each region offers what its nodes have left and no claim holds, whatever happens in the others.
  @Test(arguments: 0..<60 as Range<UInt64>) func nothingIsLostBetweenRegions(seed: UInt64) throws {
    var world = try World(seed)
    for number in 0..<9 {
      try world.place(number)
      try world.shop.plan(number % 2 == 0 ? .all : .dirty)
      let map = try world.shop.store.regionMap()
      var free: [RegionID: Quantity] = [:]
      try world.shop.store.eachPosition { row, _ in free[map.region(of: row.node), default: 0] += row.sellable }
      var offered: [RegionID: Quantity] = [:]
      try world.shop.store.eachGrant { offered[$0.region, default: 0] += $0.grant?.protected ?? 0 }
      let item = try #require(try world.shop.store.item("A"))
      for region in world.regions {
        let pool = item[region]
        #expect(
          pool.shared + (offered[region] ?? 0) == (free[region] ?? 0) - pool.claimed, "seed \(seed): \(region)")
      }
    }
  }
}
