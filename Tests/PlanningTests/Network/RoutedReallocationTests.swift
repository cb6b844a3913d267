import Operations
import Testing

@testable import Planning

/// Units that change hands while they stand on nodes: what that means for the orders on both sides.
@Suite struct RoutedReallocationTests {
  /// Orders of `vip` take from those of `market`.
  private static let channels = """
    ---
    kind: AllocationTier
    name: high
    rank: 2
    reallocation: win
    ---
    kind: AllocationTier
    name: low
    rank: 3
    reallocation: lose
    ---
    kind: Channel
    name: vip
    type: dtc
    tier: high
    ---
    kind: Channel
    name: market
    type: marketplace
    tier: low

    """

  private static func network(_ profile: String = "", more: String = "") -> String {
    RoutedShop.network(
      nodes: [("east", ""), ("west", "")], ways: [("east", "north", "4.00"), ("west", "north", "5.00")],
      profile: profile) + channels + more
  }

  /// Nobody else can be sent what a node's safety stock would keep.
  @Test func whatANodeMustKeepStaysWhereItIs() throws {
    let shop = try RoutedShop(Self.network(), stock: [("A", "east", 2), ("B", "east", 1)])
    try shop.apply()
    try shop.place("m", [("A", 2)], channel: "market")
    try shop.apply(.dirty)
    #expect(try shop.places("m") == ["east": 2])
    shop.state = try RoutedShop.state(
      Self.network(more: "---\nkind: SafetyStock\nname: s\nsku: A\nunits: 2\n"))
    try shop.apply()
    try shop.place("v", [("A", 2), ("B", 1)], channel: "vip")
    try shop.apply()
    #expect(try shop.places("m") == ["east": 2])
    #expect(try shop.places("v") == ["east": 1])
  }

  @Test func whatDoesNotReachTheWinnerIsRoutedAnew() throws {
    let shop = try RoutedShop(Self.network(), stock: [("A", "east", 2)])
    try shop.apply()
    try shop.place("m", [("A", 2)], channel: "market")
    try shop.apply(.dirty)
    try shop.place("v", [("A", 2)], to: "south", channel: "vip")
    try shop.apply()
    #expect(try shop.places("m").isEmpty)
    #expect(try shop.places("v") == ["-": 2])
    #expect(try shop.cases() == ["v: 2 units: no lane leads to the region 'south'"])
  }

  /// An order that ships from one node waits for it with the rest; when it loses what it had there, the rest is free to
  /// leave from elsewhere.
  @Test(arguments: [Snapshot.Scope.all, .dirty]) func whatIsLostOnANodeFreesTheRest(scope: Snapshot.Scope) throws {
    let shop = try RoutedShop(
      Self.network("split: none\n"), stock: [("A", "east", 1), ("A", "west", 0), ("B", "west", 1), ("B", "east", 0)])
    try shop.apply()
    try shop.place("m", [("A", 1), ("B", 1)], channel: "market")
    try shop.apply(.dirty)
    #expect(try shop.places("m") == ["east": 1, "-": 1])
    try shop.place("v", [("A", 1)], channel: "vip")
    if scope == .all {
      try shop.apply()
    } else {
      let plan = try shop.applyInPart(.dirty)
      #expect(plan.readVersions.map(\.sku) == ["A"])
      #expect(try shop.apply(.dirty).readVersions.map(\.sku).contains("B"))
    }
    #expect(try shop.places("v") == ["east": 1])
    #expect(try shop.places("m") == ["west": 1])
  }

  /// Of what must leave a node the taker gets its units; what the loser has left stays where it is.
  @Test func whatMustLeaveItsNodeIsTakenOnce() throws {
    let shop = try RoutedShop(Self.network(), stock: [("A", "east", 5), ("A", "west", 0)])
    try shop.apply()
    try shop.place("m", [("A", 5)], channel: "market")
    try shop.apply(.dirty)
    #expect(try shop.places("m") == ["east": 5])
    try shop.count("A", "east", 3)
    try shop.count("A", "west", 2)
    try shop.place("v", [("A", 2)], channel: "vip")
    try shop.apply()
    #expect(try shop.places("m") == ["east": 3])
    #expect(try shop.places("v") == ["west": 2])
  }
}
