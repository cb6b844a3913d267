import Operations

/// What becomes of the claims of a tier's orders when there is not enough for all.
///
/// Nothing changes hands while everything fits, and what has been let go to the warehouse never does.
/// - Source: the confirmation strategies of backorder processing (domain.md §1.2), read for units instead of dates.
enum Reallocation: String, Hashable, Sendable, CaseIterable {
  /// Takes before all others, from every tier that may lose, and loses nothing.
  case win
  /// Takes from tiers of a lower rank that may lose, and loses nothing.
  case gain
  /// Takes and gives by rank; inside a tier that shares by weight, what its channels have is shared out again.
  case redistribute
  /// Keeps what it has or less: gives by rank and takes only what is free.
  case fill
  /// Gives first, to whoever may take, and takes only what is free.
  case lose

  var mayTake: Bool { self != .fill && self != .lose }
  var mayLose: Bool { self != .win && self != .gain }
}

/// Units of an order line that changed hands, or that are not there any more.
public struct Reallocated: Hashable, Sendable {
  public struct Side: Hashable, Sendable {
    public var order: OrderID
    public var line: String
    public var channel: ChannelID

    public var json: JSONValue {
      ["order": .string(order.rawValue), "line": .string(line), "channel": .string(channel.rawValue)]
    }
  }

  public var sku: SKU
  public var units: Quantity
  public var loser: Side
  /// Nil where the units are gone from stock.
  public var winner: Side?

  public var json: JSONValue {
    [
      "sku": .string(sku.rawValue), "units": .integer(units), "from": loser.json, "to": winner?.json ?? .null,
    ]
  }
}

/// Those who take together: all that win with one rank, or all others with one rank.
struct Takers {
  var isWin: Bool
  var rank: Int64
  /// Indexes of channels, in channel order.
  var channels: [Int] = []

  /// Whether a channel gives to them.
  func takeFrom(_ channel: ChannelPolicy) -> Bool {
    guard let reallocation = channel.reallocation, reallocation.mayLose else { return false }
    return isWin || reallocation == .lose || channel.rank > rank
  }
}

extension Policy.ItemPolicy {
  /// Who takes from others, those first who take first.
  var takers: [Takers] {
    var takers: [Takers] = []
    for (index, channel) in channels.enumerated() {
      guard let reallocation = channel.reallocation, reallocation.mayTake else { continue }
      let place = takers.firstIndex { $0.isWin == (reallocation == .win) && $0.rank == channel.rank }
      if place == nil { takers.append(Takers(isWin: reallocation == .win, rank: channel.rank)) }
      takers[place ?? takers.count - 1].channels.append(index)
    }
    return takers.sorted { ($0.isWin ? 0 : 1, $0.rank) < ($1.isWin ? 0 : 1, $1.rank) }
  }
}
