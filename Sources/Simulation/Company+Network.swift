import Operations
import TestSupport

/// How the simulated company ships.
struct Shipping: Hashable, Sendable {
  struct Lane: Hashable, Sendable {
    var node: String
    var region: String
    var isExpress = false
    var hours = 24
    /// Whole units of the currency.
    var cost = 5

    var carrier: String { isExpress ? "courier" : "post" }
    var service: String { isExpress ? "express" : "standard" }
  }

  struct Profile: Hashable, Sendable {
    var channel: String?
    var split = SplitMode.any
    var shipsComplete = false
    var maxParcels: Int?
    var threshold = 0
    var splitPenalty = 0
    var hours: Int?
    var expressOnly = false

    /// Whether nothing may leave that would be late.
    var refusesLate: Bool { hours == 24 && !shipsComplete }
  }

  enum SplitMode: String, Hashable, Sendable {
    case any, none
    case byLine = "by_line"
  }

  static let regions = ["here", "there"]
  static let carriers = ["courier", "post"]

  var lanes: [Lane] = []
  var profiles: [Profile] = []
  /// Carriers that are disrupted by their own status.
  var disrupted: Set<String> = []

  /// The files, by their paths.
  var files: [String: String] {
    let carriers = Self.carriers.map { carrier in
      "kind: Carrier\nname: \(carrier)\nstatus: \(disrupted.contains(carrier) ? "disrupted" : "active")"
    }
    let ways = lanes.map { lane in
      "kind: Lane\nname: \(lane.node)-\(lane.region)-\(lane.service)\nnode: \(lane.node)\n"
        + "to: \(lane.region)\ncarrier: \(lane.carrier)\nservice: \(lane.service)\n"
        + "transit: \(lane.hours)h\nparcel_cost: \(lane.cost)\nunit_cost: 0.\(lane.cost % 10)"
    }
    var files = ["state/network/lanes.yaml": (carriers + ways).joined(separator: "\n---\n") + "\n"]
    let profiles = profiles.map { profile in
      "kind: RoutingProfile\nname: \(profile.channel ?? "others")\nsplit: \(profile.split.rawValue)\n"
        + (profile.channel.map { "channel: \($0)\n" } ?? "") + "ship_complete: \(profile.shipsComplete)\n"
        + (profile.maxParcels.map { "max_parcels: \($0)\n" } ?? "")
        + "split_value_threshold: \(profile.threshold)\nsplit_penalty: \(profile.splitPenalty)\n"
        + (profile.hours.map { "deliver_within: \($0)h\nlate_penalty: 3\n" } ?? "")
        + (profile.refusesLate ? "late: refused\n" : "")
        + (profile.expressOnly ? "services: [express]\n" : "")
    }
    if !profiles.isEmpty { files["state/fulfillment/routing.yaml"] = profiles.joined(separator: "---\n") }
    return files
  }

}

extension Company {
  /// The profile of a channel's orders; nil where none is for them.
  func profile(of channel: String?) -> Shipping.Profile? {
    shipping.profiles.first { $0.channel != nil && $0.channel == channel }
      ?? shipping.profiles.first { $0.channel == nil }
  }

  /// Whether orders of a channel can leave from a node at all, whatever carriers do and wherever lanes lead; those of any
  /// channel where none is named.
  func lets(_ channel: String?, leaveFrom node: String) -> Bool {
    guard !shipping.lanes.isEmpty else { return true }
    let names = channel.map { [$0] } ?? channels.map(\.name)
    return names.contains { name in
      let isExpress = profile(of: name)?.expressOnly ?? false
      return shipping.lanes.contains { $0.node == node && ($0.isExpress || !isExpress) }
    }
  }

  /// Whether something can go from a node to a region at a moment: by one service, or by any.
  func leads(from node: String, to region: String, by service: String?, at now: Instant) -> Bool {
    let isStruck = fallbacks.contains { rule in
      rule.trigger == .carrier(isActive: true) && rule.window?.contains(now) ?? true && rule.node ?? node == node
    }
    return shipping.lanes.contains { lane in
      lane.node == node && lane.region == region && service ?? lane.service == lane.service
        && !shipping.disrupted.contains(lane.carrier) && !(isStruck && lane.carrier == "post")
    }
  }
}

extension Company {
  mutating func changeShipping(_ random: inout SplitMix64) {
    switch random.number(0...9) {
    case 0: shipping.lanes = []
    case 1:
      // One after the other, and then none.
      shipping.disrupted =
        shipping.disrupted.isEmpty ? ["post"] : shipping.disrupted == ["post"] ? ["courier"] : []
    case 2:
      let node = random.number(0...(nodes.count - 1))
      nodes[node].capacity = random.pick([nil, 0, 3, 10, 60])
      nodes[node].handling = nodes[node].capacity == nil ? nil : random.pick([nil, nil, 45, 90])
    case 3, 4: changeProfile(&random)
    default:
      let lane = Shipping.Lane(
        node: random.pick(nodes).name, region: random.pick(Shipping.regions), isExpress: random.chance(30),
        hours: random.pick([6, 24, 72]), cost: random.number(1...9))
      shipping.lanes.removeAll {
        $0.node == lane.node && $0.region == lane.region && $0.isExpress == lane.isExpress
      }
      if random.chance(85) { shipping.lanes.append(lane) }
    }
  }

  private mutating func changeProfile(_ random: inout SplitMix64) {
    let channel = random.chance(40) ? random.pick(channels).name : nil
    shipping.profiles.removeAll { $0.channel == channel }
    guard random.chance(80) else { return }
    shipping.profiles.append(
      Shipping.Profile(
        channel: channel, split: random.pick([.any, .any, .byLine, .none]), shipsComplete: random.chance(25),
        maxParcels: random.pick([nil, 1, 2]), threshold: random.pick([0, 0, 30]),
        splitPenalty: random.pick([0, 2]), hours: random.pick([nil, 24, 72]), expressOnly: random.chance(10)))
  }
}
