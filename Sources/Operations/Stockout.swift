/// A time in which no channel could sell an item, anywhere or in the region that it is bought for. What was not sold then says nothing of what people want.
public struct Stockout: Hashable, Sendable {
  /// Whole UTC hours, as in `Instant.hour`.
  public var from: Int32
  /// Nil while it lasts.
  public var until: Int32?
  /// Where; everywhere for all nodes, or for those that nothing is bought for on their own.
  public var region: RegionID

  /// How long it is remembered: velocity looks back a year at most.
  public static let remembered = TimeSpan(milliseconds: 366 * TimeSpan.day.milliseconds)

  public init(from: Int32, until: Int32? = nil, in region: RegionID = .everywhere) {
    self.from = from
    self.until = until
    self.region = region
  }

  /// The days on which it could not be sold for some of the day, counted from 1970-01-01.
  public func days(until now: Instant) -> ClosedRange<Int64> {
    let first = Instant(hour: from).day
    return first...max(first, until.map { Instant(hour: $0).day } ?? now.day)
  }
}
