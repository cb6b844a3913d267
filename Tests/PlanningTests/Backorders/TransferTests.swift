import ActualState
import Operations
import TestSupport
import Testing

@testable import Planning

/// Orders that wait for goods under way from one of our nodes to another.
@Suite struct TransferTests {
  private static let east = "---\nkind: Node\nname: east\ntype: dc\nregion: south\n"

  /// Ten are under way from `dc`, which keeps none, to `east`, where they are expected in three days.
  private func shop(_ rest: String = "", node: String = "") throws -> PlannedShop {
    let shop = try PlannedShop(PlannedShop.backordering(Self.east + node + rest))
    try shop.stock("A", 10)
    try shop.plan()
    try shop.send("t", 10, in: 3)
    try shop.plan(.dirty)
    return shop
  }

  @Test func anOrderWaitsForThemAndGetsThemWhenTheyArrive() throws {
    let shop = try shop()
    try shop.place("o", "web", [("A", 4)])
    try shop.plan(.dirty)
    #expect(try shop.pools("o") == ["inbound:transfer:1:t/1": 4] && shop.promised("o") == 5)
    #expect(try shop.notices() == ["backorder_accepted o"] && shop.openCases().isEmpty)
    #expect(try shop.store.grant("A", "web", .everywhere)?.published == 0, "what is on its way is not on hand")
    try shop.arrive("t", 10)
    try shop.plan(.dirty)
    #expect(try shop.pools("o") == ["shared": 4] && shop.promised("o") == 5)
    #expect(try shop.store.grant("A", "web", .everywhere)?.published == 6)
  }

  /// What comes first is waited for first, whoever sends it.
  @Test(arguments: [(2, "inbound:1:p/1"), (4, "inbound:transfer:1:t/1")] as [(Int64, String)])
  func whatComesFirstIsWaitedFor(days: Int64, pool: String) throws {
    let shop = try shop()
    try shop.buy("p", 5, in: days)
    try shop.place("o", "web", [("A", 4)])
    try shop.plan(.dirty)
    #expect(try shop.pools("o") == [pool: 4])
  }

  /// No supplier stands behind what is ours: the trust that is asked for keeps no order from it, and the other limits hold.
  @Test(
    arguments: [
      ("min_supplier_confidence: 100%", 4, ""), ("horizon: 3d", 4, ""), ("accept_transfers: true", 4, ""),
      ("accept_transfers: false", 0, "orders of web may not wait for t/1, a transfer from another node"),
      ("horizon: 2d", 0, "t/1 arrives later than 2d from now"),
      ("max_units: 3", 3, "no more than 3 units may be on backorder"),
      ("accept: false", 0, "orders of web may not wait for inbound goods (state/f.yaml:"),
    ] as [(String, Quantity, String)]) func theRuleSaysWhetherTheyCount(limit: String, held: Quantity, why: String)
    throws
  {
    let shop = try shop("---\nkind: BackorderRule\nname: all\n\(limit)\n")
    try shop.place("o", "web", [("A", 4)])
    try shop.plan(.dirty)
    #expect(try shop.held("o") == held)
    let cases = try shop.openCases()
    let shortage = "shortage o/1: \(4 - held) units are not covered: none is on hand; " + why
    #expect(held == 4 ? cases.isEmpty : cases.count == 1 && cases[0].hasPrefix(shortage), "\(cases)")
  }

  /// The receiving node's time from the dock to the shelf counts, its calendar and cut-off as for any order.
  @Test func theReceivingNodeTakesItsTime() throws {
    let shop = try shop(node: "receiving_time: 36h\nprocessing_time: 1d\n")
    try shop.place("o", "web", [("A", 4)])
    try shop.plan(.dirty)
    // Three days, a day and a half, a day, and two days on the way.
    #expect(try shop.store.line("o", "1")?.promisedAt == PlannedShop.noon + TimeSpan(milliseconds: 7.5.days))
  }

  @Test(arguments: ["status: paused\n", "past_due_after: 12h\n"]) func whatCannotBeSoldThereIsNotWaitedFor(
    node: String
  ) throws {
    let shop = try shop(node: node)
    try shop.wait(PlannedShop.days(4))
    try shop.plan()
    try shop.place("o", "web", [("A", 4)])
    try shop.plan(.dirty)
    #expect(try shop.pools("o").isEmpty)
    let cases = try shop.openCases().filter { !$0.hasPrefix("transfer_overdue") }
    let why = node.hasPrefix("status") ? "t/1 is due at east, from which nothing ships" : "t/1 is more than"
    #expect(cases.count == 1 && cases[0].contains(why), "\(cases)")
  }

