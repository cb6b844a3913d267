import Operations

/// What a field may hold. The schema alone decides how a scalar is read: `no` is text in a text field and an error in
/// a yes/no field.
public indirect enum FieldType: Sendable {
  case text
  /// The name of a resource of a kind, which must exist.
  case reference(Kind)
  case sku
  /// What another system calls something by, such as a destination: see `String.nameProblem`.
  case name
  /// Whole units, from the lower bound up to `Limits.quantity`.
  case quantity(minimum: Int64)
  case integer(ClosedRange<Int64>)
  case bool
  case rate
  case span
  case instant
  /// A day without a time zone, such as 2026-12-25.
  case date
  /// What a clock on the wall shows, such as 14:00.
  case timeOfDay
  /// The name of a time zone of the IANA database, which must exist on the computer that reads it.
  case timeZone
  /// Days of the week, several in a row (`mon-fri`) and dates, each with its hours.
  case openDays
  /// An amount of at least 0 in whole units of the currency, with at most two decimals.
  case money
  /// A public key as OpenSSH writes it: Ed25519, ECDSA, RSA of 2,048 bits and more, or one of a security key.
  case publicKey
  /// An Ed25519 public key: the only kind whose signature of a commit is a function of the commit.
  case ed25519Key
  case choice([String])
  case list(FieldType)
  /// The rows of a SafetyStock resource, which may be very many.
  case safetyStockRows
  case object([FieldSpec])
  /// Any keys, each with a value of one type.
  case map(FieldType)
  /// One of the words, or else the type.
  case either([String], FieldType)
}

public struct FieldSpec: Sendable {
  public let name: String
  public let type: FieldType
  public let isRequired: Bool
  public let help: String

  init(_ name: String, _ type: FieldType, required: Bool = false, _ help: String) {
    self.name = name
    self.type = type
    isRequired = required
    self.help = help
  }
}

/// The kinds of resources, by the name that stands in `kind:`.
public enum Kind: String, Sendable, CaseIterable {
  case repository = "Repository"
  case node = "Node"
  case region = "Region"
  case calendar = "Calendar"
  case supplier = "Supplier"
  case channel = "Channel"
  case allocationTier = "AllocationTier"
  case protection = "Protection"
  case safetyStock = "SafetyStock"
  case replenishmentPolicy = "ReplenishmentPolicy"
  case fallbackRule = "FallbackRule"
  case releaseRule = "ReleaseRule"
  case productClass = "ProductClass"
  case person = "Person"
  case role = "Role"
  case approvalRule = "ApprovalRule"
  case integration = "Integration"
  case carrier = "Carrier"
  case lane = "Lane"
  case routingProfile = "RoutingProfile"
  case backorderRule = "BackorderRule"
  case driftRule = "DriftRule"
  case freezeWindow = "FreezeWindow"

  /// Changes to these decide who may change what; they may not be mixed with other changes, and they hold without a
  /// window: a commit's own time, which its author chooses, must not decide whose key counts.
  public var isGovernance: Bool {
    switch self {
    case .repository, .person, .role, .approvalRule, .freezeWindow: true
    default: false
    }
  }

  /// What the kind is for, in a sentence.
  public var help: String {
    switch self {
    case .repository: "The operations repository itself: its currency, its mode and the daemon's key."
    case .node: "A place that holds stock: a distribution centre, a third-party site or a store."
    case .region:
      "Nodes that together serve some destinations: channels sell there only what is in stock at these nodes."
    case .calendar: "When a place is open: its time zone, its hours by weekday, and exceptions."
    case .supplier: "Who delivers purchase orders, how long that takes and how far its confirmations are trusted."
    case .channel: "A sales channel, and how much stock it may take and show."
    case .allocationTier: "A rank that decides who gets stock first when there is not enough."
    case .protection: "Stock that is reserved for one channel, permanently or for a time."
    case .safetyStock: "Safety stock: units that are never promised."
    case .replenishmentPolicy: "When to order items from their supplier, and how many."
    case .fallbackRule:
      "What counts while a node is silent or down, a carrier is disrupted or a supplier cannot be trusted."
    case .releaseRule: "Which orders of a channel ship only after someone with a role has released them."
    case .productClass: "A named part of the catalogue, which other resources refer to."
    case .person: "Someone who may sign changes, with their keys."
    case .role: "Which people may change which kinds and files."
    case .approvalRule:
      "The review that a change needs before it takes effect. A change that no rule matches is refused."
    case .freezeWindow: "A time in which policy changes wait. They take effect automatically when it ends."
    case .integration: "A connected system, and the event types that only it may send."
    case .carrier: "Who carries parcels, and whether the carrier is working at present."
    case .lane: "A connection from a node to a region: how long a parcel takes and what it costs."
    case .routingProfile: "How orders are routed: what may be split, when they are late, and what that costs."
    case .backorderRule: "What may be sold before it has arrived, and how far promises may move."
    case .driftRule: "What to do about a quantity or setting that others changed on a channel."
    }
  }

