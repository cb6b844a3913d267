import DesiredState
import Operations
import Testing

@testable import Planning

/// A maximum over all regions is told by the line that says it, and one of a region by its own.
@Suite struct RegionalMaximumTests {
  private static let resources = """
    kind: AllocationTier
    name: fair
    rank: 2
    rule: fair_share
    ---
    kind: Node
    name: yard
    type: dc
    region: east
    ---
    kind: Region
    name: north
    nodes: [dc]
    ---
    kind: Region
    name: east
    nodes: [yard]
    ---
    kind: Channel
    name: web
    type: dtc
    tier: fair
    share: {weight: 1, max_units: 6}
    ---
    kind: Channel
    name: web
    scope: {region: east}
    share: {weight: 1, max_units: 4}

    """

  @Test(arguments: [(6, 1, 6, "in all regions"), (0, 5, 4, "once")] as [(Quantity, Quantity, Int, String)])
  func theRightLineIsNamed(north: Quantity, east: Quantity, most: Int, ending: String) throws {
    let shop = try PlannedShop(Self.resources)
    try shop.stock("A", 20)
    try shop.stock("A", 20, at: "yard")
    try shop.plan()
    if north > 0 { try shop.place("n", "web", [("A", north)]) }
    try shop.place("e", "web", [("A", east)], to: "east")
    try shop.plan()
    let uncovered = try #require(try shop.explanation("e").uncovered.first)
    let words = uncovered.obstacles.map(\.words)
    let expected = "orders of web may hold no more than \(most) units at once" + (north > 0 ? " in all regions" : "")
    #expect(words.first == expected && expected.hasSuffix(ending), "\(words)")
    let places = uncovered.obstacles.first?.places(in: shop.places, for: uncovered.part).map(\.words)
    #expect(places == ["Channel/web share: {weight: 1, max_units: \(most)}"])
  }
}
