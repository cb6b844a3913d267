import Operations

// What channels took and sold is counted by the hour, and forgotten once no window reaches back to it.
extension Store {
  /// Counts a change in its hour, unless that is forgotten: what a late report adds there, or an old claim gives back,
  /// bears on nothing.
  func count(
    _ change: UsageChange, of sku: SKU, _ channel: ChannelID, _ region: RegionID, hour: Int32
  ) throws {
    if let floor = try usageFloor(), hour < floor { return }
    try addUsage(sku, channel, region, hour: hour, change)
  }

  /// Forgets, once a day, what happened before an hour. It never goes back: what is forgotten cannot be counted again.
  /// - Source: design.md §5, the windows of caps, protections and velocities.
  func raiseUsageFloor(to hour: Int32) throws {
    let day = Instant(hour: hour).day
    if let floor = try usageFloor(), Instant(hour: floor).day >= day { return }
    let floor = Instant(day: day).hour
    try set(.usageFloor, String(floor))
    try forgetUsage(before: floor)
  }

  private func usageFloor() throws -> Int32? {
    try value(.usageFloor) { $0.integer.flatMap { Int32(exactly: $0) } }
  }
}
