import Operations

/// What an item has, and how much of that is promised, while its plan is made.
struct ItemStock {
  /// Units on hand in all nodes.
  var onHand: Quantity = 0
  /// Units that the nodes can promise, beside what claims on them hold.
  var available: Quantity = 0
  /// Units that no claim on a node holds, whatever becomes of the node.
  var free: Quantity = 0
  /// Units that claims on nodes hold.
  var allocated: Quantity = 0
  /// Units that claims hold in pools, on no node.
  var claimed: Quantity = 0
  /// Units that carts hold in regions that are no more: nothing is sold from them, and no order is short for them.
  var heldElsewhere: Quantity = 0
  /// Whether fallbacks cut what counts, and whether they freeze the item.
  var isCut = false
  var isFrozen = false
  /// Units that the plan has taken back from claims on nodes, by the snapshot's node.
  var freed: [Int: Quantity] = [:]

  /// What the pools can offer; below 0 when more is claimed than there is.
  var net: Quantity { available - claimed - heldElsewhere }
  /// Units that are claimed and not there.
  var debt: Quantity { max(0, claimed - free) }
}
