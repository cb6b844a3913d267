import ActualState
import DesiredState
import DesiredStateFiles
import Operations
import Planning
import TestSupport
import Testing

@testable import Simulation

/// What must not depend on the order in which things are told.
@Suite struct OrderOfInputTests {
  private static func event(_ id: String, _ type: String, at minute: Int, _ data: JSONValue) -> Event {
    Event(
      source: "/test", id: id, type: type, time: World.start + TimeSpan(milliseconds: Int64(minute) * 60_000),
      data: data)
  }

  private static func item(_ sku: String) -> Event {
    event("item-\(sku)", "catalog.item_upserted", at: 0, ["sku": .string(sku), "uom": "each"])
  }

  private static func count(_ id: String, _ sku: String, _ node: String, _ units: Int, at minute: Int) -> Event {
    event(
      id, "inventory.counted", at: minute,
      ["sku": .string(sku), "node": .string(node), "on_hand": .integer(Int64(units))])
  }

  private static func store(_ events: [Event]) throws -> InMemoryStore {
    let store = InMemoryStore()
    for event in events {
      let receipt = try store.transaction { try store.receive(event, owners: EventOwners([:])) }
      try #require(receipt == .applied)
    }
    return store
  }

  /// Counts and moves, some at the same minute.
  @Test(arguments: 0..<60 as Range<UInt64>) func stockIsTheSameInAnyOrderOfArrival(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var events = (0..<12).map { number in
      let (node, minute) = (random.pick(["dc", "site"]), random.number(0...6))
      if random.chance(40) { return Self.count("\(number)", "A", node, random.number(0...20), at: minute) }
      let delta = JSONValue.integer(Int64(random.number(-5...5)))
      return Self.event(
        "\(number)", "inventory.adjusted", at: minute,
        ["sku": "A", "node": .string(node), "delta": delta, "reason": "check"])
    }
    var seen = Set<[String]>()
    for _ in 0..<6 {
      events.shuffle(using: &random)
      var rows: [String] = []
      try Self.store([Self.item("A")] + events).eachPosition { row, _ in rows.append("\(row.node) \(row.onHand)") }
      seen.insert(rows)
    }
    #expect(seen.count == 1, "seed \(seed): \(seen)")
  }

  /// A receipt that is in the last count already gives no stock and takes none.
  @Test func whatWasCountedAlreadyTakesNothingFromThePool() throws {
    let confirmed = Self.event(
      "po", "purchase_order.confirmed", at: 0,
      [
        "po": "1", "supplier": "mill", "node": "dc",
        "lines": [["line": "1", "sku": "A", "qty": 5, "eta": "2026-11-21T00:00:00Z"]],
      ])
    let store = try Self.store([Self.item("A"), Self.count("late", "A", "dc", 20, at: 9), confirmed])
    try store.transaction {
      var item = try #require(try store.item("A"))
      item.shared = 20
      try store.put(item)
      try store.setActive("dc", true)
    }
    let received = Self.event(
      "in", "purchase_order.received", at: 3, ["po": "1", "lines": [["line": "1", "qty": 5]]])
    #expect(try store.transaction { try store.receive(received, owners: EventOwners([:])) } == .applied)
    #expect(try store.item("A")?.shared == 20)
    #expect(try store.position("A", "dc")?.onHand == 20)
  }

  /// Rows that arrive in another order, and resources that stand elsewhere, give the same bytes.
  @Test(arguments: 0..<40 as Range<UInt64>) func equalInputsGiveByteEqualPlans(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let company = Company.random(at: World.start, &random)
    let resources = company.files.filter { $0.key.hasPrefix("state/") }.sorted { $0.key < $1.key }.flatMap {
      DecodedFile(decoding: SourceFile(path: $0.key, bytes: Array($0.value.utf8))).resources
    }
    let items = World.skus.map(Self.item)
    let rest =
      World.skus.flatMap { sku in
        World.nodes.map { Self.count("\(sku)\($0)", sku, $0, random.number(0...20), at: 1) }
      }
      + (0..<12).map { number in
        Self.event(
          "o\(number)", "order.placed", at: random.number(0...3),
          [
            "order": .string("o\(number)"), "channel": .string(random.pick(World.channels)),
            "ship_to": ["region": "here"],
            "lines": [
              ["line": "1", "sku": .string(random.pick(World.skus)), "qty": .integer(Int64(random.number(1...9)))]
            ],
          ])
      }
    var plans = Set<[[UInt8]]>()
    for _ in 0..<4 {
      let store = try Self.store(items.shuffled(using: &random) + rest.shuffled(using: &random))
      let policy = Policy(DesiredState(resources.shuffled(using: &random)), at: World.start)
      let plan = Plan(
        policy: policy, pin: PolicyPin(commit: "c", tree: "t", version: 1), previous: nil, policyChanged: true,
        snapshot: try store.snapshot(.all), now: World.start)
      #expect(!plan.isEmpty)
      plans.insert(plan.lines)
    }
    #expect(plans.count == 1, "seed \(seed)")
  }
}
