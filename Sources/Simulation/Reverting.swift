import ActualState
import Approvals
import Operations
import Planning
import Reconciling

extension Simulation {
  /// What the commit `revert` would give back of what `change` took away, as `purser revert` works it out: from the record
  /// of the change, and two plans of how things are now. Nil where the change did not take effect alone.
  func restoration(of change: Int, by revert: Int) throws -> Restoration? {
    let id = MemoryGit.id(of: change)
    let records = try store.auditRecords(1...max(1, store.auditHead().sequence))
    guard let record = records.last(where: { $0.json["accepted"]?.array?.compactMap { $0["commit"]?.string } == [id] }),
      let pin = try store.pin(), let inForce = state(of: pin)
    else { return nil }
    let stored = StoredState(
      pin: pin, refused: try store.value(.refused), fullPlanAt: try store.fullPlanAt(), spent: try store.spent(),
      holds: try store.holds(), authors: try store.authors())
    let snapshot = try store.snapshot(.all)
    func plan(_ pin: PolicyPin) -> Plan? {
      guard let state = state(of: pin) else { return nil }
      let judged = JudgedPolicy(judgement: Judgement(pin: pin, accepted: []), state: state, previous: inForce)
      return Plan(
        PreparedPolicy(state, commit: pin.commit, at: now), judged, stored: stored, snapshot: snapshot, now: now)
    }
    let reverted = PolicyPin(commit: MemoryGit.id(of: revert), tree: git.tree(revert), version: pin.version)
    guard let before = plan(pin), let after = plan(reverted) else { return nil }
    let rows = record.json["rows"]?.array ?? []
    return try Restoration(
      of: RecordedChange(rows: rows, total: record.json["rows_total"]?.integer ?? 0), before: before, after: after
    ) { order, line in
      try store.line(order, line).map {
        Restoration.LineFate(cancelled: $0.cancelled, shipped: $0.shipped, open: $0.open)
      }
    }
  }

  /// Units that a holding has in the store.
  func units(of holding: RecordedChange.Holding) throws -> Quantity {
    switch holding.holder {
    case .channel(let channel, let region):
      let row = try store.grant(holding.sku, channel, region)
      return switch holding.kind {
      case .grant: row?.grant?.protected ?? 0
      case .cap: row?.grant.map { $0.capLeft ?? .max } ?? 0
      default: row?.published ?? 0
      }
    case .everyone(let region): return try store.item(holding.sku)?[region].shared ?? 0
    case .line(let order, let line): return try store.line(order, line)?.claimed ?? 0
    case .buyer(let kind, let supplier, let node):
      var units: Quantity = 0
      try store.eachProposal { sku, proposal, _ in
        let isMeant = sku == holding.sku && proposal.kind == kind
        if isMeant, proposal.supplier == supplier, proposal.node == node { units = proposal.quantity }
      }
      return units
    }
  }
}