  /// What is protected stays so on its way: six of ten units, or 60 % of them, wait for the channel that they are kept for,
  /// as long as they arrive while they are.
  @Test(
    arguments: [
      ("", 10), ("units: 6\n", 4), ("percent_of_on_hand: 60%\n", 4), ("units: 40\n", 0),
      ("units: 6\neffective: {until: 2026-11-26T00:00:00Z}\n", 10),
      ("units: 6\neffective: {until: 2026-12-26T00:00:00Z}\n", 4),
    ] as [(String, Quantity)])
  func whatIsProtectedStaysSoOnItsWay(amount: String, others: Quantity) throws {
    let protection = "---\nkind: Protection\nname: kept\nchannel: web\n" + amount
    let shop = try shop(amount.isEmpty ? "" : protection)
    try shop.place("m", "market", [("A", 10)])
    try shop.plan(.dirty)
    #expect(try shop.held("m") == others)
    if others < 10 {
      let cases = try shop.cases(.shortage)["A"] ?? ""
      #expect(cases.hasSuffix("what is left of t/1 is reserved for web"), "\(cases)")
    }
    try shop.place("w", "web", [("A", 9)])
    try shop.plan(.dirty)
    #expect(try shop.held("w") == min(9, 10 - others))
    try shop.arrive("t", 10)
    try shop.plan(.dirty)
    #expect(try shop.held("m") + shop.held("w") == min(10, others + 9))
    if others == 4 { #expect(try shop.pools("w") == ["protected:web": 6]) }
  }

  /// A new date moves the promise, and is told; past the limit a person decides.
  @Test(arguments: [(6, 8, "promise_later o"), (1, 3, "promise_earlier o"), (20, 5, nil)] as [(Int64, Int64, String?)])
  func anotherDateMovesThePromise(days: Int64, promised: Int64, notice: String?) throws {
    let shop = try shop()
    try shop.place("o", "web", [("A", 4)])
    try shop.plan(.dirty)
    try shop.take("transfer.changed", ["transfer": "t", "eta": shop.at(days)])
    try shop.plan(.dirty)
    #expect(try shop.promised("o") == promised)
    #expect(try shop.notices() == ["backorder_accepted o"] + (notice.map { [$0] } ?? []))
    let cases = try shop.openCases()
    #expect(
      cases == (notice == nil ? ["promise_at_risk o/1: promised for 2026-11-29; now expected 2026-12-16 by t/1"] : []))
    // Who hears the same again hears nothing new.
    let version = try shop.store.version()
    try shop.take("transfer.changed", ["transfer": "t", "eta": shop.at(days)])
    #expect(try shop.store.version() == version)
  }

