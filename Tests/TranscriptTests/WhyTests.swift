import Operations
import SQLite
import TestSupport
import Testing

/// `purser why`: a decision told in sentences, with the places of the policy that it rests on.
@Suite struct WhyTests {
  @Test func anOrderIsExplained() throws {
    let company = try CompanyFolder()
    try company.scratch.write(Self.events, to: "\(company.name)/events.jsonl")
    try company.succeed("import", "--repo", "ops", "--store", "ops.db", "events.jsonl")
    _ = try company.cycle()
    var transcript = Transcript(company)
    try transcript.run(
      """
      purser why order O-1 --repo ops --store ops.db --now 2026-11-24T10:00:00Z
      purser why order O-2 --repo ops --store ops.db --now 2026-11-24T10:00:00Z
      purser why order O-9 --repo ops --store ops.db
      """)
    #expect(transcript.text == Self.expected)
    let json = try company.succeed(
      "why", "order", "O-1", "--repo", "ops", "--store", "ops.db", "--now", CompanyFolder.now, "-o", "json"
    ).output
    #expect(json.contains(#""order": "O-1""#) && json.contains(#""lane": "dc-leipzig-central""#))
  }

  /// A route is told by the lines that it was decided by, wherever they stand today, and by what was changed since.
  @Test func anOldRouteIsExplainedByThePolicyOfItsTime() throws {
    let company = try CompanyFolder()
    try company.scratch.write(Self.events, to: "\(company.name)/events.jsonl")
    try company.succeed("import", "--repo", "ops", "--store", "ops.db", "events.jsonl")
    _ = try company.cycle()
    let lanes = "state/network/lanes.yaml"
    func commit(_ edit: String) throws -> String {
      try company.shell("cd ops && \(edit) && git commit -qam Edit && git rev-parse HEAD")
    }
    let decided = try company.shell("git -C ops rev-parse HEAD")
    let dearer = try commit("sed -i '47s/4.95/6.10/; 1i # A line more' \(lanes)")
    let later = try commit("sed -i 's/parcel_cost: 9.50/parcel_cost: 9.90/' \(lanes)")
    let closed = try commit("sed -i '/^handling_cost: 0.55/d' state/network/nodes.yaml")
    _ = try company.cycle()
    var transcript = Transcript(company)
    try transcript.run(
      "purser why order O-1 --repo ops --store ops.db --now 2026-11-24T10:00:00Z | sed -n '/ships from/,/it costs/p'")
    #expect(transcript.text == Self.old, "\(transcript.text)")

    let json = try JSONValue.parse(
      company.succeed(
        "why", "order", "O-1", "--repo", "ops", "--store", "ops.db", "--now", CompanyFolder.now, "-o", "json"
      ).output)
    #expect(
      json["policy_commit"]?.string == closed && json["routes"]?.array?.first?["policy_commit"]?.string == decided)
    let routed = json["chapters"]?.array?.first { $0["name"]?.string == "routed" }
    let point = try #require(routed?["points"]?.array?.first)
    #expect(point["policy_commit"]?.string == decided)
    #expect(point["since"]?.array?.compactMap { $0["commit"]?.string } == [dearer, closed], "not \(later)")
    // Each place is where the value stands in that commit.
    let places = point["because"]?.array ?? []
    #expect(places.count == 4)
    for place in places {
      let parts = try #require(place["location"]?.string).split(separator: ":")
      let line = try company.shell("git -C ops show \(decided):\(parts[0]) | sed -n \(parts[1])p")
      let words = try #require(place["value"]?.string).split(separator: " ", maxSplits: 1)
      #expect(line == words.last.map { String($0) }, "\(place)")
    }
  }

  /// What cannot be told by its own policy says so.
  @Test(arguments: [
    ("NULL", "by a policy whose commit was not recorded by an older Purser (locations are today's)"),
    ("'\(String(repeating: "c", count: 40))'", "by policy commit cccccccccc, which cannot be read here"),
  ]) func aRouteWhosePolicyIsUnknownSaysSo(policy: String, words: String) throws {
    let company = try CompanyFolder(items: 1)
    try company.importEvents(CompanyFolder.orders(3...3, items: 1), as: "order")
    _ = try company.cycle()
    try Connection(path: company.store, mode: .readWrite).execute("UPDATE routes SET policy = \(policy)")
    let text = try company.succeed("why", "order", "O-3", "--repo", "ops", "--store", "ops.db").output
    #expect(text.contains("decided \(CompanyFolder.now) \(words)"), "\(text)")
    #expect(text.contains("parcel_cost: 3.90    # state/network/lanes.yaml:10:14\n"), "\(text)")
  }

  private static let old = #"""
    $ purser why order O-1 --repo ops --store ops.db --now 2026-11-24T10:00:00Z | sed -n '/ships from/,/it costs/p'
    1| Where it ships from
    1|   decided 2026-11-24T10:00:00Z by policy commit <id>: 2 of TEA, 1 of CUP from 3pl-rotterdam by lowland-parcels (standard), leaves 2026-11-25T10:00:00Z, arrives 2026-11-27T10:00:00Z
    1|       Lane/3pl-rotterdam-central parcel_cost: 4.95    # state/network/lanes.yaml:47:14@<id>
    1|       Lane/3pl-rotterdam-central unit_cost: 0.40    # state/network/lanes.yaml:48:12@<id>
    1|       Lane/3pl-rotterdam-central transit: 2d    # state/network/lanes.yaml:46:10@<id>
    1|       Node/3pl-rotterdam handling_cost: 0.55    # state/network/nodes.yaml:26:16@<id>
    1|       since then: Lane/3pl-rotterdam-central parcel_cost: 6.10, changed in commit <id>    # state/network/lanes.yaml:48:14
    1|       since then: Node/3pl-rotterdam handling_cost is no longer set, changed in commit <id>
    1|   it costs 7.80: parcels 4.95, units 2.85
    = 0

    """#

  private static let expected = #"""
    $ purser why order O-1 --repo ops --store ops.db --now 2026-11-24T10:00:00Z
    1| O-1: claimed, placed 2026-11-24T09:00:00Z on storefront for central; policy commit <id>
    1| 
    1| It asked for
    1|   line 1: 2 of TEA
    1|   line 2: 1 of CUP
    1| 
    1| What covers it
    1|   line 1: 2 from the shared pool, claimed 2026-11-24T10:00:00Z, at 3pl-rotterdam
    1|       Channel/storefront reserve_at: order    # state/channels/channels.yaml:8:13
    1|       Channel/storefront tier: own    # state/channels/channels.yaml:7:7
    1|   line 2: 1 from the shared pool, claimed 2026-11-24T10:00:00Z, at 3pl-rotterdam
    1|       Channel/storefront reserve_at: order    # state/channels/channels.yaml:8:13
    1|       Channel/storefront tier: own    # state/channels/channels.yaml:7:7
    1| 
    1| Where it ships from
    1|   decided 2026-11-24T10:00:00Z: 2 of TEA, 1 of CUP from 3pl-rotterdam by lowland-parcels (standard), leaves 2026-11-25T10:00:00Z, arrives 2026-11-27T10:00:00Z
    1|       Lane/3pl-rotterdam-central parcel_cost: 4.95    # state/network/lanes.yaml:47:14
    1|       Lane/3pl-rotterdam-central unit_cost: 0.40    # state/network/lanes.yaml:48:12
    1|       Lane/3pl-rotterdam-central transit: 2d    # state/network/lanes.yaml:46:10
    1|       Node/3pl-rotterdam handling_cost: 0.55    # state/network/nodes.yaml:26:16
    1|   it costs 7.80: parcels 4.95, units 2.85
    1|   next best: dc-leipzig, which leaves units unsent
    1|   cheaper, if dc-leipzig had more of CUP
    1|   not by dc-leipzig-central-express: its service is not used for these orders
    1|   not by dc-leipzig-central: it would not be enough by itself
    1|   not by store-amsterdam-central: store-amsterdam had no stock of it available
    1|   not by store-antwerp-central: store-antwerp was closed
    1|       Node/store-antwerp status: paused    # state/network/nodes.yaml:68:9
    1|   not by store-berlin-central: store-berlin had no stock of it available
    1|   not by store-munich-central: store-munich had no stock of it available
    1| 
    1| What was promised
    1|   line 1 for 2026-11-27T10:00:00Z: it leaves 3pl-rotterdam at 2026-11-25T10:00:00Z and is in transit for 2d
    1|       Node/3pl-rotterdam calendar: 3pl-rotterdam    # state/network/nodes.yaml:22:11
    1|       Node/3pl-rotterdam cut_off: 12:00    # state/network/nodes.yaml:23:10
    1|       Node/3pl-rotterdam processing_time: 1d    # state/network/nodes.yaml:24:18
    1|       Lane/3pl-rotterdam-central transit: 2d    # state/network/lanes.yaml:46:10
    1|   line 2 for 2026-11-27T10:00:00Z: it leaves 3pl-rotterdam at 2026-11-25T10:00:00Z and is in transit for 2d
    1|       Node/3pl-rotterdam calendar: 3pl-rotterdam    # state/network/nodes.yaml:22:11
    1|       Node/3pl-rotterdam cut_off: 12:00    # state/network/nodes.yaml:23:10
    1|       Node/3pl-rotterdam processing_time: 1d    # state/network/nodes.yaml:24:18
    1|       Lane/3pl-rotterdam-central transit: 2d    # state/network/lanes.yaml:46:10
    = 0
    $ purser why order O-2 --repo ops --store ops.db --now 2026-11-24T10:00:00Z
    1| O-2: partly_claimed, placed 2026-11-24T09:00:00Z on storefront for overseas; policy commit <id>
    1| 
    1| It asked for
    1|   line 1: 1 of TEA
    1|   line 2: 100 of CUP, 73 not covered
    1| 
    1| What covers it
    1|   line 1: 1 from the shared pool, claimed 2026-11-24T10:00:00Z, on no node yet
    1|       Channel/storefront reserve_at: order    # state/channels/channels.yaml:8:13
    1|       Channel/storefront tier: own    # state/channels/channels.yaml:7:7
    1|   line 2: 27 from the shared pool, claimed 2026-11-24T10:00:00Z, on no node yet
    1|       Channel/storefront reserve_at: order    # state/channels/channels.yaml:8:13
    1|       Channel/storefront tier: own    # state/channels/channels.yaml:7:7
    1| 
    1| What it waits for
    1|   line 2: 73 of CUP are not covered:
    1|   - 4 are protected for subscription
    1|       Protection/subscription-base percent_of_on_hand: 10%    # state/allocation/protections.yaml:6:21
    1|   - 8 are protected for wholesale
    1|       Protection/wholesale-base percent_of_on_hand: 20%    # state/allocation/protections.yaml:11:21
    1|   - all 40 on hand are taken
    1|   - no purchase order or transfer is due to bring any
    1|   28 units are covered but not routed to a node:
    1|   - no lane leads to the region 'overseas'
    1|   case shortage of O-2/2, open since 2026-11-24T10:00:00Z
    1|   case unroutable of O-2, open since 2026-11-24T10:00:00Z
    = 0
    $ purser why order O-9 --repo ops --store ops.db
    2| error: there is no order 'O-9' [why.unknown_order]
    2|   hint: did you mean 'O-1'? `purser get orders -o name` lists the orders in the store
    = 1

    """#

  private static let events = """
    {"specversion":"1.0","id":"1","source":"/t","type":"catalog.item_upserted","time":"2026-11-24T08:00:00Z","data":{"sku":"TEA","uom":"each"}}
    {"specversion":"1.0","id":"2","source":"/t","type":"catalog.item_upserted","time":"2026-11-24T08:00:00Z","data":{"sku":"CUP","uom":"each"}}
    {"specversion":"1.0","id":"3","source":"/t","type":"inventory.counted","time":"2026-11-24T08:00:00Z","data":{"sku":"TEA","node":"dc-leipzig","on_hand":40}}
    {"specversion":"1.0","id":"4","source":"/t","type":"inventory.counted","time":"2026-11-24T08:00:00Z","data":{"sku":"TEA","node":"3pl-rotterdam","on_hand":40}}
    {"specversion":"1.0","id":"5","source":"/t","type":"inventory.counted","time":"2026-11-24T08:00:00Z","data":{"sku":"CUP","node":"3pl-rotterdam","on_hand":40}}
    {"specversion":"1.0","id":"6","source":"/t","type":"order.placed","time":"2026-11-24T09:00:00Z","data":{"order":"O-1","channel":"storefront","ship_to":{"region":"central"},"lines":[{"line":"1","sku":"TEA","qty":2,"unit_price":4.50},{"line":"2","sku":"CUP","qty":1,"unit_price":9}]}}
    {"specversion":"1.0","id":"7","source":"/t","type":"order.placed","time":"2026-11-24T09:00:00Z","data":{"order":"O-2","channel":"storefront","ship_to":{"region":"overseas"},"lines":[{"line":"1","sku":"TEA","qty":1},{"line":"2","sku":"CUP","qty":100}]}}

    """
}
