import TestSupport
import Testing

/// `purser why` of what is not there: an order that waits, in each of the ways in which it may, and names of other things.
@Suite struct WhyNotTests {
  private static func event(_ id: String, _ type: String, _ data: String) -> String {
    #"{"specversion":"1.0","id":"\#(id)","source":"/t","type":"\#(type)","time":"2026-11-24T08:00:00Z","data":\#(data)}"#
  }

  private static func order(_ id: String, _ channel: String, _ units: Int) -> String {
    let line = #"{"line":"1","sku":"TEA","qty":\#(units)}"#
    return event(
      id, "order.placed",
      #"{"order":"\#(id)","channel":"\#(channel)","ship_to":{"region":"central"},"lines":[\#(line)]}"#)
  }

  private static func stock(_ units: Int) -> [String] {
    [
      event("item", "catalog.item_upserted", #"{"sku":"TEA","uom":"each"}"#),
      event("count", "inventory.counted", #"{"sku":"TEA","node":"dc-leipzig","on_hand":\#(units)}"#),
    ]
  }

  private static let bought = event(
    "bought", "purchase_order.confirmed",
    #"{"po":"PO-7","supplier":"alpine-textiles","node":"dc-leipzig","lines":[{"line":"1","sku":"TEA","qty":50,"eta":"2026-12-01T08:00:00Z"}]}"#
  )

  private static func why(_ order: String, _ company: CompanyFolder, _ more: String...) throws -> ChildProcess.Result {
    try company.run(
      ["why", "order", order, "--repo", "ops", "--store", "ops.db", "--now", CompanyFolder.now] + more)
  }

  private static func edit(_ script: String, _ company: CompanyFolder) throws {
    try company.shell("cd ops && sed -i '\(script)' state/channels/channels.yaml && git commit -qam Edit")
  }

  /// A date that no goods stand behind is told by the rule that gives it, and goods under a ship notice by the word that
  /// counts for these.
  @Test func whatNoGoodsBringAndWhatIsAnnouncedAreToldByTheirOwnLines() throws {
    let company = try CompanyFolder()
    try company.shell(
      "cd ops && sed -i '0,/^tell_earlier: true/s//tell_earlier: true\\ninfinite_supply_after: 10d/' "
        + "state/fulfillment/backorders.yaml && sed -i '0,/^confidence: 92%/s//confidence: 92%\\n"
        + "announced_confidence: 97%\\nlead_time_deviation: 2d/' state/network/suppliers.yaml && git commit -qam Edit")
    let notice = Self.event(
      "asn", "asn.received",
      #"{"po":"PO-7","asn":"N-1","lines":[{"line":"1","qty":20,"eta":"2026-11-28T08:00:00Z"}]}"#)
    try company.importEvents(Self.stock(0) + [Self.order("O-1", "storefront", 3)], as: "events")
    _ = try company.cycle()
    let text = try Self.why("O-1", company).output
    #expect(
      text.contains(
        "line 1 for 2026-12-07T08:00:00Z: no goods are to bring it, and anything can be had 10d after an order"),
      "\(text)")
    #expect(text.contains("BackorderRule/usual infinite_supply_after: 10d"), "\(text)")
    #expect(text.contains("BackorderRule/usual transit: 3d") && !text.contains("Lane/"), "\(text)")
    try company.importEvents([Self.bought, notice], as: "bought")
    _ = try company.cycle()
    let announced = try Self.why("O-1", company).output
    #expect(announced.contains("(confidence 97%), according to ship notice N-1"), "\(announced)")
    #expect(announced.contains("Supplier/alpine-textiles announced_confidence: 97%"), "\(announced)")
    #expect(announced.contains("Supplier/alpine-textiles lead_time_deviation: "), "\(announced)")
    #expect(!announced.contains("infinite_supply_after"), "\(announced)")
  }

  /// What is not paid, and what the cap of a marketplace leaves, down to the line of the policy.
  @Test func whatIsNotPaidAndWhatACapKeepsIsNamed() throws {
    let company = try CompanyFolder()
    try Self.edit("0,/^reserve_at: order/s//reserve_at: payment_authorized/", company)
    try company.importEvents(
      Self.stock(100) + [Self.order("O-1", "storefront", 2), Self.order("O-2", "marketplace-b", 40)], as: "events")
    _ = try company.cycle()
    var transcript = Transcript(company)
    try transcript.run(
      """
      purser why order O-1 --repo ops --store ops.db --now 2026-11-24T10:00:00Z
      purser why order O-2 --repo ops --store ops.db --now 2026-11-24T10:00:00Z | sed -n '/waits for/,$p'
      purser get cases --store ops.db
      """)
    #expect(transcript.text == Self.expected, "\(transcript.text)")
    let json = try Self.why("O-2", company, "-o", "json").output
    #expect(json.contains(#""kind": "cap""#) && json.contains("state/channels/channels.yaml:31:6"), "\(json)")
  }

  private static let expected = #"""
    $ purser why order O-1 --repo ops --store ops.db --now 2026-11-24T10:00:00Z
    1| O-1: open, placed 2026-11-24T08:00:00Z on storefront for central; policy commit <id>
    1| 
    1| It asked for
    1|   line 1: 2 of TEA, 2 not covered
    1| 
    1| What it waits for
    1|   line 1: 2 of TEA are not covered:
    1|   - orders of storefront claim stock once their payment is authorized, but this one is not paid yet
    1|       Channel/storefront reserve_at: payment_authorized    # state/channels/channels.yaml:8:13
    = 0
    $ purser why order O-2 --repo ops --store ops.db --now 2026-11-24T10:00:00Z | sed -n '/waits for/,$p'
    1| What it waits for
    1|   line 1: 25 of TEA are not covered:
    1|   - the cap of marketplace-b is used up: 15 of 15 units, 15% of what is available, within 7d
    1|       Channel/marketplace-b cap: {percent_of_available: 15%, window: 7d}    # state/channels/channels.yaml:31:6
    1|   case shortage of O-2/1, open since 2026-11-24T10:00:00Z
    = 0
    $ purser get cases --store ops.db
    1| KIND      SKU  SUBJECT  OPENED_AT             DETAIL
    1| shortage  TEA  O-2/1    2026-11-24T10:00:00Z  25 units are not covered: the cap of marketplace-b is used up: 15 of 15 units, 15% of what is available, within 7d (state/channels/channels.yaml:31)
    = 0

    """#

  /// In mode observe nothing is done, and a plan that was not made yet is one that the next cycle makes.
  @Test func whatAPlanWouldDoIsToldWithWhyItIsNotDone() throws {
    let company = try CompanyFolder()
    try company.importEvents(Self.stock(100), as: "stock")
    _ = try company.cycle()
    try company.importEvents([Self.order("O-1", "storefront", 2)], as: "order")
    let next = try Self.why("O-1", company).output
    #expect(next.contains("the next cycle will do this:\n    ~ TEA: 2 for O-1/1 from shared to dc-leipzig"), "\(next)")
    try company.shell("cd ops && sed -i 's/^mode: enforce/mode: observe/' state/purser.yaml && git commit -qam Observe")
    _ = try company.cycle()
    let observed = try Self.why("O-1", company).output
    #expect(observed.contains("allocation is in observe mode, so this is not done:"), "\(observed)")
    #expect(observed.contains("Repository/northwind-outdoor mode: observe    # state/purser.yaml:11:7"), "\(observed)")
  }

  /// A change that a freeze holds back is not the policy that counts, and the order that waits says so.
  @Test func aFrozenChangeIsToldOf() throws {
    let company = try CompanyFolder()
    try company.scratch.write(
      "kind: FreezeWindow\nname: peak\nkinds: [Channel]\nfrom: 2026-11-20T00:00:00Z\nuntil: 2026-12-01T00:00:00Z\n",
      to: "\(company.name)/ops/state/governance/freeze.yaml")
    try company.shell("cd ops && git add -A && git commit -qm Freeze")
    try company.importEvents(Self.stock(100) + [Self.order("O-2", "marketplace-b", 40)], as: "events")
    _ = try company.cycle()
    try Self.edit("s/percent_of_available: 15%/percent_of_available: 60%/", company)
    _ = try company.cycle()
    let why = try Self.why("O-2", company).output
    #expect(why.contains("15 of 15 units, 15% of what is available"), "\(why)")
    #expect(
      why.contains("is not in effect, so its policy does not apply: ") && why.contains("peak"), "\(why)")
  }

  /// A ship notice tells of goods that have left: it counts for its units, whatever date of the order comes after it.
  @Test func theDateThatCountsIsTheShipNotices() throws {
    let company = try CompanyFolder()
    try company.importEvents(
      Self.stock(0) + [
        Self.bought, Self.order("O-1", "storefront", 10),
        Self.event(
          "asn", "asn.received",
          #"{"asn":"A-1","po":"PO-7","lines":[{"line":"1","qty":50,"eta":"2026-12-05T08:00:00Z"}]}"#),
      ], as: "events")
    _ = try company.cycle()
    try company.importEvents(
      [
        Self.event(
          "changed", "purchase_order.changed", #"{"po":"PO-7","lines":[{"line":"1","eta":"2026-12-20T08:00:00Z"}]}"#)
      ], as: "changed")
    _ = try company.cycle()
    let why = try Self.why("O-1", company).output
    let words =
      "which alpine-textiles is to bring to dc-leipzig at 2026-12-05T08:00:00Z (confidence 92%), according to ship notice "
      + "A-1; the purchase order's own date, 2026-12-20T08:00:00Z, applies only to units without a ship notice"
    #expect(why.contains(words), "\(why)")
    let waiting = try company.succeed("get", "backorders", "--store", "ops.db").output
    #expect(waiting.contains("2026-12-05T08:00:00Z") && !waiting.contains("2026-12-20T08:00:00Z"), "\(waiting)")
    // Units that no notice is about come when the purchase order says: here the last five.
    try company.importEvents(
      [
        Self.event(
          "less", "asn.received",
          #"{"asn":"A-1","po":"PO-7","lines":[{"line":"1","qty":5,"eta":"2026-12-05T08:00:00Z"}]}"#)
      ], as: "less")
    let later = try Self.why("O-1", company).output
    #expect(later.contains("is to bring to dc-leipzig at 2026-12-20T08:00:00Z"), "\(later)")
  }

  /// Carts, and names of other things.
  @Test func aCartIsToldOfAndOtherNamesAreRecognized() throws {
    let company = try CompanyFolder()
    try Self.edit("0,/^reserve_at: order/s//reserve_at: cart/", company)
    try company.importEvents(Self.stock(100) + [Self.bought, Self.order("ORDER-1", "storefront", 1)], as: "events")
    _ = try company.cycle()
    try company.importEvents(
      [
        Self.event(
          "cart", "cart.updated",
          #"{"cart":"C-1","channel":"storefront","ship_to":{"region":"central"},"lines":[{"line":"1","sku":"TEA","qty":2}]}"#
        ),
        Self.event(
          "later", "order.placed",
          #"{"order":"WAITS","channel":"storefront","ship_to":{"region":"central"},"lines":[{"line":"1","sku":"NEW","qty":2}]}"#
        ),
      ], as: "cart")
    let cart = try Self.why("cart:C-1", company)
    #expect(cart.status == 0, "\(cart.errors)")
    #expect(cart.output.hasPrefix("cart:C-1: a cart, last updated 2026-11-24T08:00:00Z on storefront for central;"))
    #expect(cart.output.contains("line 1: 2 from the shared pool") && cart.output.contains("unless it is ordered"))
    for (name, hint) in [
      ("ORDER-2", "did you mean 'ORDER-1'? `purser get orders -o name` lists"), ("C-1", "`purser why order cart:C-1`"),
      ("cart:ORDER-1", "that is an order, not a cart: `purser why order ORDER-1`"),
      ("cart:C-2", "did you mean 'cart:C-1'?"), ("PO-7", "that is a purchase order: `purser get backorders`"),
      ("TEA", "that is an item: `purser get availability --sku TEA`"),
      ("ORDER-1/1", "that is line 1 of the order 'ORDER-1': `purser why order ORDER-1`"),
      ("WAITS", "its order.placed, /t#later, is waiting for sku:NEW"),
    ] {
      let result = try Self.why(name, company)
      #expect(result.status == 1 && result.errors.contains("[why.unknown_order]"), "\(result.errors)")
      #expect(result.errors.contains(hint), "\(result.errors)")
    }
  }
}
