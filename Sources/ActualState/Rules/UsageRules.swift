import Operations

// What channels took and sold is counted by the hour, what destinations bought by the day, and both are forgotten once no
// window reaches back to them.
extension Store {
  /// Counts a change in its hour, unless that is forgotten: what a late report adds there, or an old claim gives back,
  /// bears on nothing.
  func count(
    _ change: UsageChange, of sku: SKU, _ channel: ChannelID, _ region: RegionID, hour: Int32
  ) throws {
    if let floor = try usageFloor(), hour < floor { return }
    try addUsage(sku, channel, region, hour: hour, change)
  }

  /// The same for what a destination bought, by the day.
  func countSales(of sku: SKU, to destination: String, day: Int32, _ units: Quantity) throws {
    if let floor = try usageFloor(), day < Int32(clamping: Instant(hour: floor).day) { return }
    try addSales(sku, to: destination, day: day, units)
  }

  /// Forgets, once a day, what happened before an hour. It never goes back: what is forgotten cannot be counted again.
  /// - Source: design.md §5, the windows of caps, protections and velocities.
  func raiseUsageFloor(to hour: Int32) throws {
    let day = Instant(hour: hour).day
    if let floor = try usageFloor(), Instant(hour: floor).day >= day { return }
    let floor = Instant(day: day).hour
    try set(.usageFloor, String(floor))
    try forgetUsage(before: floor)
    try forgetSales(before: Int32(clamping: day))
  }

  private func usageFloor() throws -> Int32? {
    try value(.usageFloor) { $0.integer.flatMap { Int32(exactly: $0) } }
  }
}
