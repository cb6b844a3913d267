import TestSupport
import Testing

/// A company that comes with its history: events of weeks are imported, and only then does Purser run.
@Suite struct SalesHistoryTests {
  private static func event(_ id: String, _ type: String, _ data: String, at time: String) -> String {
    #"{"specversion":"1.0","id":"\#(id)","source":"/test","type":"\#(type)","time":"\#(time)","data":\#(data)}"#
  }

  private static func order(_ id: String, _ units: Int, _ channel: String, at time: String) -> String {
    event(
      "order-\(id)", "order.placed",
      #"{"order":"\#(id)","channel":"\#(channel)","ship_to":{"region":"central"},"lines":[{"line":"1","sku":"A","qty":\#(units)}]}"#,
      at: time)
  }

  private static func shipment(_ id: String, _ units: Int, at time: String) -> String {
    event(
      "shipment-\(id)", "shipment.dispatched",
      #"{"order":"\#(id)","node":"dc-leipzig","lines":[{"line":"1","qty":\#(units)}]}"#, at: time)
  }

  private static let item = event(
    "item", "catalog.item_upserted", #"{"sku":"A","uom":"each"}"#, at: "2026-11-01T00:00:00Z")

  private static func count(_ units: Int, at time: String) -> String {
    event("count-\(time)", "inventory.counted", #"{"sku":"A","node":"dc-leipzig","on_hand":\#(units)}"#, at: time)
  }

  private static func company(_ policy: String) throws -> CompanyFolder {
    let company = try CompanyFolder()
    try company.scratch.write(policy, to: "\(company.name)/ops/state/extra.yaml")
    try company.shell("cd ops && git add -A && git commit -qm 'Add a rule'")
    return company
  }

  private static func run(_ company: CompanyFolder, _ now: String) throws {
    try company.succeed("run", "--once", "--repo", "ops", "--store", "ops.db", "--now", now)
  }

  /// 20 a day for 28 days, whatever became of the orders and whenever the first cycle ran.
  @Test(arguments: ["shipped", "waiting", "shipped after the first cycle"])
  func velocityIsWhatWasOrderedOnItsDay(history: String) throws {
    let company = try Self.company(
      "kind: ReplenishmentPolicy\nname: a\nsku: A\nsupplier: alpine-textiles\nnode: dc-leipzig\nservice: {cycle: 95%}\n"
    )
    let days = (1...28).map { "2026-11-\($0 < 10 ? "0" : "")\($0)" }
    var events = [Self.item, Self.count(2000, at: "2026-11-01T01:00:00Z")]
    try company.importEvents(events, as: "stock")
    if history == "shipped after the first cycle" { try Self.run(company, "2026-11-01T02:00:00Z") }
    events = days.map { Self.order($0, 20, "storefront", at: "\($0)T10:00:00Z") }
    if history != "waiting" { events += days.map { Self.shipment($0, 20, at: "\($0)T13:00:00Z") } }
    events.append(Self.count(history == "waiting" ? 609 : 49, at: "2026-11-28T20:00:00Z"))
    try company.importEvents(events, as: "sales")
    try Self.run(company, "2026-11-28T21:00:00Z")
    // The day after, all 28 days are over, and what was claimed at once has been for hours.
    try Self.run(company, "2026-11-29T09:00:00Z")
    let proposals = try company.succeed("get", "proposals", "--store", "ops.db", "-o", "json").output.filter {
      !$0.isWhitespace
    }
    #expect(proposals.contains(#""per_day":20,"#), "\(history): \(proposals)")
    // The item was a day younger when that was proposed, and what asks for the same stays with its numbers.
    #expect(proposals.contains(#""deviation_per_day":0,"#) && proposals.contains(#""days":27,"#), "\(proposals)")
    #expect(proposals.contains(#""reorder_point":419,"#), "\(history): \(proposals)")
  }

  /// 20 of 25 left before the first cycle, and more afterwards that nothing was claimed for.
  @Test func whatLeftWithoutAClaimUsesTheCap() throws {
    let company = try Self.company(
      "kind: Channel\nname: outlet\ntype: marketplace\ntier: growth\ncap: {units: 25, window: 7d}\n")
    try company.importEvents(
      [
        Self.item, Self.count(500, at: "2026-11-20T01:00:00Z"),
        Self.order("o1", 20, "outlet", at: "2026-11-20T08:00:00Z"),
        Self.shipment("o1", 20, at: "2026-11-20T09:00:00Z"),
      ], as: "before")
    try Self.run(company, "2026-11-20T10:00:00Z")
    func left() throws -> String {
      let rows = try company.succeed("get", "availability", "--store", "ops.db").output.split(separator: "\n")
      return rows.filter { $0.contains("outlet") }.joined(separator: "\n")
    }
    let before = try left()
    #expect(before.contains(" 5 "), "\(before)")
    try company.importEvents(
      [
        Self.order("o2", 9, "outlet", at: "2026-11-20T11:00:00Z"),
        Self.shipment("o2", 7, at: "2026-11-20T11:30:00Z"),
      ], as: "after")
    try Self.run(company, "2026-11-20T12:00:00Z")
    let used = try left()
    #expect(!used.contains(" 5 "), "\(used)")
    // The window is over for what left on the 20th.
    try Self.run(company, "2026-11-28T12:00:00Z")
    let later = try left()
    #expect(later.contains(" 23 "), "\(later)")
  }
}
