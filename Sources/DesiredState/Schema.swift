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
      "Nodes that together serve some destinations: channels sell there what lies at them, and nothing else."
    case .calendar: "When a place works: its time zone, its hours on the days of the week, and days that differ."
    case .supplier: "Who delivers purchase orders, how long that takes and how far its word is trusted."
    case .channel: "A way to sell, and how much of the stock it may take and show."
    case .allocationTier: "A rank: whom stock goes to first when there is not enough."
    case .protection: "Stock that is kept for one channel, for good or for a time."
    case .safetyStock: "Units that are promised to nobody, against surprises."
    case .replenishmentPolicy: "When items are ordered from their supplier, and how many of them."
    case .fallbackRule: "What counts while a node is silent or down, a carrier fails or a supplier cannot be trusted."
    case .releaseRule: "Which orders of a channel leave only after someone with a role has let them go."
    case .productClass: "A named part of the catalogue, which other resources refer to."
    case .person: "Someone who may sign changes, with the keys that sign for them."
    case .role: "Which people may change which kinds and files."
    case .approvalRule: "What review a change needs before it takes effect. A change that no rule covers is refused."
    case .freezeWindow: "A time in which changes of the policy wait, and take effect by themselves when it ends."
    case .integration: "A connected system, and the event types that only it may send."
    case .carrier: "Who carries parcels, and whether that works at present."
    case .lane: "A way from a node to a region: how long a parcel takes and what it costs."
    case .routingProfile: "How orders are routed: what may be split, what is late, and what that costs."
    case .backorderRule: "What may be sold before it has arrived, and how far its promises may move."
    case .driftRule: "What becomes of a quantity or setting that others changed on a channel."
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
    FieldSpec("brand", .text, "The items whose attribute 'brand' says this."),
    FieldSpec("business_unit", .text, "The items whose attribute 'business_unit' says this."),
    FieldSpec("region", .reference(.region), "Sales in this region only; it goes with any of the others."),
  ]

  public static let effective: [FieldSpec] = [
    FieldSpec("from", .instant, "When it starts to hold (RFC 3339)."),
    FieldSpec("until", .instant, "When it ends (RFC 3339); this moment is not included."),
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
        ? [FieldSpec("scope", .object(scope), "Narrows the resource to part of the catalogue, or to a region.")] : [])
      + (!kind.takesWindow
        ? [] : [FieldSpec("effective", .object(effective), "When the resource holds; always, if left out.")])
  }

  private static func makeFields(of kind: Kind) -> [FieldSpec] {
    switch kind {
    case .repository: repository
    case .node:
      [
        FieldSpec("type", .choice(["dc", "3pl", "store"]), required: true, "What kind of place it is."),
        FieldSpec("region", .name, required: true, "The region that it stands in."),
        FieldSpec("status", .choice(["active", "paused", "closed"]), "Only an active node's stock can be promised."),
        FieldSpec("minimum_stock", .quantity(minimum: 0), "Units of each item that stay for walk-in customers."),
        FieldSpec("calendar", .reference(.calendar), "When it works; around the clock, if left out."),
        FieldSpec("cut_off", .timeOfDay, "Orders after this local time leave on the next open day, such as 14:00."),
        FieldSpec(
          "processing_time", .span,
          "From the order to the parcel, such as 1d: whole days are open days, the rest counts while it is open."),
        FieldSpec("receiving_time", .span, "From the dock to the shelf, for goods that another node sends it."),
        FieldSpec(
          "past_due_after", .span,
          "So long after the date said first, goods that another node sent it count as nothing; 7d, if left out."),
        FieldSpec("labour_capacity", .quantity(minimum: 0), "Units that it can pick and pack on an open day."),
        FieldSpec(
          "labour_time", .span,
          "The same as working time, all hands together, such as 16h; needs handling_time."),
        FieldSpec("handling_time", .span, "For labour_time: how long a unit takes to pick and pack, such as 90s."),
        FieldSpec("handling_cost", .money, "What picking and packing a unit costs, such as 0.35."),
        FieldSpec("rank", .integer(1...1000), "Among nodes that cost the same, the lowest serves the order."),
      ]
    case .region: regionFields
    case .calendar:
      [
        FieldSpec("extends", .reference(.calendar), "Another calendar, which says what this one leaves out."),
        FieldSpec("time_zone", .timeZone, "Whose clocks its times are, such as Europe/Berlin; UTC, if left out."),
        FieldSpec(
          "open", .openDays,
          "The hours by day: mon-fri, sat or a date such as 2026-12-24. What is not named is closed."),
        FieldSpec("closed", .list(.date), "Dates on which it is closed, such as public holidays."),
      ]
    case .supplier:
      [
        FieldSpec("lead_time", .span, required: true, "From order to receipt, such as 21d."),
        FieldSpec(
          "confidence", .rate, required: true,
          "The share of what it confirms that arrives; with learning, until it is known better."),
        FieldSpec("learning", .object(learning), "Learns the confidence from its deliveries."),
        FieldSpec(
          "announced_confidence", .rate, "The same for what a ship notice says is on its way; never below confidence."),
        FieldSpec("lead_time_deviation", .span, "How far its lead time deviates (standard deviation), such as 2d."),
        FieldSpec(
          "delay_margin", .object(delayMargin),
          "How late it is expected to be, in percent of that deviation, by how far it is trusted."),
        FieldSpec("receiving_time", .span, "From the dock to the shelf."),
        FieldSpec("past_due_after", .span, "A line this late after its first promise counts as nothing."),
        FieldSpec("minimum_order", .quantity(minimum: 0), "The fewest units of an item that it delivers."),
        FieldSpec("order_multiple", .quantity(minimum: 1), "It delivers only multiples, such as full cartons of 12."),
      ]
    case .channel:
      [
        FieldSpec(
          "type", .choice(["dtc", "marketplace", "wholesale", "subscription", "store"]), "How it sells."),
        FieldSpec("tier", .reference(.allocationTier), "Its rank when stock is short."),
        FieldSpec("share", .object(share), "Its part of what is there, where its tier shares by weight."),
        FieldSpec("may_use_shared", .bool, "Whether it sells from the shared pool (true) or only its protection."),
        FieldSpec("cap", .object(cap), "The most that it may take in a window."),
        FieldSpec("exposure", .rate, "The share of what is available that is published."),
        FieldSpec("buffer", .object(buffer), "Units held back from publication."),
        FieldSpec("min_publish", .quantity(minimum: 0), "Less than this is published as 0."),
        FieldSpec("max_publish", .quantity(minimum: 0), "Never publish more than this."),
        FieldSpec(
          "time_zone", .timeZone, "Whose days its customers are told, such as Europe/Berlin; UTC, if left out."),
        FieldSpec(
          "reserve_at", .choice(OrderStage.allCases.map(\.rawValue)), "How far an order must be to claim stock."),
        FieldSpec("hold_ttl", .span, "How long a claim holds before the order is paid; a cart's holds 15m without it."),
        FieldSpec("reserve_ahead", .span, "How long before its ship date an order claims; at once, if left out."),
        FieldSpec("backorder", .object(channelBackorder), "Whether its orders may wait for goods that are to come."),
      ]
    case .allocationTier:
      [
        FieldSpec("rank", .integer(1...1000), required: true, "1 is served first."),
        FieldSpec(
          "rule", .choice(["strict", "fair_share"]),
          "strict serves a tier in full before the next; fair_share shares among its channels by weight."),
        FieldSpec(
          "reallocation", .choice(["none", "win", "gain", "redistribute", "fill", "lose"]),
          "What becomes of claims in a shortage: win takes from all, gain from lower ranks, and neither gives; "
            + "redistribute takes and gives, fill gives, lose gives first; none, if left out, does neither."),
      ]
    case .protection:
      [
        FieldSpec("channel", .reference(.channel), required: true, "Whom the stock is kept for."),
        FieldSpec("region", .reference(.region), "Where; in each region, if left out."),
        FieldSpec("class", .reference(.productClass), "The product class; all items, if nothing narrows it."),
        FieldSpec("sku", .sku, "The single item."),
        FieldSpec("brand", .text, "The items whose attribute 'brand' says this."),
        FieldSpec("business_unit", .text, "The items whose attribute 'business_unit' says this."),
        FieldSpec("units", .quantity(minimum: 0), "Units kept for the channel."),
        FieldSpec("percent_of_on_hand", .rate, "A share of what is on hand, instead of units."),
        FieldSpec(
          "percent_of_inbound", .rate,
          "Also a share of what purchase orders are to bring, and bring, between the two ends of 'effective'."),
      ]
    case .safetyStock:
      [
        FieldSpec("node", .reference(.node), "Where; all nodes, if left out."),
        FieldSpec("region", .reference(.region), "At each of the nodes that serve it, instead of one node."),
        FieldSpec("class", .reference(.productClass), "The product class."),
        FieldSpec("sku", .sku, "The single item."),
        FieldSpec("brand", .text, "The items whose attribute 'brand' says this."),
        FieldSpec("business_unit", .text, "The items whose attribute 'business_unit' says this."),
        FieldSpec("units", .quantity(minimum: 0), "Units that are not promised to anyone."),
        FieldSpec("rows", .safetyStockRows, "Many rows at once, instead of the fields above."),
      ]
    case .replenishmentPolicy: replenishment
    case .fallbackRule: fallbackRule
    case .releaseRule:
      [
        FieldSpec("channel", .reference(.channel), required: true, "Whose orders."),
        FieldSpec(
          "above_units", .quantity(minimum: 0), required: true, "Orders of more units than this, all lines together."),
        FieldSpec(
          "role", .reference(.role), required: true, "Who may let them go: 'order.released' by someone who has it."),
      ]
    case .productClass:
      [
        FieldSpec("priority", .integer(0...1000), "The lowest wins where several classes match an item."),
        FieldSpec(
          "match", .map(.text), "Attributes that an item must have; with none, only items that name the class."),
      ]
    case .person: person
    case .role:
      [
        FieldSpec("people", .list(.reference(.person)), required: true, "Who has it."),
        FieldSpec(
          "kinds", .list(.choice(["*"] + Kind.allCases.map(\.rawValue))), required: true, "What it may change."),
        FieldSpec("paths", .list(.text), required: true, "Where it may change it: state/channels/**"),
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
    FieldSpec("units", .quantity(minimum: 0), "At most so many units; 0 is none."),
    FieldSpec("percent_of_available", .rate, "At most this share of what all channels could sell."),
    FieldSpec("window", .span, required: true, "The sliding time in which sales count, such as 7d."),
  ]

  private static let learning: [FieldSpec] = [
    FieldSpec(
      "prior_deliveries", .integer(0...10_000), "How many deliveries it takes to outweigh the declared confidence; 10."),
    FieldSpec(
      "prior", .choice(["declared", "pooled"]),
      "What it starts from: declared is its confidence, pooled what all suppliers together are worth that day."),
    FieldSpec("half_life", .span, "The age at which a delivery counts half; 60d."),
    FieldSpec("grace", .span, "How long after the promise is still in time; 0d."),
    FieldSpec("early_grace", .span, "How long before the promise units may come; any time, if left out."),
    FieldSpec(
      "measure", .choice(["fraction", "in_full"]),
      "fraction counts the share that came in time, in_full only whole deliveries."),
    FieldSpec("tolerance", .rate, "For in_full: the share that may be missing."),
    FieldSpec(
      "lead_time", .bool,
      "Whether lead_time and its deviation are learnt too, once five deliveries came in full; each day anew."),
  ]

  private static let delayMargin: [FieldSpec] = ["high", "medium", "low", "untrusted"].map {
    FieldSpec($0, .integer(0...10_000), "Percent of the deviation for a supplier whose confidence is \($0).")
  }

  private static let share: [FieldSpec] = [
    FieldSpec("weight", .integer(1...1_000_000), "How much of each unit it gets beside the others; 1, if left out."),
    FieldSpec(
      "min_units", .quantity(minimum: 0), "Units of an item that it has before the others get more than theirs."),
    FieldSpec("max_units", .quantity(minimum: 0), "The most units of an item that its orders may hold at once."),
  ]

  private static let buffer: [FieldSpec] = [
    FieldSpec("mode", .choice(["fixed", "latency_poisson"]), required: true, "How it is worked out."),
    FieldSpec("units", .quantity(minimum: 0), "For fixed: how many."),
    FieldSpec("risk", .rate, "For latency_poisson: the accepted risk of overselling during one publish delay."),
    FieldSpec("latency", .span, "For latency_poisson: the delay within which nearly all publications arrive."),
  ]

  public static let safetyStockRow: [FieldSpec] = [
    FieldSpec("sku", .sku, required: true, "The item."),
    FieldSpec("node", .reference(.node), "Where; all nodes, if left out."),
    FieldSpec("units", .quantity(minimum: 0), required: true, "Units that are not promised to anyone."),
  ]
}
