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
