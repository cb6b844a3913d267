/// Brings rows from the order in which they are stored (by number) into that of a snapshot (by name).
///
/// Numbers follow the order in which names arrived. Where that was the order of the names, as after the import of a
/// sorted catalogue, nothing moves.
struct RowOrder {
  /// For each row, as read, the place of its item and the rank of its node or channel, as one number.
  private var keys: ContiguousArray<Int64> = []
  private var last = Int64.min
  private var isInOrder = true
  /// Whether a row came without a rank: it names what the store does not have.
  private(set) var hasUnknownRank = false

  /// - Parameter rank: below 0 for a row that has none, after which nothing can be arranged.
  mutating func append(item: Int32, rank: Int32) {
    hasUnknownRank = hasUnknownRank || rank < 0
    let key = Int64(item) << 32 | Int64(rank)
    isInOrder = isInOrder && last <= key
    last = key
    keys.append(key)
  }

  mutating func reserve(_ count: Int) { keys.reserveCapacity(count) }

  private static func item(_ key: Int64) -> Int { Int(key >> 32) }
  private static func rank(_ key: Int64) -> Int32 { Int32(truncatingIfNeeded: key) }

  /// Where the rows of each item begin, and for each place in the snapshot the row that comes there; nil if that is
  /// the row itself.
  func arranged(itemCount: Int) -> (starts: ContiguousArray<Int32>, rows: ContiguousArray<Int32>?) {
    var starts = ContiguousArray<Int32>(repeating: 0, count: itemCount + 1)
    for key in keys { starts[Self.item(key) + 1] += 1 }
    for item in 0..<itemCount { starts[item + 1] += starts[item] }
    guard !isInOrder else { return (starts, nil) }

    var next = starts
    var rows = ContiguousArray<Int32>(repeating: 0, count: keys.count)
    for row in keys.indices {
      let item = Self.item(keys[row])
      // An item has few rows, and they come nearly in order: insertion is quicker than any sort, and stable.
      let start = Int(starts[item])
      var place = Int(next[item])
      next[item] += 1
      while place > start, keys[Int(rows[place - 1])] > keys[row] {
        rows[place] = rows[place - 1]
        place -= 1
      }
      rows[place] = Int32(row)
    }
    return (starts, rows)
  }

  /// The ranks in the order of `rows`.
  func ranks(in rows: ContiguousArray<Int32>?) -> ContiguousArray<Int32> {
    keys.arranged(rows) { Self.rank($0) }
  }
}

extension ContiguousArray {
  /// The elements in the order of `rows`; unchanged without one.
  func arranged(_ rows: ContiguousArray<Int32>?) -> Self {
    rows == nil ? self : arranged(rows) { $0 }
  }

  /// What `transform` makes of the elements, in the order of `rows`.
  @inline(__always)
  func arranged<Result>(
    _ rows: ContiguousArray<Int32>?, _ transform: (Element) -> Result
  ) -> ContiguousArray<Result> {
    ContiguousArray<Result>(unsafeUninitializedCapacity: rows?.count ?? count) { result, initializedCount in
      withUnsafeBufferPointer { elements in
        guard let rows else {
          for index in elements.indices { result.initializeElement(at: index, to: transform(elements[index])) }
          initializedCount = elements.count
          return
        }
        rows.withUnsafeBufferPointer { rows in
          for index in rows.indices { result.initializeElement(at: index, to: transform(elements[Int(rows[index])])) }
        }
        initializedCount = rows.count
      }
    }
  }
}
