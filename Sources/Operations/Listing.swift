/// What a channel shows of an item and others may have changed there.
public enum ListingField: String, Hashable, Sendable, CaseIterable, Comparable {
  case maxPublish = "max_publish"
  case minPublish = "min_publish"
  /// The quantity that the channel was told.
  case units

  /// In the byte order of their names.
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// One field of an item's listing on a channel.
public struct ListingKey: Hashable, Sendable, Comparable, CustomStringConvertible {
  public var channel: ChannelID
  public var region: RegionID
  public var field: ListingField

  public init(_ channel: ChannelID, _ field: ListingField, in region: RegionID = .everywhere) {
    self.channel = channel
    self.region = region
    self.field = field
  }

  public static func < (left: Self, right: Self) -> Bool {
    (left.channel, left.region, left.field) < (right.channel, right.region, right.field)
  }

  public var description: String { "\(channel) \(field.rawValue)" + (region.isEverywhere ? "" : " in \(region)") }
}

/// What a channel showed when somebody looked.
public struct Observation: Hashable, Sendable {
  public var value: Int64
  public var asOf: Instant
  /// Tells which of two observations of one moment is the later one.
  public var eventKey: String
  /// The system that looked.
  public var source: String
  /// Who wrote the value, where the system that looked can tell.
  public var writer: String?

  public init(value: Int64, asOf: Instant, eventKey: String, source: String, writer: String? = nil) {
    self.value = value
    self.asOf = asOf
    self.eventKey = eventKey
    self.source = source
    self.writer = writer
  }

  /// Whether it is to be believed rather than another one.
  public func isLater(than other: Observation) -> Bool { (other.asOf, other.eventKey) < (asOf, eventKey) }
}

/// A difference that plans keep an eye on.
public struct DriftNote: Hashable, Sendable {
  /// What the channel shows.
  public var observed: Int64
  /// What it should show.
  public var reference: Int64
  /// Since when it is known to show the one while it should show the other.
  public var since: Instant

  public init(observed: Int64, reference: Int64, since: Instant) {
    self.observed = observed
    self.reference = reference
    self.since = since
  }

  public var json: JSONValue {
    [
      "observed": .integer(observed), "reference": .integer(reference), "since": .string(since.description),
    ]
  }
}

/// One time that a channel was told again what somebody else had changed.
public struct Repair: Hashable, Sendable {
  /// How many of a field's last repairs are kept.
  public static let remembered = 8

  public var at: Instant
  /// What the channel showed instead.
  public var observed: Int64
  public var writer: String?

  public init(at: Instant, observed: Int64, writer: String?) {
    self.at = at
    self.observed = observed
    self.writer = writer
  }
}

/// What is known of one field of a listing.
public struct ListingState: Hashable, Sendable {
  public var key: ListingKey
  /// The latest one, by its moment and then by its event.
  public var observation: Observation
  public var note: DriftNote?
  /// Oldest first.
  public var repairs: [Repair] = []

  public init(_ key: ListingKey, _ observation: Observation) {
    self.key = key
    self.observation = observation
  }
}

/// One field of a listing beside what its channel was last told.
public struct Listing: Hashable, Sendable {
  public var state: ListingState
  /// Nil before the first publication.
  public var published: Quantity?
  public var publishedAt: Instant?
  /// Units that the channel's orders have asked for since.
  public var sold: Quantity

  public init(
    _ state: ListingState, published: Quantity? = nil, publishedAt: Instant? = nil, sold: Quantity = 0
  ) {
    self.state = state
    self.published = published
    self.publishedAt = publishedAt
    self.sold = sold
  }
}

/// A channel that is told again what it was told before, because somebody else changed it.
public struct Healing: Hashable, Sendable {
  public var key: ListingKey
  public var value: Int64
  /// What it shows instead.
  public var observed: Int64
  public var writer: String?

  public init(_ key: ListingKey, value: Int64, observed: Int64, writer: String?) {
    self.key = key
    self.value = value
    self.observed = observed
    self.writer = writer
  }
}
