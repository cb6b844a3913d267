import ActualState
import Operations
import Planning
import SQLiteStore

/// A settled world in a SQLite file.
struct FilledStore {
  let path: String
  let world: SettledWorld
  let store: SQLiteStore

  init(path: String, _ world: SettledWorld) throws {
    self.path = path
    self.world = world
    let store = try SQLiteStore(path: path, mode: .create)
    self.store = store
    let snapshot = world.snapshot
    try store.transaction {
      for item in 0..<snapshot.items.count { try store.put(item, of: snapshot) }
      for (channel, terms) in zip(snapshot.channels, snapshot.channelTerms) {
        if let terms { try store.setTerms(of: channel, terms) }
      }
      for node in snapshot.nodes { try store.setActive(node, true) }
    }
    expect(world.plan(try store.snapshot(.all)).isEmpty, "what was written is what was planned")
  }
}

extension Store {
  fileprivate func put(_ item: Int, of snapshot: Snapshot) throws {
    let sku = snapshot.items.sku[item]
    let traits = snapshot.traits[Int(snapshot.items.traits[item])]
    try put(
      ItemRow(
        sku: sku, uom: "piece", traits: traits, version: snapshot.items.version[item],
        shared: snapshot.items.shared[item], claimed: snapshot.items.claimed[item], isDirty: false))
    for row in snapshot.positions.rows(of: item) {
      var position = PositionRow(sku: sku, node: snapshot.nodes[Int(snapshot.positions.node[row])])
      position.onHand = snapshot.positions.onHand[row]
      position.sellable = snapshot.positions.sellable[row]
      position.allocated = snapshot.positions.allocated[row]
      position.safetyStock = snapshot.positions.safetyStock[row]
      try put(position)
    }
    for row in snapshot.grants.rows(of: item) {
      var grant = GrantRow(sku: sku, channel: snapshot.channels[Int(snapshot.grants.channel[row])])
      grant.grant = snapshot.grants.grant[row]
      grant.published = snapshot.grants.published[row]
      grant.activeProtected = snapshot.grants.activeProtected[row]
      grant.activeShared = snapshot.grants.activeShared[row]
      try put(grant)
    }
    for row in snapshot.usage.rows(of: item) {
      try addUsage(
        sku, snapshot.channels[Int(snapshot.usage.channel[row])], .everywhere, hour: snapshot.usage.hour[row],
        UsageChange(
          claimed: snapshot.usage.claimed[row], protected: snapshot.usage.protected[row],
          protectedShipped: snapshot.usage.protectedShipped[row], sold: snapshot.usage.sold[row]))
    }
  }
}
