import ActualState
import Operations
import TestSupport

/// What channels really show. Purser tells them and hears of them, both with a delay; their own sales take them down, and
/// now and then somebody else writes them.
struct Displays {
  /// What a publication, an order or a clock may be late by, in minutes: less than the shortest delay of any rule.
  static let latest = 50

  struct Place: Hashable, Comparable {
    var sku: SKU
    var channel: ChannelID
    var region: RegionID

    static func < (left: Self, right: Self) -> Bool {
      (left.sku, left.channel, left.region) < (right.sku, right.channel, right.region)
    }
  }

  struct Display {
    var units: Quantity = 0
    var maxPublish: Int64?
    /// What it was told last.
    var told: (at: Instant, units: Quantity)?
    var onTheWay: [(at: Instant, units: Quantity)] = []
    /// Whether what it shows may be anything but what it was told less what was sold.
    var isDisturbed = false
    /// Only what is told from then on puts it right.
    var isClearFrom = Instant.distantPast

    /// Something happened that no delay allows for: what it shows proves nothing until it has been told anew.
    mutating func doubt(at now: Instant) {
      isDisturbed = true
      isClearFrom = now + .hour
    }
  }

  /// Whether anything of this happens in a run.
  let areWatched: Bool
  var dice: SplitMix64
  var all: [Place: Display] = [:]
  /// Orders that were placed on a channel and are not heard of yet.
  var orders: [(at: Instant, event: Event, place: Place)] = []
  var reports: [(at: Instant, event: Event)] = []
  /// Observations of displays that somebody else had written.
  var disturbed: Set<String> = []
  var regions = RegionMap()
  var number = 0
  /// In some runs somebody writes one display again and again.
  let hasRival: Bool

  init(seed: UInt64) {
    dice = SplitMix64(seed: seed ^ 0x5EED_0F_D15_91A7)
    areWatched = dice.chance(35)
    hasRival = dice.chance(50)
  }

  mutating func minutes(_ most: Int) -> TimeSpan { TimeSpan(milliseconds: Int64(dice.number(0...most)) * 60_000) }
}

extension Simulation {
  /// One thing more that happens on channels, after all that is due.
  func watchChannels() throws {
    guard displays.areWatched else { return }
    if displays.dice.chance(3), let head = git.head {
      var company = git.commits[head].company
      company.changeDrift(at: now, &displays.dice)
      git.head = git.commit(company, by: .ada, on: head)
      note("ada commits \(MemoryGit.id(of: git.head ?? 0)) about drift")
    }
    try followPublications()
    try hearOfOrders(before: now)
    if !isExclusive {
      for report in displays.reports where report.at <= now { try receive(report.event) }
      displays.reports.removeAll { $0.at <= now }
    }
    let places = displays.all.keys.sorted()
    guard !places.isEmpty else { return }
    if displays.hasRival, displays.dice.chance(30) {
      let rival = places[0]
      if displays.all[rival]?.isDisturbed == false { displays.all[rival]?.units += 5 }
      displays.all[rival]?.isDisturbed = true
      look(at: rival)
    }
    let place = displays.dice.pick(places)
    switch displays.dice.pick(weights: [30, 8, 3, 30, 29]) {
    case 0: try sell(at: place)
    case 1:
      let units = Quantity(displays.dice.number(0...25))
      displays.all[place]?.units = units
      displays.all[place]?.isDisturbed = true
      note("somebody else writes \(place)")
    case 2:
      let most = displays.dice.pick([4, 8, 15, 30])
      displays.all[place]?.maxPublish = Int64(most)
    case 3: look(at: place)
    default: break
    }
  }

