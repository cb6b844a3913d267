internal import Clibsqlite3

/// A block of rows of integers, read in one go, so that millions of rows cost little beside SQLite itself. One value
/// serves one run of a statement.
public struct IntegerRows {
  /// Stands for NULL where it was asked for; otherwise NULL reads as 0.
  public static let null = Int64.min

  /// Columns in a row.
  public let width: Int
  /// Rows in the block.
  public fileprivate(set) var count = 0
  fileprivate let capacity: Int
  /// Whether the statement has no more rows: a further step would begin again.
  fileprivate var isLast = false
  @usableFromInline var values: ContiguousArray<Int64>

  /// - Parameter capacity: the most rows in a block.
  public init(width: Int, capacity: Int) {
    self.width = width
    self.capacity = capacity
    values = ContiguousArray(repeating: 0, count: width * capacity)
  }

  @inlinable
  public subscript(row: Int, column: Int) -> Int64 { values[row * width + column] }
}

extension Statement {
  /// Reads the next rows into a block; false, with an empty block, at the end.
  ///
  /// - Parameter findsNull: whether NULL reads as `IntegerRows.null`.
  public func read(into rows: inout IntegerRows, findsNull: Bool = false) throws(SQLiteError) -> Bool {
    rows.count = 0
    guard !rows.isLast else { return false }
    let (width, capacity) = (rows.width, rows.capacity)
    var (count, code) = (0, SQLITE_ROW)
    rows.values.withUnsafeMutableBufferPointer { values in
      while count < capacity {
        code = sqlite3_step(handle)
        guard code == SQLITE_ROW else { break }
        let start = count * width
        for column in 0..<width {
          var value = sqlite3_column_int64(handle, Int32(column))
          // NULL reads as 0, and asking for its type costs as much as reading it.
          if findsNull, value == 0, sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL {
            value = IntegerRows.null
          }
          values[start + column] = value
        }
        count += 1
      }
    }
    guard code == SQLITE_ROW || code == SQLITE_DONE else {
      let problem = error(code)
      reset()
      throw problem
    }
    rows.count = count
    rows.isLast = code == SQLITE_DONE
    return count > 0
  }
}