  /// A transfer that is late counts from now on, as long as the node believes in it; its first date decides that, whatever
  /// is said since.
  @Test func aTransferThatNeverComesIsNotBelievedForEver() throws {
    let shop = try shop("---\nkind: BackorderRule\nname: all\nmove_limit: 30d\n", node: "past_due_after: 2d\n")
    try shop.place("o", "web", [("A", 4)])
    try shop.plan(.dirty)
    try shop.wait(PlannedShop.days(4))
    try shop.plan()
    #expect(try shop.promised("o") == 6)
    try shop.take("transfer.changed", ["transfer": "t", "eta": shop.at(9)])
    try shop.plan(.dirty)
    #expect(try shop.promised("o") == 11)
    try shop.wait(PlannedShop.days(2))
    try shop.plan()
    #expect(try shop.pools("o") == ["inbound:transfer:1:t/1": 4], "it may still come")
    #expect(
      try shop.openCases() == [
        "promise_at_risk o/1: promised for 2026-12-05; 4 units of t/1 in transit cannot be counted on"
      ])
    try shop.buy("p", 9, in: 10)
    try shop.plan(.dirty)
    #expect(try shop.pools("o") == ["inbound:1:p/1": 4] && shop.openCases().isEmpty)
  }

  /// The rest of what came in short is not promised for ever: a day after its date it is a case, and after a week nobody
  /// waits for it any more.
  @Test func theRestThatDoesNotComeIsACaseAndThenNothing() throws {
    let shop = try shop("---\nkind: BackorderRule\nname: all\nmove_limit: 30d\n")
    try shop.wait(PlannedShop.days(3))
    try shop.arrive("t", 7)
    try shop.plan()
    #expect(try shop.cases(.transferOverdue).isEmpty)
    try shop.wait(PlannedShop.days(2))
    try shop.plan()
    let overdue = try #require(try shop.cases(.transferOverdue)["A"])
    let due = PlannedShop.noon + PlannedShop.days(3)
    #expect(overdue.hasPrefix("t/1: 3 units were to be at east at \(due) and are not"), "\(overdue)")
    try shop.place("o", "web", [("A", 9)])
    try shop.plan()
    #expect(try shop.pools("o") == ["inbound:transfer:1:t/1": 2, "shared": 7])
    try shop.wait(PlannedShop.days(6))
    try shop.plan()
    #expect(try shop.cases(.promiseBroken)["A"]?.contains("2 units of t/1 in transit cannot be counted on") == true)
    try shop.place("late", "web", [("A", 1)])
    try shop.plan()
    #expect(try shop.cases(.shortage)["A"]?.contains("t/1 is more than 7d late and no longer counts") == true)
    try shop.take("transfer.changed", ["transfer": "t", "eta": shop.at(14)])
    try shop.plan()
    #expect(try shop.cases(.transferOverdue).isEmpty, "somebody said when it comes")
  }

  /// Fewer came than were sent: the rest is still on its way until somebody says that it is back or lost.
  @Test(arguments: ["returned", "lost"]) func whatIsMissingStaysUnderWayUntilSomebodySaysWhereItIs(goods: String) throws
  {
    let shop = try shop()
    try shop.place("o", "web", [("A", 9)])
    try shop.plan(.dirty)
    try shop.arrive("t", 6)
    try shop.plan(.dirty)
    #expect(try shop.pools("o") == ["inbound:transfer:1:t/1": 3, "shared": 6])
    #expect(try shop.onHand("dc") == 0 && shop.onHand("east") == 6)
    try shop.take("transfer.cancelled", ["transfer": "t", "goods": .string(goods)])
    try shop.plan(.dirty)
    let isBack = goods == "returned"
    #expect(try shop.pools("o") == ["shared": isBack ? 9 : 6])
    #expect(try shop.onHand("dc") == (isBack ? 4 : 0) && shop.onHand("east") == 6)
    #expect(try shop.notices() == ["backorder_accepted o"] + (isBack ? [] : ["backorder_cancelled o"]))
    #expect(try shop.inTransit() == 0 && shop.store.transferLine("t", "1")?.open == 0)
    // A second word about the same goods changes nothing, and what turns up after all is there.
    try shop.take("transfer.cancelled", ["transfer": "t", "goods": .string(goods)])
    #expect(try shop.onHand("dc") == (isBack ? 4 : 0))
    try shop.arrive("t", 1)
    try shop.plan(.dirty)
    #expect(try shop.onHand("east") == 7 && shop.held("o") == (isBack ? 9 : 7))
  }

  @Test func aPartOfALineCanBeCancelled() throws {
    let shop = try shop()
    try shop.place("o", "web", [("A", 9)])
    try shop.plan(.dirty)
    try shop.take(
      "transfer.cancelled", ["transfer": "t", "goods": "lost", "lines": [["line": "1", "qty": 3]]])
    try shop.plan(.dirty)
    #expect(try shop.pools("o") == ["inbound:transfer:1:t/1": 7])
    #expect(try shop.inTransit() == 7 && shop.onHand("dc") == 0)
  }

  /// What comes fills up what the node lacks of its safety stock, and what is claimed and not there, before it is sold.
  @Test func safetyStockAndDebtComeFirst() throws {
    let shop = try shop("---\nkind: SafetyStock\nname: s\nnode: east\nunits: 3\n")
    try shop.place("o", "web", [("A", 9)])
    try shop.plan(.dirty)
    #expect(try shop.pools("o") == ["inbound:transfer:1:t/1": 7])
  }

  /// A share of what is to come is kept of what is bought; what moves between nodes has come in already.
  @Test func noShareOfThemIsKept() throws {
    let shop = try shop(
      "---\nkind: Protection\nname: p\nchannel: market\npercent_of_inbound: 100%\n"
        + "effective: {from: 2026-11-20T00:00:00Z, until: 2026-12-20T00:00:00Z}\n")
    try shop.buy("p", 9, in: 2)
    try shop.place("o", "web", [("A", 4)])
    try shop.plan(.dirty)
    #expect(try shop.pools("o") == ["inbound:transfer:1:t/1": 4])
  }

  /// What leaves a node that had sold it is missing there at once, and is waited for where it goes: it is never counted at
  /// both ends.
  @Test func whatWasSoldBeforeItLeftIsNotSoldTwice() throws {
    let shop = try PlannedShop(PlannedShop.backordering(Self.east))
    try shop.stock("A", 10)
    try shop.plan()
    try shop.place("o", "web", [("A", 6)])
    try shop.plan(.dirty)
    try shop.send("t", 8, in: 3)
    try shop.plan(.dirty)
    #expect(try shop.store.grant("A", "web", .everywhere)?.published == 0)
    try shop.place("p", "web", [("A", 9)])
    try shop.plan(.dirty)
    // Ten in all: six are sold, of which two are there, so four more can be.
    #expect(try shop.held("o") + shop.held("p") == 10)
    try shop.arrive("t", 8)
    try shop.plan(.dirty)
    #expect(try shop.pools("o").keys.allSatisfy { $0 == "shared" } && shop.held("o") + shop.held("p") == 10)
  }

  /// Goods under way are of the region of the node that they come to.
  @Test func theyAreOfTheReceivingRegion() throws {
    let shop = try PlannedShop(
      PlannedShop.backordering(
        Self.east + "---\nkind: Region\nname: north\nnodes: [dc]\n---\nkind: Region\nname: south\nnodes: [east]\n"))
    try shop.stock("A", 10)
    try shop.plan()
    try shop.send("t", 10, in: 3)
    try shop.plan(.dirty)
    try shop.place("n", "web", [("A", 2)], to: "north")
    try shop.place("s", "web", [("A", 4)], to: "south")
    try shop.plan(.dirty)
    #expect(try shop.pools("n").isEmpty && shop.pools("s") == ["inbound:transfer:1:t/1": 4])
    try shop.take("transfer.cancelled", ["transfer": "t", "goods": "returned"])
    try shop.plan(.dirty)
    #expect(try shop.pools("n") == ["shared": 2] && shop.pools("s").isEmpty, "it is back in the north")
    #expect(try shop.notices() == ["backorder_accepted s", "backorder_cancelled s"])
  }

  /// Where nothing is under way and nothing bought, no book is made.
  @Test func anItemWithoutGoodsToComeHasNoBook() throws {
    let shop = try PlannedShop(PlannedShop.backordering(Self.east))
    try shop.stock("A", 0)
    try shop.place("o", "web", [("A", 4)])
    try shop.plan()
    #expect(
      try shop.openCases() == [
        "shortage o/1: 4 units are not covered: none is on hand; no purchase order or transfer is due to bring any"
      ])
  }
}

