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
    #expect(
      transcript.text == #"""
        $ purser init ops 2>/dev/null
        = 0
        $ purser validate ops
        2| 77 resources, no errors
        = 0
        $ purser import --repo ops --store ops.db events.jsonl
        2| events.jsonl:10:1: waiting: /shop#10: waits for sku:UNKNOWN [event.waiting]
        2| 10 events: 9 applied, 0 repeated, 1 waiting, 0 refused
        2|   1 catalog.item_upserted
        2|   1 inventory.adjusted
        2|   1 inventory.counted
        2|   1 order.cancelled
        2|   3 order.placed
        2|   1 purchase_order.confirmed
        2|   1 purchase_order.received
        2|   1 shipment.dispatched
        2| 1 event in the store is waiting for an item or order that has not arrived yet
        = 0
        $ purser plan --repo ops --store ops.db --now 2026-11-24T10:00:00Z --detailed-exitcode >/dev/null
        = 2
        $ purser run --once --repo ops --store ops.db --now 2026-11-24T10:00:00Z
        2| trusting <id>, the first commit of the branch: from now on its people and rules decide what takes effect
        2| applied 26 actions (26 policy changed, 0 world moved), record 1
        = 0
        $ purser plan --repo ops --store ops.db -o json --detailed-exitcode --now 2026-11-24T10:00:00Z
        1| {
        1|   "accepted": [],
        1|   "actions": [],
        1|   "digest": "<id>",
        1|   "drift": [],
        1|   "format": 1,
        1|   "impact": {
        1|     "channels": [],
        1|     "crossings": [],
        1|     "measures": {
        1|       "channels": 0,
        1|       "orders_losing": 0,
        1|       "promises_later": 0,
        1|       "skus_to_zero": 0,
        1|       "units_losing": 0,
        1|       "value_losing": 0
        1|     },
        1|     "orders": [],
        1|     "promises": [],
        1|     "stranded": []
        1|   },
        1|   "plan": {
        1|     "now": "2026-11-24T10:00:00Z",
        1|     "policy": {
        1|       "commit": "<id>",
        1|       "tree": "<id>",
        1|       "version": 1
        1|     },
        1|     "snapshot_version": 12
        1|   },
        1|   "reallocated": [],
        1|   "refused": null,
        1|   "shortfalls": [],
        1|   "warnings": []
        1| }
        = 0
        $ purser run --once --repo ops --store ops.db --now 2026-11-24T10:00:00Z
        = 0
        $ git -C ops log --format=%s --all
        1| Start the operations repository
        1| Apply policy <id>: 26 actions
        = 0
        $ purser get positions --store ops.db -o json
        1| [
        1|   {"sku": "TEA-250", "node": "dc-leipzig", "on_hand": 512, "sellable": 512, "allocated": 2, "safety_stock": 5, "available_to_fulfil": 505, "counted_at": "2026-11-24T08:00:00Z", "withheld": 5, "shortage": 0}
        1| ]
        = 0
        $ purser get availability --store ops.db -o json
        1| [
        1|   {"sku": "TEA-250", "channel": "marketplace-a", "on_hand": 512, "reserved": 0, "safety_stock": 5, "protected": 0, "shared": 352, "cap_left": 152, "available": 152, "published": 135},
        1|   {"sku": "TEA-250", "channel": "marketplace-b", "on_hand": 512, "reserved": 0, "safety_stock": 5, "protected": 0, "shared": 352, "cap_left": 76, "available": 76, "published": 57},
        1|   {"sku": "TEA-250", "channel": "storefront", "on_hand": 512, "reserved": 2, "safety_stock": 5, "protected": 0, "shared": 352, "cap_left": null, "available": 352, "published": 352},
        1|   {"sku": "TEA-250", "channel": "stores", "on_hand": 512, "reserved": 0, "safety_stock": 5, "protected": 0, "shared": 352, "cap_left": null, "available": 352, "published": 352},
        1|   {"sku": "TEA-250", "channel": "subscription", "on_hand": 512, "reserved": 0, "safety_stock": 5, "protected": 51, "shared": 352, "cap_left": null, "available": 403, "published": 403},
        1|   {"sku": "TEA-250", "channel": "wholesale", "on_hand": 512, "reserved": 0, "safety_stock": 5, "protected": 102, "shared": 0, "cap_left": null, "available": 102, "published": 102}
        1| ]
        = 0
        $ purser get reservations --store ops.db -o json
        1| [
        1|   {"reservation": 1, "order": "O-1", "line": "1", "sku": "TEA-250", "channel": "storefront", "pool": "shared", "node": "dc-leipzig", "qty": 2, "state": "active", "claimed_at": "2026-11-24T10:00:00Z"}
        1| ]
        = 0
        $ purser get orders --store ops.db -o json
        1| [
        1|   {"order": "O-1", "channel": "storefront", "region": "central", "placed_at": "2026-11-24T09:00:00Z", "status": "partly_shipped", "ordered": 3, "open": 0, "nodes": "dc-leipzig", "lines": [{"cancelled":0,"claimed":2,"line":"1","open":0,"ordered":3,"shipped":1,"sku":"TEA-250","unit_price":4.50}]},
        1|   {"order": "O-2", "channel": "storefront", "region": "west", "placed_at": "2026-11-24T09:01:00Z", "status": "cancelled", "ordered": 1, "open": 0, "nodes": null, "lines": [{"cancelled":1,"claimed":0,"line":"1","open":0,"ordered":1,"shipped":0,"sku":"TEA-250","unit_price":null}]}
        1| ]
        = 0
        $ purser import --repo ops --store ops.db events.jsonl
        2| events.jsonl:10:1: waiting: /shop#10: waits for sku:UNKNOWN [event.waiting]
        2| 10 events: 0 applied, 9 repeated, 1 waiting, 0 refused
        2|   1 catalog.item_upserted
        2|   1 inventory.adjusted
        2|   1 inventory.counted
        2|   1 order.cancelled
        2|   3 order.placed
        2|   1 purchase_order.confirmed
        2|   1 purchase_order.received
        2|   1 shipment.dispatched
        2| 1 event in the store is waiting for an item or order that has not arrived yet
        = 0

        """#)
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
    #expect(
      transcript.text == #"""
        $ purser plan --repo ops --store ops.db --now 2026-11-24T10:00:00Z --detailed-exitcode
        1| Policy commit <id>: Cap marketplace-a at 10%
        1| 
        1| The policy changed:
        1|   ~ ITEM-1 for marketplace-a: protected 0, cap left 30 → protected 0, cap left 10
        1|   ~ ITEM-1 on marketplace-a: publish 27 → 9
        1| 
        1| channel        published        claimed
        1| marketplace-a         27  →  9        -
        1| Plan: 0 to add, 2 to change, 0 to remove.
        = 2
        $ purser run --once --repo ops --store ops.db --now 2026-11-24T10:00:00Z
        2| accepted <id> “Cap marketplace-a at 10%” by root
        2| applied 2 actions (2 policy changed, 0 world moved), record 2
        = 0
        $ purser plan --repo ops --store ops.db --now 2026-11-24T10:00:00Z --detailed-exitcode
        1| No changes. The store matches the policy.
        2| refused <id>; the plan is for the policy in force
        2| error: commit <id> “Cap marketplace-a at 90%” is not signed [approval.unsigned]
        2|   hint: first restore the policy in force:
        2|       git restore --source=<id> --staged --worktree :/ && git commit -m 'Bring back what is in force' && git branch -f restored
        2|     then commit the change again, signed (git config gpg.format ssh; git config user.signingkey FILE.pub):
        2|       git revert -S --no-edit restored
        = 1
        $ purser run --once --repo ops --store ops.db --now 2026-11-24T10:00:00Z
        2| refused <id> “Cap marketplace-a at 90%”
        2| error: commit <id> “Cap marketplace-a at 90%” is not signed [approval.unsigned]
        2|   hint: first restore the policy in force:
        2|       git restore --source=<id> --staged --worktree :/ && git commit -m 'Bring back what is in force' && git branch -f restored
        2|     then commit the change again, signed (git config gpg.format ssh; git config user.signingkey FILE.pub):
        2|       git revert -S --no-edit restored
        2|   the policy stays at <id>
        = 1
        $ git -C ops revert --no-edit HEAD >/dev/null
        = 0
        $ git -C ops revert --no-edit HEAD~2 >/dev/null
        = 0
        $ purser run --once --repo ops --store ops.db --now 2026-11-24T10:00:00Z
        2| accepted <id> “Revert "Cap marketplace-a at 90%"”, reverts <id>
        2| accepted <id> “Revert "Cap marketplace-a at 10%"” by root, reverts <id>
        2| applied 2 actions (2 policy changed, 0 world moved), record 4
        = 0
        $ git -C ops log --format=%s --all
        1| Revert "Cap marketplace-a at 10%"
        1| Revert "Cap marketplace-a at 90%"
        1| Cap marketplace-a at 90%
        1| Cap marketplace-a at 10%
        1| Start the operations repository
        1| Apply policy <id>: 2 actions
        1| Refuse commit <id>
        1| Apply policy <id>: 2 actions
        1| Apply policy <id>: 22 actions
        = 0

        """#)
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