  /// Whether resources of this kind may carry a `scope` that narrows them to a product class or an item.
  public var takesScope: Bool { self == .channel }

  /// Whether resources of this kind may hold for a time. Which node serves whom changes only with a commit, so that
  /// orders change hands when people looked at it.
  public var takesWindow: Bool { !isGovernance && self != .region }
}

/// The fields of every kind, in the order in which people write them. Decoding, the JSON Schema and the "did you mean"
/// hints all read this table.
public enum Schema {
  public static let scope: [FieldSpec] = [
    FieldSpec("class", .reference(.productClass), "The product class that this overlay is for."),
    FieldSpec("sku", .sku, "The single item that this overlay is for."),
    FieldSpec("brand", .text, "Items with this value of the attribute 'brand'."),
    FieldSpec("business_unit", .text, "Items with this value of the attribute 'business_unit'."),
    FieldSpec("region", .reference(.region), "Sales in this region only; can be combined with any of the others."),
  ]

  public static let effective: [FieldSpec] = [
    FieldSpec("from", .instant, "When it takes effect (RFC 3339)."),
    FieldSpec("until", .instant, "When it ends (RFC 3339, exclusive)."),
  ]

  /// The fields that every resource has beside those of its kind.
  public static func commonFields(of kind: Kind) -> [FieldSpec] { common[kind] ?? [] }

  /// The fields of a kind's own.
  public static func fields(of kind: Kind) -> [FieldSpec] { own[kind] ?? [] }

  // Made once: every resource that is read or checked looks here.
  private static let common = table(makeCommonFields)
  private static let own = table(makeFields)

  private static func table(_ make: (Kind) -> [FieldSpec]) -> [Kind: [FieldSpec]] {
    Dictionary(uniqueKeysWithValues: Kind.allCases.map { ($0, make($0)) })
  }

  private static func makeCommonFields(of kind: Kind) -> [FieldSpec] {
    [
      FieldSpec("kind", .choice(Kind.allCases.map(\.rawValue)), required: true, "What the resource is."),
      FieldSpec("name", .text, required: true, "Its name, unique within the kind: letters, digits and . - _"),
    ]
      + (kind.takesScope
        ? [FieldSpec("scope", .object(scope), "Limits the resource to part of the catalogue, or to a region.")] : [])
      + (!kind.takesWindow
        ? [] : [FieldSpec("effective", .object(effective), "When the resource is in effect (default: always).")])
  }

