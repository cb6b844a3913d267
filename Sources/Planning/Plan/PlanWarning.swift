public import Operations

/// Something that a policy asks for and cannot have, added up over the items of a plan: for items one by one it would
/// be too much to read.
public struct PlanWarning: Hashable, Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    /// Stock does not suffice for what is to be kept for a channel.
    case protectionNotMet = "protection_not_met"
    /// Stock does not suffice for what a channel is to have before the others of its tier get more.
    case minimumNotMet = "minimum_not_met"
    /// A channel has used more than its cap allows by now. Nothing is cancelled; it gets no more.
    case capBelowUsed = "cap_below_used"
    /// More units of a channel wait for goods to come than may by now. Nothing is cancelled; no more may wait.
    case backordersAboveLimit = "backorders_above_limit"
  }

  public var kind: Kind
  public var channel: ChannelID
  public var items: Int
  public var units: Quantity
  /// The first item that it is about.
  public var first: SKU

  public var sentence: String {
    let which = items == 1 ? "of \(first)" : "of \(items) items (the first is \(first))"
    return switch kind {
    case .protectionNotMet: "\(channel): \(units) protected units \(which) are not in stock"
    case .minimumNotMet: "\(channel): \(units) guaranteed units \(which) (min_units) are not in stock"
    case .capBelowUsed: "\(channel): its cap is \(units) units below what is already used \(which)"
    case .backordersAboveLimit: "\(channel): \(units) units \(which) are on backorder beyond the limit"
    }
  }

  public var json: JSONValue {
    [
      "warning": .string(kind.rawValue), "channel": .string(channel.rawValue), "items": .integer(Int64(items)),
      "units": .integer(units), "first_item": .string(first.rawValue),
    ]
  }
}

/// Adds up warnings while items are planned.
struct WarningTally {
  private struct Key: Hashable {
    var kind: PlanWarning.Kind
    var channel: Int
  }

  private var sums: [Key: (items: Int, units: Quantity, first: SKU)] = [:]

  mutating func add(_ kind: PlanWarning.Kind, _ channel: Int, _ units: Quantity, _ sku: SKU) {
    let known = sums[Key(kind: kind, channel: channel)] ?? (0, 0, sku)
    sums[Key(kind: kind, channel: channel)] = (known.items + 1, known.units + units, known.first)
  }

  /// By kind and then by channel.
  func all(of channels: [ChannelID]) -> [PlanWarning] {
    PlanWarning.Kind.allCases.flatMap { kind in
      channels.indices.compactMap { channel in
        sums[Key(kind: kind, channel: channel)].map { sum in
          PlanWarning(kind: kind, channel: channels[channel], items: sum.items, units: sum.units, first: sum.first)
        }
      }
    }
  }
}
