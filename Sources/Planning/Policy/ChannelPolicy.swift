import Operations

/// What holds for one channel and one class of items (or one item) at a moment.
struct ChannelPolicy: Hashable, Sendable {
  enum Cap: Hashable, Sendable {
    case units(Quantity)
    /// A share of what is available plus what all channels used in the window.
    case share(Rate)
  }

  enum Buffer: Hashable, Sendable {
    case fixed(Quantity)
    case latency(TimeSpan, risk: Rate)
  }

  var rank: Int64
  var mayUseShared: Bool
  var cap: Cap?
  var capWindow: TimeSpan
  var exposure: Rate
  var buffer: Buffer?
  var minPublish: Quantity
  var maxPublish: Quantity
  var protection: ProtectionPolicy?
  /// How its tier is served when stock is short.
  var rule = TierRule.strict
  /// Its part in a tier that shares by weight.
  var share = ChannelShare()
  /// What becomes of its claims in a shortage; nil: nothing.
  var reallocation: Reallocation?
  /// Whether its orders may wait for goods that are to come; nil if not.
  var backorder: BackorderPolicy?
  var promising = PromisePolicy()
  /// Whether it sells at all now.
  var isOpen = true

  /// One that sells nothing: its cap is 0.
  static var closed: Self {
    ChannelPolicy(
      rank: .max, mayUseShared: false, cap: .units(0), capWindow: .hour, exposure: .none, buffer: nil, minPublish: 0,
      maxPublish: 0, protection: nil, isOpen: false)
  }
}

/// How the channels of a tier are served when there is not enough for all of them.
enum TierRule: String, Hashable, Sendable, CaseIterable {
  /// One order after the other, by priority and age; protections in proportion to their units.
  case strict
  /// Each channel in proportion to its weight, from its minimum up to its maximum.
  case fairShare = "fair_share"
}

/// What a channel gets beside the others of a tier that shares by weight.
struct ChannelShare: Hashable, Sendable {
  var weight: Int64 = 1
  /// Units of an item that it has before the others get more than their own minimum.
  var minimum: Quantity = 0
  /// The most that its claims may hold of an item; nil: any number.
  var maximum: Quantity?
}

/// Stock that is kept for one channel.
struct ProtectionPolicy: Hashable, Sendable {
  enum Amount: Hashable, Sendable {
    case units(Quantity)
    case shareOfOnHand(Rate)
  }

  /// Of what is on hand; nil for nothing.
  var amount: Amount?
  /// Of what purchase orders are to bring, and of what they have brought since the window opened.
  var shareOfInbound = Rate.none
  /// With a window, what was consumed inside it counts; a standing protection fills up again.
  var window: Window
}
