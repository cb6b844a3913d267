import ActualState
import Operations

/// What each channel shows to its customers during one hour: what it was told last, less what it has sold since.
/// A customer buys what is shown, and sees the rest as sold out.
struct Shelf {
  private var shown: [ChannelID: [SKU: Quantity]] = [:]
  /// Units that customers wanted and no channel showed.
  private(set) var soldOutUnits: Quantity = 0

  init(_ store: some Store) throws {
    var shown: [ChannelID: [SKU: Quantity]] = [:]
    try store.eachGrant { shown[$0.channel, default: [:]][$0.sku, default: 0] += $0.published ?? 0 }
    self.shown = shown
  }

  /// The order that comes of a wish; nil when everything is sold out.
  mutating func order(_ wish: DemoTrade.Order) -> DemoTrade.Order? {
    var order = wish
    let channel = ChannelID(wish.channel)
    order.lines = wish.lines.compactMap { line in
      let there = shown[channel]?[SKU(line.sku)] ?? 0
      let units = min(line.units, there)
      soldOutUnits += line.units - units
      shown[channel]?[SKU(line.sku)] = there - units
      return units > 0 ? (line.sku, units) : nil
    }
    return order.lines.isEmpty ? nil : order
  }
}
