import Operations

/// What the people of the simulated company agreed on: a small model that is written out as YAML, so that the real
/// loader, validation and judge read it.
struct Company: Hashable, Sendable {
  enum Amount: Hashable, Sendable {
    case units(Int)
    case percent(Int)
  }

  /// The part of the catalogue that a rule is for.
  enum Target: Hashable, Sendable {
    case everything
    case launch
    case brand
    case businessUnit
    case item(String)
  }

  enum Buffer: Hashable, Sendable {
    case fixed(Int)
    case latency(minutes: Int)
  }

  struct Cap: Hashable, Sendable {
    var amount: Amount
    var hours: Int
  }

  struct Channel: Hashable, Sendable {
    var name: String
    var tier = 0
    var share: Share?
    var mayUseShared = true
    var cap: Cap?
    /// An overlay for the class `launch`.
    var launchCap: Cap?
    /// An overlay for one region.
    var regionCap: RegionCap?
    /// An overlay for the brand `north`.
    var brandCap: Cap?
    /// An overlay for one item.
    var itemCap: Cap?
    var exposure = 100
    var buffer: Buffer?
    var minPublish = 0
    /// Nil: git leaves it open.
    var maxPublish: Int?
    var terms = ChannelTerms()
    /// How far its orders may wait for goods to come; nil: not at all.
    var backorder: BackorderLimits?
    /// Orders of more units must be let go by Ada.
    var releaseAbove: Int?
    /// When the channel sells at all; always, if nil.
    var window: Window?
    /// A cap for a time, beside the one that always holds.
    var surge: Surge?

    func isOpen(at now: Instant) -> Bool {
      (window?.contains(now) ?? true) || (surge?.window.contains(now) ?? false)
    }
  }

  struct RegionCap: Hashable, Sendable {
    var region: String
    var cap: Cap
  }

  struct Surge: Hashable, Sendable {
    var cap: Cap
    var window: Window
  }

  struct Protection: Hashable, Sendable {
    var channel: String
    var target: Target
    var amount: Amount
    var window: Window?
    /// A percentage; only where the window has two ends.
    var inbound: Int?
    /// The only region that it is for; nil for all.
    var region: String?
  }

  struct SafetyStock: Hashable, Sendable {
    var node: String?
    /// Whose nodes; nil where one is named, or all are meant.
    var region: String?
    var target: Target
    var units: Int
    var window: Window?
  }

  struct Replenishment: Hashable, Sendable {
    var target: Target
    var minimum: Int
    var multiple: Int
    /// Days from one review to the next; nil for a continuous review.
    var period: Int?
    var fill: Bool
    var windowDays: Int
    /// The only region that it is for; nil for all that no rule is for on its own.
    var region: String?
  }

  struct Node: Hashable, Sendable {
    var name: String
    var isActive = true
    var minimumStock = 0
    /// Units on a day; no limit, if nil.
    var capacity: Int?
    /// Hours until what another node sends lies on the shelf.
    var receiving: Int?
    /// Days after which what another node sent counts as nothing; nil: seven.
    var pastDue: Int?
    /// Seconds that a unit takes: the capacity is said as the time of all hands; as a number of units, if nil.
    var handling: Int?
  }

  /// Ways in which a commit can be wrong.
  enum Fault: Hashable, Sendable, CaseIterable {
    case unknownField, missingReference, notYAML
  }

  var isEnforced = true
  /// What waits for people; nothing, if nil.
  var guards: Guards?
  /// Whether Cara's key is known; she never has a role.
  var knowsCara = false
  var benIsMerchant = true
  /// What the leads must approve; nothing, if nil.
  var review: Review?
  /// Whether a rule asks for a review of suppliers that nobody could give: such a state is refused.
  var reviewsSuppliers = false
  var tiers = Tiers()
  var channels = ["market", "shop", "trade"].enumerated().map { Channel(name: $1, tier: $0) }
  var protections: [Protection] = []
  var safetyStock: [SafetyStock] = []
  var fallbacks: [Fallback] = []
  var replenishment: [Replenishment] = []
  var backorders: [BackorderRule] = []
  var drift: [DriftRule] = []
  var nodes = ["dc", "site", "store"].map { Node(name: $0) }
  var shipping = Shipping()
  /// None: all nodes serve all destinations.
  var regions: [SalesRegion] = []
  var confidence = 80
  /// Whether the supplier's confidence is learnt from what it delivers.
  var learns = false
  /// Whether what is learnt once a day is learnt too.
  var learnsDaily = false
  /// The source that owns purchase orders.
  var supplySource = "/erp"
  var fault: Fault?
  /// Words outside of `state/`.
  var remark = 0
}

/// Who signs a commit.
enum Signer: String, Hashable, Sendable, CaseIterable {
  /// May change everything.
  case ada
  /// May change channels and protections, as long as he is a merchant.
  case ben
  /// Has no role.
  case cara
  case stranger
  case nobody
  /// A signature that does not fit.
  case forger
}
