/// Units that customers ordered by destination and UTC day, counted as `UsageColumns.sold` is: what a region sells, whichever
/// destinations it serves by then.
public struct SalesColumns: Sendable {
  /// Beside the items, as in `UsageColumns`; of no item where none has a row.
  public var starts: ContiguousArray<Int32> = [0]
  /// A place in `Snapshot.destinations`.
  public var destination: ContiguousArray<Int32> = []
  /// Since 1970-01-01.
  public var day: ContiguousArray<Int32> = []
  public var units: ContiguousArray<Quantity> = []

  public init() {}

  public func rows(of item: Int) -> Range<Int> {
    units.isEmpty ? 0..<0 : Int(starts[item])..<Int(starts[item + 1])
  }
}
