import ActualState
import Operations
import Testing

@testable import Planning

/// Promises that hold: what becomes of them when goods come later, sooner, fewer or not at all.
@Suite struct PromiseTests {
  private static func rule(_ fields: String) -> String { "---\nkind: BackorderRule\nname: all\n\(fields)\n" }

  /// Four units of ten that come in five days, promised for the seventh.
  private func shop(_ rule: String = "move_limit: 3d") throws -> PlannedShop {
    let shop = try PlannedShop(backordering: "", Self.rule(rule))
    try shop.buy("p", 10, in: 5)
    try shop.place("o", "web", [("A", 4)])
    try shop.plan(.dirty)
    try #require(try shop.promised("o") == 7)
    return shop
  }

  @Test func aPromiseMovesWithinItsLimitAndSaysSo() throws {
    let shop = try shop()
    try shop.move("p", to: 7)
    try shop.plan(.dirty)
    #expect(try shop.promised("o") == 9 && shop.openCases().isEmpty)
    // The limit is measured from the first promise, however often it has moved.
    try shop.move("p", to: 9)
    try shop.plan(.dirty)
    #expect(try shop.promised("o") == 9)
    #expect(
      try shop.openCases() == [
        "promise_at_risk o/1: promised for 2026-12-03; now expected 2026-12-05 by p/1 of mill"
      ])
    // Once its time is over it is broken.
    try shop.wait(PlannedShop.days(9))
    try shop.plan()
    #expect(
      try shop.openCases() == [
        "promise_broken o/1: promised for 2026-12-03; now expected 2026-12-05 by p/1 of mill"
      ])
    try shop.move("p", to: 8)
    try shop.plan(.dirty)
    #expect(try shop.notices() == ["backorder_accepted o", "promise_later o"])
    #expect(try shop.store.line("o", "1")?.firstPromisedAt == PlannedShop.noon + PlannedShop.days(7))
    let told = try shop.store.promises(of: "o", "1")
    #expect(told.map(\.number) == [1, 2])
  }

  /// Who was told an earlier day that still stands is to have the goods by that.
  @Test func goodsAreHurriedForTheDayThatStands() throws {
    let shop = try PlannedShop(backordering: "", "---\nkind: BackorderRule\nname: all\nmove_limit: 2d\ntransit: 2d\n")
    try shop.buy("p", 9, in: 10)
    try shop.place("o", "web", [("A", 4)])
    try shop.plan()
    try shop.move("p", to: 6)
    try shop.plan()
    #expect(try shop.promised("o") == 8)
    try shop.move("p", to: 20)
    try shop.plan()
    var needed: [String?] = []
    try shop.store.eachProposal { _, proposal, _ in needed.append(proposal.reason["needed_by"]?.string) }
    #expect(needed == [(PlannedShop.noon + PlannedShop.days(6)).description])
  }

  @Test(arguments: [
    ("tell_earlier: true", 4, ["backorder_accepted o", "promise_earlier o"]),
    ("tell_earlier: false", 7, ["backorder_accepted o"]),
  ])
  func goodNewsIsToldWhereThePolicySaysSo(rule: String, promised: Int64, notices: [String]) throws {
    let shop = try shop(rule)
    try shop.take(
      "asn.received",
      [
        "asn": "s", "po": "p",
        "lines": [["line": "1", "qty": 10, "eta": .string((PlannedShop.noon + PlannedShop.days(2)).description)]],
      ])
    try shop.plan(.dirty)
    #expect(try shop.promised("o") == promised && shop.notices() == notices)
  }

  /// The same day is the same promise.
  @Test func hoursDoNotMatter() throws {
    let shop = try shop()
    try shop.take(
      "purchase_order.changed",
      [
        "po": "p",
        "lines": [["line": "1", "eta": .string((PlannedShop.noon + PlannedShop.days(5) + .hour).description)]],
      ])
    #expect(try shop.plan(.dirty).isEmpty && shop.notices().count == 1)
  }

  @Test func whatIsCancelledIsTakenBackAndToldAndOpen() throws {
    let shop = try shop()
    try shop.take("purchase_order.cancelled", ["po": "p"])
    try shop.plan(.dirty)
    #expect(try shop.held("o") == 0 && shop.promised("o") == nil)
    #expect(try shop.notices() == ["backorder_accepted o", "backorder_cancelled o"])
    #expect(
      try shop.openCases() == [
        "promise_broken o/1: first promised for 2026-12-01; 4 units are not covered",
        "shortage o/1: 4 units are not covered: none is on hand; no purchase order or transfer is due to bring any",
      ])
    // What comes instead within the limit is promised anew; what comes later is for a person.
    try shop.buy("q", 10, in: 12)
    try shop.plan(.dirty)
    #expect(try shop.held("o") == 4 && shop.promised("o") == nil)
    #expect(
      try shop.openCases() == [
        "promise_broken o/1: first promised for 2026-12-01; now expected 2026-12-08 by q/1 of mill"
      ])
    try shop.move("q", to: 7)
    try shop.plan(.dirty)
    #expect(try shop.promised("o") == 9 && shop.openCases().isEmpty)
    #expect(try shop.notices().last == "backorder_accepted o")
  }

  @Test func whatElseIsToComeTakesItsPlace() throws {
    let shop = try shop()
    try shop.buy("q", 10, in: 6)
    try shop.take("purchase_order.cancelled", ["po": "p"])
    try shop.plan(.dirty)
    #expect(try shop.pools("o") == ["inbound:1:q/1": 4] && shop.promised("o") == 8)
    #expect(try shop.notices() == ["backorder_accepted o", "promise_later o"] && shop.openCases().isEmpty)
  }

  @Test func whatArrivesIsHandedOver() throws {
    let shop = try shop()
    try shop.receive("p", 10)
    try shop.plan(.dirty)
    #expect(try shop.pools("o") == ["shared": 4] && shop.store.item("A")?.shared == 6)
    #expect(try shop.promised("o") == 7 && shop.openCases().isEmpty)
  }

  /// Goods that come in where nothing is sold now are not lost: whoever waits for them waits on, and someone looks at it.
  @Test(arguments: [
    ("status: paused\n", "", 4),
    ("", "---\nkind: FallbackRule\nname: f\nwhen: node_outage\nnode: east\nactive: true\nthen: zero\n", 4),
    (
      "", "---\nkind: FallbackRule\nname: f\nwhen: node_outage\nnode: east\nactive: true\nthen: haircut\nfactor: 50%\n",
      2
    ),
  ])
  func whatArrivesWhereNothingIsSoldIsWaitedFor(status: String, rule: String, waiting: Quantity) throws {
    func policy(_ status: String, _ rule: String) -> String {
      Self.rule("move_limit: 3d") + "---\nkind: Node\nname: east\ntype: dc\nregion: north\n" + status + rule
    }
    let shop = try PlannedShop(backordering: "", policy("", ""))
    try shop.buy("p", 4, in: 5, to: "east")
    try shop.place("o", "web", [("A", 4)])
    try shop.plan()
    try #require(try shop.promised("o") == 7)
    try shop.receive("p", 4)
    try shop.agree(PlannedShop.backordering(web: "", policy(status, rule)))
    try shop.plan()
    let handedOver = waiting == 4 ? [:] : ["shared": 4 - waiting]
    #expect(try shop.pools("o") == handedOver.merging(["inbound:1:p/1": waiting]) { $1 })
    #expect(try shop.promised("o") == 7)
    let atRisk =
      "promise_at_risk o/1: promised for 2026-12-01; \(waiting) units of p/1, which arrived at east, cannot be counted on"
    let cases = try shop.openCases()
    #expect(cases.contains(atRisk), "\(cases)")
    try shop.agree(PlannedShop.backordering(web: "", policy("", "")))
    try shop.plan()
    #expect(try shop.pools("o") == ["shared": 4] && shop.openCases().isEmpty)
    #expect(try shop.notices() == ["backorder_accepted o"])
  }

  /// A receipt in part goes to those who wait as far as nobody else's protection has it, and the rest comes later.
  @Test func aReceiptInPartIsHandedOverToo() throws {
    let shop = try PlannedShop(
      backordering: "", "---\nkind: Protection\nname: base\nchannel: market\npercent_of_on_hand: 50%\n")
    try shop.buy("p", 10, in: 5)
    try shop.place("o1", "web", [("A", 6)])
    try shop.place("o2", "web", [("A", 4)])
    try shop.plan(.dirty)
    // All that is still to come is spoken for, so all that has come is theirs.
    try shop.receive("p", 4)
    try shop.plan(.dirty)
    #expect(try shop.pools("o1") == ["shared": 4, "inbound:1:p/1": 2] && shop.pools("o2") == ["inbound:1:p/1": 4])
    #expect(try shop.store.grant("A", "market")?.grant?.protected == 0)
    try shop.receive("p", 6)
    try shop.plan(.dirty)
    #expect(try shop.pools("o1") == ["shared": 6] && shop.pools("o2") == ["shared": 4])
  }

  /// Less than what was claimed came in the end: the last in rank go without.
  @Test func whatNeverCameIsNotHandedOver() throws {
    let shop = try shop()
    try shop.place("o2", "market", [("A", 6)])
    try shop.plan(.dirty)
    try shop.receive("p", 5)
    try shop.take("purchase_order.cancelled", ["po": "p"])
    try shop.plan(.dirty)
    #expect(try shop.held("o") == 4 && shop.held("o2") == 1)
    #expect(try shop.promised("o2") == nil && shop.notices().last == "backorder_cancelled o2")
  }

  /// A supplier in which nobody trusts any more: the promise stays, and someone looks at it.
  @Test func aSupplierThatIsDoubtedPutsPromisesAtRisk() throws {
    let shop = try PlannedShop(backordering: "")
    try shop.buy("p", 10, in: 5, from: "forge")
    try shop.place("o1", "web", [("A", 5)])
    try shop.place("o2", "web", [("A", 3)])
    try shop.plan(.dirty)
    try shop.agree(PlannedShop.backordering().replacing("80%", with: "60%"))
    try shop.plan()
    #expect(try shop.held("o1") == 5 && shop.held("o2") == 3 && shop.promised("o2") == 7)
    #expect(
      try shop.openCases() == [
        "promise_at_risk o2/1: promised for 2026-12-01; 2 units of p/1 by forge cannot be counted on"
      ])
    // Goods of another take the place of those in doubt.
    try shop.buy("q", 10, in: 5)
    try shop.plan(.dirty)
    #expect(try shop.pools("o2") == ["inbound:1:p/1": 1, "inbound:1:q/1": 2] && shop.openCases().isEmpty)
  }

  /// Promises run on the node's own clock, also on the day on which clocks are put forward.
  @Test func aNodesClockCounts() throws {
    let shop = try PlannedShop(
      backordering: "",
      """
      ---
      kind: Calendar
      name: berlin
      time_zone: Europe/Berlin
      open: {mon-sun: "08:00-18:00"}
      ---
      kind: Node
      name: east
      type: dc
      region: north
      calendar: berlin
      ---
      kind: BackorderRule
      name: all
      transit: 1d

      """)
    // 2027-03-28 03:30 in Berlin, an hour and a half after 02:00 became 03:00.
    try shop.take(
      "purchase_order.confirmed",
      [
        "po": "p", "supplier": "mill", "node": "east",
        "lines": [["line": "1", "sku": "A", "qty": 5, "eta": "2027-03-28T01:30:00Z"]],
      ])
    try shop.place("o", "web", [("A", 1)])
    try shop.plan(.dirty)
    // At 08:00 of the clock there, which is 06:00 UTC from that day on, and a day on its way.
    #expect(try shop.store.line("o", "1")?.promisedAt?.description == "2027-03-29T06:00:00Z")
  }

  /// A backorder that is late is a reason to hurry its purchase order.
  @Test func lateBackordersAreHurried() throws {
    let shop = try PlannedShop(
      backordering: "",
      Self.rule("move_limit: 1d")
        + "---\nkind: ReplenishmentPolicy\nname: all\nsupplier: mill\nnode: dc\nservice: {cycle: 95%}\n")
    try shop.buy("p", 10, in: 5)
    try shop.place("o", "web", [("A", 4)])
    try shop.plan(.dirty)
    try shop.move("p", to: 9)
    try shop.plan(.dirty)
    var hurried: [String] = []
    try shop.store.eachProposal { _, one, _ in
      if one.kind == .expedite { hurried.append("\(one.quantity) of \(one.line?.purchaseOrder.rawValue ?? "")") }
    }
    #expect(hurried == ["4 of p"])
  }

  /// Customers are told the days of their channel's clocks, by which a promise moves too: an hour that ends no day in UTC may
  /// end one in Auckland.
  @Test func daysAreThoseOfTheChannel() throws {
    let zoned = PlannedShop.backordering().split(separator: "name: web\n").joined(
      separator: "name: web\ntime_zone: Pacific/Auckland\n")
    let shop = try PlannedShop(zoned)
    try shop.stock("A", 0)
    try shop.plan()
    try shop.buy("p", 10, in: 5)
    try shop.place("o", "web", [("A", 4)])
    try shop.plan(.dirty)
    var days: [String?] = []
    try shop.store.eachMessage { message in
      if message.payload["kind"]?.string == "customer_notice" { days.append(message.payload["promised_on"]?.string) }
    }
    #expect(days == ["2026-12-02"])
    // Three hours earlier it is the same day in UTC and another there.
    let zone = try #require(ZoneRules(name: "Pacific/Auckland", firstOffset: 13 * 3600, transitions: []))
    let told = ToldPromise(
      at: Instant("2026-12-01T12:00:00Z"), first: Instant("2026-12-01T12:00:00Z"), policy: PromisePolicy(zone: zone))
    #expect(told.revision(expected: try #require(Instant("2026-12-01T09:00:00Z"))) == .tell(.promiseEarlier))
  }
}
