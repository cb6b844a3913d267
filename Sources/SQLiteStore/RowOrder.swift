/// Brings rows from the order in which they are stored (by number) into that of a snapshot (by name).
///
/// Numbers follow the order in which names arrived. Where that was the order of the names, as after the import of a
/// sorted catalogue, nothing moves.
struct RowOrder {
  /// For each row, as read, the item that it belongs to and the rank of its node or channel.
  private var items: ContiguousArray<Int32> = []
  private var ranks: ContiguousArray<Int32> = []
  private var isInOrder = true

  mutating func append(item: Int32, rank: Int32) {
    if let last = items.last, let lastRank = ranks.last { isInOrder = isInOrder && (last, lastRank) <= (item, rank) }
    items.append(item)
    ranks.append(rank)
  }

  mutating func reserve(_ count: Int) {
    items.reserveCapacity(count)
    ranks.reserveCapacity(count)
  }

  /// Where the rows of each item begin, and for each place in the snapshot the row that comes there; nil if that is
  /// the row itself.
  func arranged(itemCount: Int) -> (starts: ContiguousArray<Int32>, rows: ContiguousArray<Int32>?) {
    var starts = ContiguousArray<Int32>(repeating: 0, count: itemCount + 1)
    for item in items { starts[Int(item) + 1] += 1 }
    for item in 0..<itemCount { starts[item + 1] += starts[item] }
    guard !isInOrder else { return (starts, nil) }

    var next = starts
    var rows = ContiguousArray<Int32>(repeating: 0, count: items.count)
    for row in items.indices {
      let item = Int(items[row])
      // An item has few rows, and they come nearly in order: insertion is quicker than any sort, and stable.
      var place = Int(next[item])
      next[item] += 1
      while place > starts[item], ranks[Int(rows[place - 1])] > ranks[row] {
        rows[place] = rows[place - 1]
        place -= 1
      }
      rows[place] = Int32(row)
    }
    return (starts, rows)
  }

  /// The ranks in the order of `rows`.
  func ranks(in rows: ContiguousArray<Int32>?) -> ContiguousArray<Int32> { ranks.arranged(rows) }
}

extension ContiguousArray {
  /// The elements in the order of `rows`; unchanged without one.
  func arranged(_ rows: ContiguousArray<Int32>?) -> Self {
    guard let rows else { return self }
    var result = Self()
    result.reserveCapacity(rows.count)
    for row in rows { result.append(self[Int(row)]) }
    return result
  }
}
