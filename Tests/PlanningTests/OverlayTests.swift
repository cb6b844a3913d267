import ActualState
import DesiredState
import Operations
import TestSupport
import Testing

@testable import Planning

/// Which of several resources holds for an item: an item before a class before a brand before a business unit.
@Suite struct OverlayTests {
  private static let resources = """
    kind: ProductClass
    name: launch
    match: {season: launch}
    ---
    kind: Channel
    name: web
    type: dtc
    tier: first
    max_publish: 1
    ---
    kind: Channel
    name: web
    scope: {business_unit: retail}
    max_publish: 2
    ---
    kind: Channel
    name: web
    scope: {brand: north}
    max_publish: 3
    ---
    kind: Channel
    name: web
    scope: {class: launch}
    max_publish: 4
    ---
    kind: Channel
    name: web
    scope: {sku: S}
    max_publish: 5
    ---
    kind: Protection
    name: brand
    channel: web
    brand: north
    units: 7
    ---
    kind: Protection
    name: unit
    channel: web
    business_unit: retail
    units: 8
    ---
    kind: SafetyStock
    name: all
    units: 10
    ---
    kind: SafetyStock
    name: unit
    business_unit: retail
    units: 11
    ---
    kind: SafetyStock
    name: brand
    brand: north
    node: dc
    units: 12

    """

  @Test(
    arguments: [
      ("A", nil, [:], 1, 0, 10), ("A", nil, ["business_unit": "retail"], 2, 8, 11),
      ("A", nil, ["brand": "north"], 3, 7, 12),
      ("A", nil, ["brand": "north", "business_unit": "retail"], 3, 7, 12),
      ("A", "launch", ["brand": "north", "business_unit": "retail"], 4, 7, 12),
      ("A", nil, ["brand": "North", "business_unit": "ret"], 1, 0, 10),
      ("A", nil, ["season": "launch", "business_unit": "retail"], 4, 8, 11),
      ("S", "launch", ["brand": "north", "business_unit": "retail"], 5, 7, 12), ("S", nil, [:], 5, 0, 10),
    ] as [(SKU, String?, [String: String], Quantity, Quantity, Quantity)])
  func theNarrowestHolds(
    sku: SKU, class name: String?, attributes: [String: String], published: Quantity, protected: Quantity,
    safety: Quantity
  ) throws {
    let shop = try PlannedShop(Self.resources)
    try shop.stock("Other", 50)
    try shop.stock(sku, 50, class: name, attributes)
    try shop.plan()
    let row = try #require(try shop.store.grant(sku, "web"))
    #expect(row.published == published)
    #expect(row.grant?.protected == protected)
    #expect(try shop.store.position(sku, "dc")?.safetyStock == safety)
  }

  /// Looking into the table gives what working it out for the item would give, whatever the items are.
  @Test(arguments: 0..<50 as Range<UInt64>) func theTableSaysTheSame(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let policy = try PlannedShop(Self.resources).policy
    var parts = PolicyParts(policy)
    for _ in 0..<20 {
      func pick(_ values: String?...) -> String? { values.randomElement(using: &random) ?? nil }
      let name = pick(nil, "launch", "gone")
      var traits = ItemTraits(productClass: name)
      traits.attributes["brand"] = pick(nil, "north", "south", "east")
      traits.attributes["business_unit"] = pick(nil, "retail", "online")
      let place = parts.index(of: policy.part(of: traits), policy)
      let found = parts.rules[place]
      let wanted = policy.policy(
        of: CatalogPart(
          productClass: name, brand: traits.attributes["brand"], businessUnit: traits.attributes["business_unit"]))
      #expect(found.channels == wanted.channels, "seed \(seed): \(traits)")
      let wantedSafety = policy.safetyStock("dc", item: nil, rules: wanted)
      #expect(policy.safetyStock("dc", item: nil, rules: found) == wantedSafety, "seed \(seed): \(traits)")
    }
    // Brands that no resource names are as good as none.
    #expect(parts.parts.count <= 8, "seed \(seed)")
  }
}