  private static func makeFields(of kind: Kind) -> [FieldSpec] {
    switch kind {
    case .repository: repository
    case .node:
      [
        FieldSpec("type", .choice(["dc", "3pl", "store"]), required: true, "What kind of place it is."),
        FieldSpec("region", .name, required: true, "The region that it is in."),
        FieldSpec(
          "status", .choice(["active", "paused", "closed"]), "Only the stock of an active node can be promised."),
        FieldSpec("minimum_stock", .quantity(minimum: 0), "Units of each item that are kept for walk-in customers."),
        FieldSpec("calendar", .reference(.calendar), "When it is open (default: around the clock)."),
        FieldSpec(
          "cut_off", .timeOfDay, "Orders after this local time are worked on the next open day, such as 14:00."),
        FieldSpec(
          "processing_time", .span,
          "From order to parcel, such as 1d: whole days are open days, the rest counts only opening hours."),
        FieldSpec("receiving_time", .span, "From dock to shelf, for goods sent by another node."),
        FieldSpec(
          "past_due_after", .span,
          "Goods from another node no longer count this long after their first announced date (7d)."),
        FieldSpec("labour_capacity", .quantity(minimum: 0), "Units that it can pick and pack per open day."),
        FieldSpec(
          "labour_time", .span,
          "The capacity as working time of all staff together, such as 16h; needs handling_time."),
        FieldSpec("handling_time", .span, "For labour_time: how long it takes to pick and pack a unit, such as 90s."),
        FieldSpec("handling_cost", .money, "The cost of picking and packing a unit, such as 0.35."),
        FieldSpec(
          "rank", .integer(1...1000), "Among nodes that cost the same, the one with the lowest rank serves the order."),
      ]
    case .region: regionFields
    case .calendar:
      [
        FieldSpec("extends", .reference(.calendar), "Another calendar, which supplies what this one does not set."),
        FieldSpec("time_zone", .timeZone, "The time zone of its times, such as Europe/Berlin (default: UTC)."),
        FieldSpec(
          "open", .openDays,
          "The hours by day: mon-fri, sat or a date such as 2026-12-24. Days that are not listed are closed."),
        FieldSpec("closed", .list(.date), "Dates on which it is closed, such as public holidays."),
      ]
    case .supplier:
      [
        FieldSpec("lead_time", .span, required: true, "From order to receipt, such as 21d."),
        FieldSpec(
          "confidence", .rate, required: true,
          "The share of what it confirms that arrives; with learning, until enough deliveries are known."),
        FieldSpec("learning", .object(learning), "Learn the confidence from its deliveries."),
        FieldSpec(
          "announced_confidence", .rate, "The confidence for goods on a ship notice; never below confidence."),
        FieldSpec("lead_time_deviation", .span, "The standard deviation of its lead time, such as 2d."),
        FieldSpec(
          "delay_margin", .object(delayMargin),
          "How late it is expected to be, in percent of that deviation, by confidence tier."),
        FieldSpec("receiving_time", .span, "From dock to shelf."),
        FieldSpec("past_due_after", .span, "A line that is this late after its first promised date no longer counts."),
        FieldSpec("minimum_order", .quantity(minimum: 0), "The minimum number of units of an item per order."),
        FieldSpec(
          "order_multiple", .quantity(minimum: 1), "Orders must be a multiple of this, such as full cartons of 12."),
      ]
    case .channel:
      [
        FieldSpec(
          "type", .choice(["dtc", "marketplace", "wholesale", "subscription", "store"]), "How it sells."),
        FieldSpec("tier", .reference(.allocationTier), "Its rank when stock is short."),
        FieldSpec("share", .object(share), "Its share of the stock, if its tier shares by weight."),
        FieldSpec("may_use_shared", .bool, "Whether it sells from the shared pool (true) or only its protection."),
        FieldSpec("cap", .object(cap), "The maximum that it may take in a window."),
        FieldSpec("exposure", .rate, "The share of available units that is published."),
        FieldSpec("buffer", .object(buffer), "Units held back from publication."),
        FieldSpec("min_publish", .quantity(minimum: 0), "Quantities below this are published as 0."),
        FieldSpec(
          "max_publish", .quantity(minimum: 0), "The maximum quantity to publish (default: 1,000,000,000,000)."),
        FieldSpec(
          "time_zone", .timeZone,
          "The time zone of the dates that its customers are told, such as Europe/Berlin (default: UTC)."),
        FieldSpec(
          "reserve_at", .choice(OrderStage.allCases.map(\.rawValue)), "The stage at which an order claims stock."),
        FieldSpec("hold_ttl", .span, "How long an unpaid order keeps its claim (carts: 15m by default)."),
        FieldSpec("reserve_ahead", .span, "How long before its ship date an order claims stock (default: at once)."),
        FieldSpec("backorder", .object(channelBackorder), "Whether its orders may wait for inbound goods."),
      ]
    case .allocationTier:
      [
        FieldSpec("rank", .integer(1...1000), required: true, "1 is served first."),
        FieldSpec(
          "rule", .choice(["strict", "fair_share"]),
          "strict: serve this tier in full before the next. fair_share: share among its channels by weight."),
        FieldSpec(
          "reallocation", .choice(["none", "win", "gain", "redistribute", "fill", "lose"]),
          "What happens to claims in a shortage. win: takes from all ranks. gain: takes from lower ranks. Neither gives. "
            + "redistribute: takes and gives. fill: gives. lose: gives first. none (default): neither takes nor gives."),
      ]
    case .protection:
      [
        FieldSpec("channel", .reference(.channel), required: true, "The channel that the stock is reserved for."),
        FieldSpec("region", .reference(.region), "The region (default: each region)."),
        FieldSpec(
          "class", .reference(.productClass), "The product class (default: all items, unless narrowed otherwise)."),
        FieldSpec("sku", .sku, "The single item."),
        FieldSpec("brand", .text, "Items with this value of the attribute 'brand'."),
        FieldSpec("business_unit", .text, "Items with this value of the attribute 'business_unit'."),
        FieldSpec(
          "units", .quantity(minimum: 0),
          "Units reserved for the channel, less what it claimed since the UTC hour in which 'effective' begins."),
        FieldSpec("percent_of_on_hand", .rate, "A share of the stock on hand, instead of units."),
        FieldSpec(
          "percent_of_inbound", .rate,
          "Also a share of what purchase orders are due to deliver, and deliver, within the 'effective' window (from the "
            + "UTC hour in which it begins)."),
      ]
    case .safetyStock:
      [
        FieldSpec("node", .reference(.node), "The node (default: all nodes)."),
        FieldSpec("region", .reference(.region), "At each node that serves this region, instead of one node."),
        FieldSpec("class", .reference(.productClass), "The product class."),
        FieldSpec("sku", .sku, "The single item."),
        FieldSpec("brand", .text, "Items with this value of the attribute 'brand'."),
        FieldSpec("business_unit", .text, "Items with this value of the attribute 'business_unit'."),
        FieldSpec("units", .quantity(minimum: 0), "Units that are never promised."),
        FieldSpec("rows", .safetyStockRows, "Several rows, instead of the fields above."),
      ]
    case .replenishmentPolicy: replenishment
    case .fallbackRule: fallbackRule
    case .releaseRule:
      [
        FieldSpec("channel", .reference(.channel), required: true, "The channel whose orders it covers."),
        FieldSpec(
          "above_units", .quantity(minimum: 0), required: true, "Orders with more units than this, over all lines."),
        FieldSpec(
          "role", .reference(.role), required: true, "The role that may release them, with an 'order.released' event."),
      ]
    case .productClass:
      [
        FieldSpec("priority", .integer(0...1000), "If several classes match an item, the lowest priority wins."),
        FieldSpec(
          "match", .map(.text), "Attributes that an item must have; without any, only items that name the class."),
      ]
    case .person: person
    case .role:
      [
        FieldSpec("people", .list(.reference(.person)), required: true, "The people who have the role."),
        FieldSpec(
          "kinds", .list(.choice(["*"] + Kind.allCases.map(\.rawValue))), required: true,
          "The kinds that it may change."),
        FieldSpec("paths", .list(.text), required: true, "The files that it may change, for example state/channels/**"),
      ]
    case .approvalRule: approvalRule
    case .integration:
      [
        FieldSpec("source", .name, required: true, "The CloudEvents source of the system."),
        FieldSpec("owns", .list(.choice(EventTypes.all)), required: true, "The event types that only it may send."),
      ]
    case .carrier: carrierFields
    case .lane: laneFields
    case .routingProfile: routingProfileFields
    case .backorderRule: backorderRule
    case .driftRule: driftRule
    case .freezeWindow: freezeWindow
    }
  }

