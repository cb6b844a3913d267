import Operations

/// The trade of the demo: a catalogue, opening stock and a day of a promotion, from a seed, so that every run tells
/// the same story.
struct DemoTrade {
  struct Item {
    var sku: String
    var season: String
    var price: Int64
  }

  struct Order {
    var id: String
    var channel: String
    var at: Instant
    var lines: [(sku: String, units: Int64)]
  }

  static let start = Instant("2026-11-27T06:00:00Z") ?? .distantPast
  static let hours = 24
  /// Of these, the hours before the manager steps in.
  static let firstHours = 8
  static let nodes = ["dc-leipzig", "3pl-rotterdam", "store-berlin", "store-amsterdam"]

  private var random: SeededNumbers
  private var orderCount = 0
  let items: [Item]
  /// Units of each item at each of `nodes`.
  let stock: [String: [Int64]]

  init(seed: UInt64) {
    var random = SeededNumbers(state: seed)
    let names = ["TENT", "STOVE", "SLEEPING-BAG", "BACKPACK", "HEADLAMP", "BOTTLE", "JACKET", "ROPE"]
    var items: [Item] = []
    for name in names {
      for size in 1...5 {
        let isLaunch = size == 5
        items.append(
          Item(
            sku: "\(name)-\(size)\(isLaunch ? "-PRO" : "")", season: isLaunch ? "launch" : "core",
            price: Int64(1990 + random.next(below: 18_000))))
      }
    }
    self.items = items
    stock = Dictionary(
      uniqueKeysWithValues: items.map { item in
        let size: UInt64 = item.season == "launch" ? 176 : 400
        return (
          item.sku,
          [size / 2 + random.next(below: size / 2), size / 4, 8 + random.next(below: 12), 8 + random.next(below: 12)]
            .map(Int64.init)
        )
      })
    self.random = random
  }

  var opening: [JSONValue] {
    var events: [JSONValue] = items.map { item in
      event(
        "catalog.item_upserted", id: "item-\(item.sku)", source: "/shop",
        ["sku": .string(item.sku), "uom": "each", "attributes": ["season": .string(item.season)]], at: Self.start)
    }
    for item in items {
      for (node, units) in zip(Self.nodes, stock[item.sku] ?? []) {
        events.append(
          event(
            "inventory.counted", id: "count-\(item.sku)-\(node)", source: "/wms",
            ["sku": .string(item.sku), "node": .string(node), "on_hand": .integer(units)], at: Self.start))
      }
    }
    let eta = Self.start + TimeSpan(milliseconds: 6 * TimeSpan.day.milliseconds)
    for item in items where item.season == "launch" {
      events.append(
        event(
          "purchase_order.confirmed", id: "po-\(item.sku)", source: "/erp",
          [
            "po": .string("PO-\(item.sku)"), "supplier": "alpine-textiles", "node": "dc-leipzig",
            "lines": [["line": "1", "sku": .string(item.sku), "qty": 200, "eta": .string(eta.description)]],
          ], at: Self.start))
    }
    return events
  }

  /// The orders of one hour. The promotion pulls hardest on the newest items, and hardest on the marketplaces.
  mutating func orders(hour: Int) -> [Order] {
    let peak = [3, 6, 12, 14].contains(hour) ? 3 : 1
    let weights: [(channel: String, orders: UInt64)] = [
      ("storefront", 14), ("marketplace-a", 26), ("marketplace-b", 12), ("wholesale", 1), ("subscription", 2),
      ("stores", 4),
    ]
    var orders: [Order] = []
    for (channel, mean) in weights {
      for _ in 0..<(Int(random.next(below: mean + 1) + mean / 2) * peak) {
        orderCount += 1
        let isLaunch = random.next(below: 100) < (channel == "marketplace-a" ? 70 : 45)
        let pool = items.filter { ($0.season == "launch") == isLaunch }
        let item = pool[Int(random.next(below: UInt64(pool.count)))]
        let units = channel == "wholesale" ? Int64(6 + random.next(below: 10)) : Int64(1 + random.next(below: 2))
        orders.append(
          Order(
            id: "\(channel.prefix(2).uppercased())\(100_000 + orderCount)", channel: channel,
            at: Instant(milliseconds: Self.time(hour).milliseconds + Int64(random.next(below: 3_500_000))),
            lines: [(item.sku, units)]))
      }
    }
    return orders.sorted { ($0.at, $0.id) < ($1.at, $1.id) }
  }

  static func time(_ hour: Int) -> Instant { start + TimeSpan(milliseconds: Int64(hour) * 3_600_000) }

  func event(_ order: Order) -> JSONValue {
    let lines: [JSONValue] = order.lines.enumerated().map { index, line in
      [
        "line": .string(String(index + 1)), "sku": .string(line.sku), "qty": .integer(line.units),
        "unit_price": .decimal(price(line.sku)),
      ]
    }
    return event(
      "order.placed", id: order.id, source: "/\(order.channel)",
      [
        "order": .string(order.id), "channel": .string(order.channel), "ship_to": ["region": "central"],
        "lines": .array(lines),
      ], at: order.at)
  }

  private func price(_ sku: String) -> String {
    let cents = items.first { $0.sku == sku }?.price ?? 0
    return "\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)"
  }

  private func event(_ type: String, id: String, source: String, _ data: JSONValue, at time: Instant) -> JSONValue {
    [
      "specversion": "1.0", "id": .string(id), "source": .string(source), "type": .string(type),
      "time": .string(time.description), "data": data,
    ]
  }
}

/// SplitMix64 (Steele, Lea and Flood, 2014): the same numbers from the same seed on every machine.
struct SeededNumbers {
  var state: UInt64

  mutating func next(below limit: UInt64) -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return (mixed ^ (mixed >> 31)) % max(1, limit)
  }
}