  /// What was published since, on its way to the channels and there.
  private func followPublications() throws {
    let map = try store.regionMap()
    if map != displays.regions {
      // Orders that are on their way may belong to another region now.
      displays.regions = map
      for place in displays.all.keys { displays.all[place]?.doubt(at: now) }
    }
    try store.eachGrant { row in
      guard let units = row.published, let at = row.publishedAt else { return }
      let place = Displays.Place(sku: row.sku, channel: row.channel, region: row.region)
      var display = displays.all[place] ?? Displays.Display()
      defer { displays.all[place] = display }
      guard display.told.map({ $0 != (at, units) }) ?? true else { return }
      display.told = (at, units)
      let arrival = at + displays.minutes(Displays.latest)
      display.onTheWay.append((max(arrival, display.onTheWay.last?.at ?? arrival), units))
      // A cycle that began long ago tells later than it says.
      if arrival < now { display.doubt(at: now) }
    }
    for (place, var display) in displays.all {
      while let next = display.onTheWay.first, next.at <= now {
        display.units = next.units
        display.onTheWay.removeFirst()
        display.isDisturbed = display.isDisturbed && (display.told?.at ?? now) < display.isClearFrom
      }
      displays.all[place] = display
    }
  }

  /// Hands in the orders that must be heard of before a moment.
  func hearOfOrders(before moment: Instant) throws {
    for order in displays.orders where order.at <= moment {
      // Nobody can write now, and it will be late.
      if isExclusive { displays.all[order.place]?.doubt(at: moment) } else { try receive(order.event) }
    }
    let isExclusive = isExclusive
    displays.orders.removeAll { !isExclusive && $0.at <= moment }
  }

  private func sell(at place: Displays.Place) throws {
    let shown = displays.all[place]?.units ?? 0
    let destinations =
      displays.regions.isEmpty
      ? ["here"] : displays.regions.destinations.filter { $0.value == place.region }.keys.map(\.rawValue).sorted()
    guard shown > 0, let destination = destinations.first else { return }
    let units = min(shown, Quantity(displays.dice.number(1...3)))
    displays.all[place]?.units -= units
    displays.number += 1
    let event = Event(
      source: "/\(place.channel)", id: "sale\(displays.number)", type: "order.placed", time: now,
      data: [
        "order": .string("sale\(displays.number)"), "channel": .string(place.channel.rawValue),
        "ship_to": ["region": .string(destination)],
        "lines": [["line": "1", "sku": .string(place.sku.rawValue), "qty": .integer(units)]],
      ])
    let heardAt = now + displays.minutes(Displays.latest)
    displays.orders.append((heardAt, event, place))
    note("\(place.channel) sells \(units) of \(place.sku)")
  }

  /// Somebody looks, and what they saw is heard of some time later.
  private func look(at place: Displays.Place) {
    guard let display = displays.all[place] else { return }
    displays.number += 1
    var data: [String: JSONValue] = [
      "channel": .string(place.channel.rawValue), "sku": .string(place.sku.rawValue), "units": .integer(display.units),
    ]
    data["region"] = place.region.isEverywhere ? nil : .string(place.region.rawValue)
    data["max_publish"] = display.maxPublish.map { .integer($0) }
    data["writer"] = display.isDisturbed && displays.dice.chance(50) ? "tool" : nil
    let event = Event(
      source: "/feed", id: "look\(displays.number)", type: "listing.observed", time: now, data: .object(data))
    if display.isDisturbed { displays.disturbed.insert(event.key) }
    let heardAt = now + displays.minutes(300)
    displays.reports.append((heardAt, event))
  }
}

/// What a plan may tell channels again.
struct DriftCheck {
  let application: Application

  /// Only what a rule says, and never what sales have made of it.
  func check(_ simulation: Simulation) throws {
    let rules = simulation.company(of: application.pin)?.drift ?? []
    for case .heal(let sku, let healing) in application.actions {
      let key = healing.key
      try require(
        rules.contains {
          $0.answer == "heal" && $0.field == key.field.rawValue
            && $0.region ?? key.region.rawValue == key.region.rawValue
        },
        "\(sku) on \(key) is told again, and no rule says so")
      guard key.field == .units, let listing = try simulation.store.listing(sku, key) else { continue }
      try require(
        simulation.displays.disturbed.contains(listing.observation.eventKey),
        "\(sku) on \(key) is told again, and nobody but its orders has changed it: \(listing)")
    }
  }
}
