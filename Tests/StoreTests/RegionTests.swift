import ActualState
import Digest
import Operations
import Testing

/// What an order may claim where regions are named: the stock of the region that serves it, and nothing else.
@Suite struct RegionTests {
  /// 10 of A at dc for the north, 4 at site for the south. Web may sell 8 in both together.
  private static func shop(_ store: any Store) throws -> Shop {
    let shop = try Shop(store, stock: ["A": 10])
    try store.setActive("site", true)
    try shop.take("inventory.counted", ["sku": "A", "node": "site", "on_hand": 4])
    try store.setActive("site", true)
    let map = RegionMap(
      nodes: ["dc": "north", "site": "south"], destinations: ["north": "north", "south": "south"], others: nil)
    try store.set(.regions, map.json.canonical)
    try shop.edit("A") { item in
      item.shared = 0
      item["north"].shared = 7
      item["south"].shared = 4
    }
    for (region, protected) in [("north", 3), ("south", 0)] as [(RegionID, Quantity)] {
      var row = GrantRow(sku: "A", channel: "web", region: region)
      row.grant = Grant(protected: protected)
      try store.put(row)
    }
    var overall = GrantRow(sku: "A", channel: "web")
    overall.grant = Grant(protected: 0, capLeft: 8, mayUseShared: false)
    try store.put(overall)
    try shop.checkBooks(after: "the plan")
    return shop
  }

  private static func place(
    _ order: OrderID, _ units: Quantity, to destination: String, cart: String? = nil, _ shop: Shop
  ) throws {
    try shop.take(
      "order.placed",
      [
        "order": .string(order.rawValue), "channel": "web", "ship_to": ["region": .string(destination)],
        "cart": JSONValue(cart), "lines": [["line": "1", "sku": "A", "qty": .integer(units)]],
      ])
  }

  private static func fill(_ cart: String, _ units: Quantity, to destination: String, _ shop: Shop) throws {
    try shop.take(
      "cart.updated",
      [
        "cart": .string(cart), "channel": "web", "ship_to": ["region": .string(destination)],
        "lines": [["line": "1", "sku": "A", "qty": .integer(units)]],
      ])
  }

  private static func offer(_ store: any Store, _ region: RegionID) throws -> (own: Quantity, shared: Quantity) {
    (try store.grant("A", "web", region)?.grant?.protected ?? 0, try store.item("A")?[region].shared ?? 0)
  }

  private static func left(_ store: any Store) throws -> Quantity? { try store.grant("A", "web")?.grant?.capLeft }

  @Test(arguments: StoreKind.allCases) func anOrderClaimsInItsOwnRegion(kind: StoreKind) throws {
    try kind.with { store in
      let shop = try Self.shop(store)
      try Self.place("s", 6, to: "south", shop)
      #expect(try shop.held("s") == 4)
      #expect(try Self.offer(store, "south") == (0, 0) && Self.offer(store, "north") == (3, 7))
      #expect(try store.activeClaims(of: "s", "1").map(\.region) == ["south"])
      try Self.place("n", 9, to: "north", shop)
      // Of the 8 that may be sold 4 went to the south.
      #expect(try shop.held("n") == 4)
      #expect(try Self.offer(store, "north") == (0, 6) && Self.left(store) == 0)
      try Self.place("late", 1, to: "north", shop)
      #expect(try shop.held("late") == 0)
      try shop.cancel("n")
      #expect(try Self.offer(store, "north") == (3, 7))
      try shop.take(
        "shipment.dispatched", ["order": "s", "node": "site", "lines": [["line": "1", "qty": 3]]])
      #expect(try store.item("A")?["south"] == RegionPool(shared: 0, claimed: 1))
    }
  }

  @Test(arguments: StoreKind.allCases) func nobodyServesAnUnknownDestination(kind: StoreKind) throws {
    try kind.with { store in
      let shop = try Self.shop(store)
      try Self.place("o", 1, to: "moon", shop)
      #expect(try shop.held("o") == 0)
      var map = try store.regionMap()
      map.others = "south"
      try store.set(.regions, map.json.canonical)
      try Self.place("p", 1, to: "moon", shop)
      #expect(try store.activeClaims(of: "p", "1").map(\.region) == ["south"])
    }
  }