  private static let cap: [FieldSpec] = [
    FieldSpec("units", .quantity(minimum: 0), "The maximum number of units; 0 means none."),
    FieldSpec("percent_of_available", .rate, "The maximum share of what all channels can sell."),
    FieldSpec("window", .span, required: true, "The sliding window in which sales count, such as 7d."),
  ]

  private static let learning: [FieldSpec] = [
    FieldSpec(
      "prior_deliveries", .integer(0...10_000), "How many deliveries the declared confidence is worth (default: 10)."),
    FieldSpec(
      "prior", .choice(["declared", "pooled"]),
      "What learning starts from. declared: the supplier's 'confidence'. pooled: the current average of all suppliers."),
    FieldSpec("half_life", .span, "The age at which a delivery counts half (default: 60d)."),
    FieldSpec("grace", .span, "How long after the promised date is still in time (default: 0d)."),
    FieldSpec("early_grace", .span, "How long before the promised date units may arrive (default: any time)."),
    FieldSpec(
      "measure", .choice(["fraction", "in_full"]),
      "fraction: counts the share that came in time. in_full: counts only complete deliveries."),
    FieldSpec("tolerance", .rate, "For in_full: the share that may be missing."),
    FieldSpec(
      "lead_time", .bool,
      "Whether to learn lead_time and its deviation too, after five complete deliveries; recomputed daily."),
  ]

  private static let delayMargin: [FieldSpec] = ["high", "medium", "low", "untrusted"].map {
    FieldSpec($0, .integer(0...10_000), "Percent of the deviation for a supplier whose confidence is \($0).")
  }

  private static let share: [FieldSpec] = [
    FieldSpec("weight", .integer(1...1_000_000), "Its weight relative to the other channels (default: 1)."),
    FieldSpec(
      "min_units", .quantity(minimum: 0), "Units of an item that it gets before others get more than their minimum."),
    FieldSpec(
      "max_units", .quantity(minimum: 0), "The maximum number of units of an item that its orders may hold at once."),
  ]

  private static let buffer: [FieldSpec] = [
    FieldSpec("mode", .choice(["fixed", "latency_poisson"]), required: true, "How the buffer is computed."),
    FieldSpec("units", .quantity(minimum: 0), "For fixed: the number of units."),
    FieldSpec("risk", .rate, "For latency_poisson: the accepted risk of overselling during one publish delay."),
    FieldSpec("latency", .span, "For latency_poisson: the delay within which nearly all publications arrive."),
  ]

  public static let safetyStockRow: [FieldSpec] = [
    FieldSpec("sku", .sku, required: true, "The item."),
    FieldSpec("node", .reference(.node), "The node (default: all nodes)."),
    FieldSpec("units", .quantity(minimum: 0), required: true, "Units that are never promised."),
  ]
}
