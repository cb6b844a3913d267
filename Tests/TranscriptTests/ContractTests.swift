import TestSupport
import Testing

/// The commands that scripts rely on, as they are written in the contract, and all that they print.
@Suite struct ContractTests {
  @Test func theContractForScripts() throws {
    let company = try CompanyFolder()
    try company.shell("rm -rf ops")
    try company.scratch.write(Self.events, to: "\(company.name)/events.jsonl")
    var transcript = Transcript(company)
    try transcript.run(
      """
      purser init ops 2>/dev/null
      purser validate ops
      purser import --repo ops --store ops.db events.jsonl
      purser plan --repo ops --store ops.db --now 2026-11-24T10:00:00Z --detailed-exitcode >/dev/null
      purser run --once --repo ops --store ops.db --now 2026-11-24T10:00:00Z
      purser plan --repo ops --store ops.db -o json --detailed-exitcode --now 2026-11-24T10:00:00Z
      purser run --once --repo ops --store ops.db --now 2026-11-24T10:00:00Z
      git -C ops log --format=%s --all
      purser get positions --store ops.db -o json
      purser get availability --store ops.db -o json
      purser get reservations --store ops.db -o json
      purser get orders --store ops.db -o json
      purser import --repo ops --store ops.db events.jsonl
      """)
    #expect(transcript.text == "")
  }

  @Test func aChangeARefusalAndARevert() throws {
    let company = try CompanyFolder(items: 1)
    var transcript = Transcript(company)
    _ = try company.cycle()
    try company.commitCap(10)
    try transcript.run(
      """
      purser plan --repo ops --store ops.db --now 2026-11-24T10:00:00Z --detailed-exitcode
      purser run --once --repo ops --store ops.db --now 2026-11-24T10:00:00Z
      """)
    try company.commitCap(90, signed: false)
    try transcript.run(
      """
      purser plan --repo ops --store ops.db --now 2026-11-24T10:00:00Z --detailed-exitcode
      purser run --once --repo ops --store ops.db --now 2026-11-24T10:00:00Z
      git -C ops revert --no-edit HEAD >/dev/null
      git -C ops revert --no-edit HEAD~2 >/dev/null
      purser run --once --repo ops --store ops.db --now 2026-11-24T10:00:00Z
      git -C ops log --format=%s --all
      """)
    #expect(transcript.text == "")
  }

  private static let events = """
    {"specversion":"1.0","id":"1","source":"/erp","type":"catalog.item_upserted","time":"2026-11-24T08:00:00Z","data":{"sku":"TEA-250","uom":"each","class":"core","attributes":{"season":"core"}}}
    {"specversion":"1.0","id":"2","source":"/wms","type":"inventory.counted","time":"2026-11-24T08:00:00Z","data":{"sku":"TEA-250","node":"dc-leipzig","on_hand":500,"as_of":"2026-11-24T08:00:00Z"}}
    {"specversion":"1.0","id":"3","source":"/wms","type":"inventory.adjusted","time":"2026-11-24T08:30:00Z","data":{"sku":"TEA-250","node":"dc-leipzig","delta":-2,"reason":"damaged"}}
    {"specversion":"1.0","id":"4","source":"/shop","type":"order.placed","time":"2026-11-24T09:00:00Z","data":{"order":"O-1","channel":"storefront","placed_at":"2026-11-24T09:00:00Z","ship_to":{"region":"central"},"lines":[{"line":"1","sku":"TEA-250","qty":3,"unit_price":4.50}]}}
    {"specversion":"1.0","id":"5","source":"/shop","type":"order.placed","time":"2026-11-24T09:01:00Z","data":{"order":"O-2","channel":"storefront","ship_to":{"region":"west"},"lines":[{"line":"1","sku":"TEA-250","qty":1}]}}
    {"specversion":"1.0","id":"6","source":"/erp","type":"purchase_order.confirmed","time":"2026-11-24T09:02:00Z","data":{"po":"PO-1","supplier":"alpine-textiles","node":"dc-leipzig","lines":[{"line":"1","sku":"TEA-250","qty":40,"eta":"2026-11-30T00:00:00Z"}]}}
    {"specversion":"1.0","id":"7","source":"/erp","type":"purchase_order.received","time":"2026-11-24T09:03:00Z","data":{"po":"PO-1","lines":[{"line":"1","qty":15}]}}
    {"specversion":"1.0","id":"8","source":"/shop","type":"order.cancelled","time":"2026-11-24T09:04:00Z","data":{"order":"O-2"}}
    {"specversion":"1.0","id":"9","source":"/wms","type":"shipment.dispatched","time":"2026-11-24T09:05:00Z","data":{"order":"O-1","node":"dc-leipzig","lines":[{"line":"1","qty":1}]}}
    {"specversion":"1.0","id":"10","source":"/shop","type":"order.placed","time":"2026-11-24T09:06:00Z","data":{"order":"O-3","channel":"storefront","ship_to":{"region":"west"},"lines":[{"line":"1","sku":"UNKNOWN","qty":1}]}}

    """
}
