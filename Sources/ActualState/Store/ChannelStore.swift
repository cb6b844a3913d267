public import Operations

/// What channels may sell of items, what others show of it, and what was taken and sold.
public protocol ChannelStore: AnyObject {
  /// Nil before the first plan.
  func terms(of channel: ChannelID) throws -> ChannelTerms?
  func setTerms(of channel: ChannelID, _ terms: ChannelTerms) throws

  func grant(_ sku: SKU, _ channel: ChannelID, _ region: RegionID) throws -> GrantRow?
  func put(_ grant: GrantRow) throws
  func listing(_ sku: SKU, _ key: ListingKey) throws -> ListingState?
  func put(_ listing: ListingState, of sku: SKU) throws
  func addUsage(_ sku: SKU, _ channel: ChannelID, _ region: RegionID, hour: Int32, _ change: UsageChange) throws
  /// Adds to what orders to a destination asked for on a day since 1970-01-01: as `UsageChange.sold`, whatever region serves
  /// it then.
  func addSales(_ sku: SKU, to destination: String, day: Int32, _ units: Quantity) throws

  func forgetUsage(before hour: Int32) throws
  func forgetSales(before day: Int32) throws
}
