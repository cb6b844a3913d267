import TestSupport
import Testing

/// Bad input of planning, from the command line on: each a diagnostic or a case, never a crash, never a silent cap.
@Suite struct PlanningInputTests {
  private static func event(_ id: String, _ type: String, _ data: String, at time: String = "2026-11-24T08:00:00Z")
    -> String
  {
    #"{"specversion":"1.0","id":"\#(id)","source":"/test","type":"\#(type)","time":"\#(time)","data":\#(data)}"#
  }

  private static func item(_ units: Int, sku: String = "A") -> [String] {
    [
      event("item-\(sku)", "catalog.item_upserted", #"{"sku":"\#(sku)","uom":"each"}"#),
      event("count-\(sku)", "inventory.counted", #"{"sku":"\#(sku)","node":"dc-leipzig","on_hand":\#(units)}"#),
    ]
  }

  private static func order(_ id: String, _ units: String, _ channel: String = "storefront") -> String {
    event(
      "order-\(id)", "order.placed",
      #"{"order":"\#(id)","channel":"\#(channel)","ship_to":{"region":"central"},"lines":[{"line":"1","sku":"A","qty":\#(units)}]}"#
    )
  }

  private static func commit(_ text: String, in company: CompanyFolder) throws {
    try company.scratch.write(text, to: "\(company.name)/ops/state/extra.yaml")
    try company.shell("cd ops && git add -A && git commit -qm 'Add what is wrong'")
  }

  private static func cases(_ company: CompanyFolder) throws -> String {
    try company.succeed("get", "cases", "--store", "ops.db").output
  }

  // MARK: What people write

  /// Each by its name: what stands in the file, the exit code of `purser validate`, and what it says.
  @Test(arguments: [
    (
      "a circle of calendars",
      "kind: Calendar\nname: c\nextends: d\n---\nkind: Calendar\nname: d\nextends: c\n", 1,
      ["state.calendar_circle", "state/extra.yaml:7:10", "c → d → c"]
    ),
    ("a calendar with nothing but gaps", "kind: Calendar\nname: c\nopen: {}\n", 1, ["state.never_open", ":3:"]),
    (
      "hours that end before they begin", "kind: Calendar\nname: c\nopen: {mon: \"18:00-09:00\"}\n", 1,
      ["state/extra.yaml:3:13"]
    ),
    (
      "a lane without a carrier", "kind: Lane\nname: l\nnode: dc-leipzig\nto: moon\ntransit: 1d\nparcel_cost: 4\n", 1,
      ["state.required", "'carrier'"]
    ),
    (
      "a lane with an unknown carrier",
      "kind: Lane\nname: l\nnode: dc-leipzig\nto: moon\ncarrier: parcel-pots\ntransit: 1d\nparcel_cost: 4\n", 1,
      ["state.missing_reference", "did you mean 'parcel-post'?"]
    ),
    ("no lead time", "kind: Supplier\nname: s\nlead_time: 0d\nconfidence: 90%\n", 1, ["state.wrong_type", ":3:12"]),
    (
      "a lead time below nothing", "kind: Supplier\nname: s\nlead_time: -3d\nconfidence: 90%\n", 1,
      ["state.wrong_type", ":3:12"]
    ),
    (
      "a forecast of NaN",
      "kind: ReplenishmentPolicy\nname: r\nsku: A\nsupplier: alpine-textiles\nnode: dc-leipzig\nservice: {cycle: 95%}\nforecast_adjustment: NaN\n",
      1, ["state.wrong_type", ":7:22"]
    ),
    (
      "a deviation of one day",
      "kind: ReplenishmentPolicy\nname: r\nsku: A\nsupplier: alpine-textiles\nnode: dc-leipzig\nservice: {cycle: 95%}\nvelocity_window: 1d\n",
      1, ["state.whole_days", ":7:18", "from 2d to 365d"]
    ),
    (
      "a capacity of nothing", "kind: Node\nname: n\ntype: dc\nregion: west\nlabour_capacity: 0\n", 0,
      ["state.no_capacity", ":5:18"]
    ),
    (
      "a minimum above its maximum",
      "kind: AllocationTier\nname: t\nrank: 7\nrule: fair_share\n---\nkind: Channel\nname: c\ntype: dtc\ntier: t\nshare: {min_units: 9, max_units: 8}\n",
      1, ["state.cannot_be_met", ":10:20"]
    ),
    (
      "tiers of one rank that are served in two ways",
      "kind: AllocationTier\nname: t\nrank: 2\nrule: fair_share\n", 1, ["state.mixed_rank", ":3:7"]
    ),
    (
      "a service that no lane offers", "kind: RoutingProfile\nname: p\nchannel: stores\nservices: [expres]\n", 0,
      ["state.service_not_offered", ":4:12", "did you mean 'express'?"]
    ),
  ])
  func isReportedWhereItStands(name: String, text: String, code: Int32, words: [String]) throws {
    let company = try CompanyFolder()
    try company.scratch.write(text, to: "\(company.name)/ops/state/extra.yaml")
    let result = try company.run(["validate", "ops"])
    #expect(result.status == code, "\(name): \(result.errors)")
    for word in words { #expect(result.errors.contains(word), "\(name): \(result.errors)") }
  }

  /// The zone's clocks go back an hour in the night of 25 October: the day after begins at 06:00 there all the same.
  @Test func theDayOnWhichClocksChangeBeginsOnTheWall() throws {
    let company = try CompanyFolder()
    try Self.commit(
      "kind: Calendar\nname: daily\ntime_zone: Europe/Berlin\nopen: {mon-sun: \"06:00-22:00\"}\n", in: company)
    try company.shell(
      "cd ops && sed -i 's/^calendar: dc-leipzig/calendar: daily/' state/network/nodes.yaml && git commit -qam Daily")
    let time = "2026-10-24T15:00:00Z"
    try company.importEvents(
      Self.item(9) + [
        Self.event(
          "order-late", "order.placed",
          #"{"order":"late","channel":"storefront","ship_to":{"region":"central"},"lines":[{"line":"1","sku":"A","qty":1}]}"#,
          at: time)
      ], as: "events")
    try company.succeed("run", "--once", "--repo", "ops", "--store", "ops.db", "--now", time)
    let why = try company.succeed("why", "order", "late", "--repo", "ops", "--store", "ops.db", "--now", time).output
    // 06:00 there is 05:00 in UTC by now, and four hours of work come on top.
    #expect(why.contains("leaves 2026-10-25T09:00:00Z"), "\(why)")
  }

  // MARK: What happens

  @Test func anOrderWithTenThousandLinesIsRouted() throws {
    let company = try CompanyFolder()
    let lines = (1...10_000).map { #"{"line":"\#($0)","sku":"A","qty":1}"# }.joined(separator: ",")
    let order = Self.event(
      "order", "order.placed",
      #"{"order":"long","channel":"storefront","ship_to":{"region":"central"},"lines":[\#(lines)]}"#)
    try company.importEvents(Self.item(20_000) + [order], as: "events")
    let cycle = try company.cycle()
    #expect(cycle.status == 0, "\(cycle.errors)")
    #expect(
      try Self.cases(company).contains("4000 units: waiting for labour at dc-leipzig"), "a day's labour is 6,000 units")
    let orders = try company.succeed("get", "orders", "--store", "ops.db").output
    #expect(orders.contains("claimed    10000     0  dc-leipzig"), "\(orders)")
    // And it is told in as many lines as somebody reads; as JSON whole.
    let why = ["why", "order", "long", "--repo", "ops", "--store", "ops.db"]
    let text = try company.run(why).output
    #expect(text.contains("\n  … and 9940 more (-o json shows all)\n"), "\(text.prefix(4000))")
    #expect(text.split(separator: "\n").count < 1500)
    #expect(try company.run(why + ["-o", "json"]).output.contains("line 9999: 1 of A"))
  }

  @Test func anOrderForATrillionUnitsIsShortOfAllThatIsNotThere() throws {
    let company = try CompanyFolder()
    let imported = try company.importEvents(
      Self.item(100) + [Self.order("huge", "1000000000000"), Self.order("huger", "1000000000001")], as: "events")
    #expect(imported.errors.contains("data.lines[0].qty must be a whole number from 1 to 1000000000000"))
    #expect(try company.plan().output.contains("huge/1: 999999999930 of A missing, no supply expected"))
    #expect(try company.cycle().status == 0)
    #expect(try Self.cases(company).contains("999999999930 units are not covered"))
  }

  @Test func anOrderTooLargeToWeighHasACase() throws {
    let company = try CompanyFolder()
    try company.shell(
      "cd ops && sed -i 's/^unit_cost: .*/unit_cost: 9000000.00/' state/network/lanes.yaml && git commit -qam Dear")
    try company.importEvents(Self.item(1_000_000_000_000) + [Self.order("huge", "700000000000")], as: "events")
    #expect(try company.cycle().status == 0)
    let words = "too many units to compute the cost: split the order"
    #expect(try Self.cases(company).contains("700000000000 units: " + words))
    let why = try company.succeed("why", "order", "huge", "--repo", "ops", "--store", "ops.db").output
    #expect(why.contains(words), "\(why)")
  }

  @Test func aQuantityThatIsNoNumberIsRefusedWhereItStands() throws {
    let company = try CompanyFolder()
    try company.importEvents(Self.item(5), as: "stock")
    try company.scratch.write(
      Self.order("x", "NaN") + "\n" + Self.order("y", "-1") + "\n", to: "\(company.name)/nan.jsonl")
    let result = try company.run(["import", "--repo", "ops", "--store", "ops.db", "nan.jsonl"])
    #expect(result.status == 1)
    #expect(result.errors.contains("nan.jsonl:1:217: error: not a JSON value"), "\(result.errors)")
    #expect(result.errors.contains("nan.jsonl:2:1: refused"), "\(result.errors)")
    #expect(try company.succeed("get", "orders", "--store", "ops.db").errors == "no orders\n")
  }

  @Test func aCapBelowWhatIsUsedWarnsAndCancelsNothing() throws {
    let company = try CompanyFolder()
    try company.importEvents(Self.item(100) + [Self.order("m", "20", "marketplace-a")], as: "events")
    _ = try company.cycle()
    try company.commitCap(5)
    let plan = try company.plan().output
    #expect(plan.contains("marketplace-a: its cap is 15 units below what is already used of A"), "\(plan)")
    #expect(try company.cycle().status == 0)
    let orders = try company.succeed("get", "orders", "--store", "ops.db").output
    #expect(orders.contains("claimed       20     0  dc-leipzig"), "\(orders)")
  }

  @Test func protectionThatStockCannotMeetWarns() throws {
    let company = try CompanyFolder()
    try Self.commit("kind: Protection\nname: all\nchannel: subscription\nsku: A\nunits: 500\n", in: company)
    try company.importEvents(Self.item(100), as: "events")
    let plan = try company.plan().output
    #expect(plan.contains("subscription: 404 protected units of A are not in stock"), "\(plan)")
  }

  @Test func aNodeThatNeverOpensSendsNothing() throws {
    let company = try CompanyFolder()
    try Self.commit(
      "kind: Calendar\nname: past\ntime_zone: Europe/Berlin\nopen: {2020-01-01: \"06:00-22:00\"}\n", in: company)
    try company.shell(
      "cd ops && sed -i 's/^calendar: dc-leipzig/calendar: past/' state/network/nodes.yaml && git commit -qam Past")
    try company.importEvents(Self.item(10) + [Self.order("o", "5")], as: "events")
    #expect(try company.cycle().status == 0)
    let cases = try Self.cases(company)
    #expect(cases.contains("5 units: dc-leipzig is not open on any day within a year"), "\(cases)")
    let why = try company.succeed("why", "order", "o", "--repo", "ops", "--store", "ops.db").output
    #expect(why.contains("Node/dc-leipzig calendar: past    # state/network/nodes.yaml:11:11"), "\(why)")
  }
}
