import Operations

/// Walks the items that the policy names beside the snapshot's items: both are sorted, so no item is looked up twice.
struct NamedItemCursor {
  private let skus: ContiguousArray<SKU>
  private let items: ContiguousArray<Policy.NamedItem>
  private var next = 0

  init(policy: Policy) {
    skus = policy.namedItems
    items = policy.namedBy
  }

  /// What the policy says of an item that is not before the one asked for last.
  mutating func find(_ sku: SKU) -> Policy.NamedItem? {
    guard next < skus.count, skus[next] <= sku else { return nil }
    var step = 1
    while next + step < skus.count, skus[next + step] <= sku { step *= 2 }
    next = skus[(next + step / 2)..<min(next + step, skus.count)].partitioningIndex { $0 > sku } - 1
    return skus[next] == sku ? items[next] : nil
  }
}