extension PlannedShop {
  func at(_ days: Int64) -> JSONValue { .string((Self.noon + Self.days(days)).description) }

  /// Sends units from `dc`, an hour later, since what leaves before a count is in it.
  func send(_ transfer: String, _ units: Quantity, in days: Int64, from: String = "dc", to: String = "east") throws {
    now = now + .hour
    try take(
      "transfer.dispatched",
      [
        "transfer": .string(transfer), "from": .string(from), "to": .string(to), "eta": at(days),
        "lines": [["line": "1", "sku": "A", "qty": .integer(units)]],
      ])
  }

  func arrive(_ transfer: String, _ units: Quantity) throws {
    now = now + .hour
    try take("transfer.received", ["transfer": .string(transfer), "lines": [["line": "1", "qty": .integer(units)]]])
  }

  func onHand(_ node: NodeID) throws -> Quantity { try store.position("A", node)?.onHand ?? 0 }

  /// What the ledger has on the way, and what the lines say of it: more may arrive than was sent, and what was lost may
  /// turn up.
  func transferred() throws -> (inTransit: Quantity, open: Quantity) {
    var open: Quantity = 0
    for number in 0..<100 {
      for line in try store.transferLines(of: TransferID("t\(number)")) {
        open += line.dispatched - line.received - line.cancelled
      }
    }
    return (try inTransit(), open)
  }

  /// Units that the ledger has on the way.
  func inTransit() throws -> Quantity {
    var units: Quantity = 0
    try store.eachEntry { entry in
      if entry.to == .inTransit { units += entry.quantity }
      if entry.from == .inTransit { units -= entry.quantity }
    }
    return units
  }
}

extension Double { fileprivate var days: Int64 { Int64(self * Double(TimeSpan.day.milliseconds)) } }
