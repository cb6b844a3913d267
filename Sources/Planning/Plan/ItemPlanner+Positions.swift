import Operations

// Stage 1: what the nodes hold and can promise.
extension ItemPlanner {
  /// The safety stock of each node, and the sums over nodes. What must leave its node counts as claimed from its pool
  /// again.
  mutating func positions(
    _ item: Int, _ sku: SKU, _ safety: [Quantity], _ cases: inout [Case], into actions: inout [Action]
  ) -> ItemStock {
    var stock = ItemStock()
    stock.claimed = snapshot.items.claimed[item] + freedUnits
    stock.heldElsewhere = cells?.heldElsewhere[item] ?? 0
    let narrow = frame.reach.narrow
    for index in narrow.indices { reachable[index] = 0 }
    for row in snapshot.positions.rows(of: item) {
      let node = Int(snapshot.positions.node[row])
      let here = snapshot.positions.sellable[row]
      stock.onHand += snapshot.positions.onHand[row]
      let was = snapshot.positions.safetyStock[row]
      if safety[node] != was { actions.append(.setSafetyStock(sku, snapshot.nodes[node], safety[node], was: was)) }
      if here < 0 {
        cases.append(
          Self.case(.negativeStock, sku, snapshot.nodes[node], "\(here) sellable: more units left than the books had"))
      }
      if here > 0, !nodeIsKnown[node] {
        cases.append(Self.case(.unknownNode, sku, snapshot.nodes[node], "\(here) units at an undeclared node"))
      }
      let allocated = snapshot.positions.allocated[row] - freedUnits(at: node)
      let free = here - allocated
      stock.allocated += allocated
      stock.free += free
      stock.available += promisable(free, of: here, at: node, safety)
      for index in narrow.indices where here > 0 && narrow[index].includes[node] {
        reachable[index] += promisable(here, of: here, at: node, safety)
      }
      stock.isCut = stock.isCut || nodeIsActive[node] && counted(free, of: here, node) < free
      stock.isFrozen = stock.isFrozen || nodeIsFrozen[node] && (here != 0 || free != 0)
    }
    return stock
  }

  /// What a node can promise of the units that no claim on it holds. What is missing is missing everywhere, whatever
  /// becomes of the node.
  /// - Parameter sellable: all that lies there and can be sold.
  func promisable(_ free: Quantity, of sellable: Quantity, at node: Int, _ safety: [Quantity]) -> Quantity {
    guard free >= 0, nodePromises[node] else { return min(0, free) }
    return NodeAvailability(free: counted(free, of: sellable, node), safetyStock: safety[node]).available
  }

  /// Units that lie at a node, held by no claim on it, and do not count while it is closed, while nothing leaves from there or
  /// it is not taken at its word.
  func withheld(_ item: Int, at name: NodeID) -> Quantity {
    guard let node = snapshot.nodes.firstIndex(of: name),
      let row = snapshot.positions.rows(of: item).first(where: { Int(snapshot.positions.node[$0]) == node })
    else { return 0 }
    let sellable = snapshot.positions.sellable[row]
    let free = max(0, sellable - snapshot.positions.allocated[row] + freedUnits(at: node))
    return nodePromises[node] ? free - counted(free, of: sellable, node) : free
  }

  /// The free stock of a node that counts under its fallback: of all that can be sold there its share, rounded down once,
  /// less what claims hold there. So what is routed to the node takes as much of what counts, and all that is sold of a node
  /// that is not taken at its word can leave it.
  /// - Source: domain.md §2.1, `degrade: last_known × factor`, as the stock that is available to fulfil is worked out of.
  func counted(_ free: Quantity, of sellable: Quantity, _ node: Int) -> Quantity {
    guard nodeShare[node] != .all else { return free }
    return min(free, max(0, nodeShare[node].floor(of: max(0, sellable)) - (sellable - free)))
  }

  static func `case`(_ kind: Case.Kind, _ sku: SKU, _ node: NodeID, _ detail: String) -> Case {
    Case(kind, subject: "\(sku) at \(node)", detail: detail)
  }
}
