import Operations

// Stage 1: what the nodes hold and can promise.
extension ItemPlanner {
  /// The safety stock of each node, and the sums over nodes; `free` is what no claim on a node holds, and `allocated`
  /// what such claims hold. Whether fallbacks cut what counts, and whether they freeze the item.
  func positions(
    _ item: Int, _ sku: SKU, _ safety: [Quantity], _ cases: inout [Case], into actions: inout [Action]
  ) -> (available: Quantity, onHand: Quantity, free: Quantity, allocated: Quantity, isCut: Bool, isFrozen: Bool) {
    var available: Quantity = 0
    var onHand: Quantity = 0
    var allFree: Quantity = 0
    var allAllocated: Quantity = 0
    var (isCut, isFrozen) = (false, false)
    for row in snapshot.positions.rows(of: item) {
      let node = Int(snapshot.positions.node[row])
      let here = snapshot.positions.sellable[row]
      onHand += snapshot.positions.onHand[row]
      let was = snapshot.positions.safetyStock[row]
      if safety[node] != was { actions.append(.setSafetyStock(sku, snapshot.nodes[node], safety[node], was: was)) }
      if here < 0 {
        cases.append(Self.case(.negativeStock, sku, snapshot.nodes[node], "\(here) sellable: more left than was there"))
      }
      if here > 0, !nodeIsKnown[node] {
        cases.append(Self.case(.unknownNode, sku, snapshot.nodes[node], "\(here) units at a node that no Node names"))
      }
      // What is missing is missing everywhere, whatever becomes of the node.
      let allocated = snapshot.positions.allocated[row] - freedUnits(at: node)
      allAllocated += allocated
      let free = here - allocated
      allFree += free
      available += free < 0 ? free : nodeIsActive[node] ? max(0, counted(free, node) - safety[node]) : 0
      isCut = isCut || nodeIsActive[node] && counted(free, node) < free
      isFrozen = isFrozen || nodeIsFrozen[node] && (here != 0 || free != 0)
    }
    return (available, onHand, allFree, allAllocated, isCut, isFrozen)
  }

  /// The free stock of a node that counts under its fallback: rounded down once, and never less than what claims hold
  /// there, since those are not in it.
  private func counted(_ free: Quantity, _ node: Int) -> Quantity {
    nodeShare[node] == .all ? free : nodeShare[node].floor(of: free)
  }

  static func `case`(_ kind: Case.Kind, _ sku: SKU, _ node: NodeID, _ detail: String) -> Case {
    Case(kind, subject: "\(sku) at \(node)", detail: detail)
  }
}