  /// Stock that goes away is missing where it lay, and what was shipped without a claim too.
  @Test(arguments: StoreKind.allCases) func whatGoesAwayIsMissingWhereItLay(kind: StoreKind) throws {
    try kind.with { store in
      let shop = try Self.shop(store)
      try shop.take("inventory.counted", ["sku": "A", "node": "site", "on_hand": 1])
      #expect(try Self.offer(store, "south") == (0, 1) && Self.offer(store, "north") == (3, 7))
      try Self.place("n", 2, to: "north", shop)
      try shop.wait(.hour)
      // From the other region's node: the claim ends in its own region, and the units are gone from there.
      try shop.take("shipment.dispatched", ["order": "n", "node": "site", "lines": [["line": "1", "qty": 1]]])
      #expect(try Self.offer(store, "south") == (0, 0))
      #expect(try store.item("A")?["north"].claimed == 1)
    }
  }

  /// A cart's hold becomes the order's only where the order goes to the region whose stock it holds.
  @Test(arguments: StoreKind.allCases, ["north", "south"]) func aCartHoldsInItsRegion(
    kind: StoreKind, destination: String
  ) throws {
    try kind.with { store in
      let shop = try Self.shop(store)
      try store.setTerms(of: "web", ChannelTerms(reserveAt: .cart))
      try Self.fill("c", 5, to: "north", shop)
      #expect(try shop.held(cart: "c") == 5)
      #expect(try store.item("A")?["north"].claimed == 5)
      try Self.place("o", 5, to: destination, cart: "c", shop)
      #expect(try shop.held(cart: "c") == 0)
      #expect(try store.activeClaims(of: "o", "1").allSatisfy { $0.region.rawValue == destination })
      // What a cart gave back is not sold again before the next plan has looked at the cap: 3 of the 8 are left.
      #expect(try shop.held("o") == (destination == "north" ? 5 : 3))
    }
  }

  @Test(arguments: StoreKind.allCases) func aCartThatMovesHoldsInTheNewRegion(kind: StoreKind) throws {
    try kind.with { store in
      let shop = try Self.shop(store)
      try store.setTerms(of: "web", ChannelTerms(reserveAt: .cart))
      try Self.fill("c", 2, to: "north", shop)
      try Self.fill("c", 2, to: "south", shop)
      #expect(try store.activeClaims(of: OrderID(cart: "c"), "1").map(\.region) == ["south"])
      #expect(try store.item("A")?["north"].claimed == 0)
      #expect(try store.item("A")?["south"].claimed == 2)
    }
  }

  /// A node that serves another region by now gives what comes free on it to that one.
  @Test(arguments: StoreKind.allCases) func whatComesFreeBelongsToTheNodesRegion(kind: StoreKind) throws {
    try kind.with { store in
      let shop = try Self.shop(store)
      try Self.place("n", 5, to: "north", shop)
      var item = try #require(try store.item("A"))
      for claim in try store.activeClaims(of: "n", "1") {
        let move = ClaimMove(claim.held(for: nil), quantity: claim.quantity, to: claim.pool, at: "dc")
        try apply(.moveClaim("A", move), store)
      }
      item = try #require(try store.item("A"))
      #expect(item["north"].claimed == 0)
      let map = RegionMap(
        nodes: ["dc": "south", "site": "south"], destinations: ["north": "north", "south": "south"], others: nil)
      try store.set(.regions, map.json.canonical)
      try shop.edit("A") { $0["north"].shared = 0 }
      var row = try #require(try store.grant("A", "web", "north"))
      row.grant = Grant(protected: 0)
      try store.put(row)
      try shop.cancel("n")
      #expect(try Self.offer(store, "north") == (0, 0))
      #expect(try Self.offer(store, "south") == (0, 9))
    }
  }

  private func apply(_ action: Action, _ store: any Store) throws {
    let pin = PolicyPin(commit: "c", tree: "t", version: 1)
    let outcome = try store.apply(
      Application(
        planDigest: .init(of: action.json.canonicalBytes), expectedPin: nil, pin: pin,
        snapshotVersion: try store.version(), readVersions: [], actions: [action], record: nil, fullPlan: false,
        now: Shop.noon))
    #expect(outcome == .applied(record: nil))
  }
}
