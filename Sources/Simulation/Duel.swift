import ActualState
import Operations
import Planning
import Reconciling

extension Simulation {
  /// Once everything is at rest, somebody writes one quantity back whenever the channel is told it: Purser stops telling
  /// after three times a day, opens one case, and leaves it at that until the channel shows what it should.
  func duel() throws {
    guard let key = try healedListing() else { return }
    tally.duels += 1
    var isOver = false
    for round in 0..<10 {
      // What was told has arrived, and an hour of the clock has passed.
      now = now + TimeSpan(milliseconds: 100 * 60_000)
      try comeToRest()
      guard let published = try store.grant(key.sku, key.channel, key.region)?.published else { return }
      let before = try standing(of: key)
      try see(published + 5, of: key)
      tally.duelRounds += 1
      try comeToRest()
      let after = try standing(of: key)
      let name = "\(key.sku) on \(key.channel), round \(round)"
      let today = after.repairs.count { $0 > now - .day }
      try require(today <= 3, "\(name): told again \(today) times within a day")
      try require(after.fights <= 1, "\(name): \(after.fights) cases of one fight")
      try require(before.fights == 0 || after.fights == 1, "\(name): the case of a fight that goes on was closed")
      try require(before.fights == 0 || after.repairs == before.repairs, "\(name): told again though it is fought over")
      isOver = isOver || after.fights == 1
    }
    try require(isOver, "\(key.sku) on \(key.channel) was written back ten times, and nobody was told of a fight")
    // The other gives in. Of two looks at one moment either may be the last.
    now = now + TimeSpan(milliseconds: 100 * 60_000)
    try comeToRest()
    guard let published = try store.grant(key.sku, key.channel, key.region)?.published else { return }
    try see(published, of: key)
    try comeToRest()
    try require(try standing(of: key).fights == 0, "\(key.sku) on \(key.channel): the case of a fight outlives it")
  }

  /// A listing that the policy in force heals, with a rule that is put in force for it; nil where there is none, or where the
  /// rule or the plan would wait for people.
  private func healedListing() throws -> Displays.Place? {
    guard let head = git.head, let pin = try store.pin(), MemoryGit.id(of: head) == pin.commit,
      var company = company(of: pin), company.isEnforced, company.guards == nil
    else { return nil }
    company.drift = [Company.DriftRule(field: "units", answer: "heal", target: .everything)]
    if company != git.commits[head].company { git.head = git.commit(company, by: .ada, on: head) }
    try cycle()
    try comeToRest()
    guard let rule = git.head, try store.pin()?.commit == MemoryGit.id(of: rule) else { return nil }
    // Rows outlive their channel and their region.
    let regions = company.regions.isEmpty ? [""] : company.regions.map(\.name)
    var found: Displays.Place?
    try store.eachGrant { row in
      guard found == nil, row.published != nil, regions.contains(row.region.rawValue),
        company.channels.contains(where: { $0.name == row.channel.rawValue })
      else { return }
      found = Displays.Place(sku: row.sku, channel: row.channel, region: row.region)
    }
    // Of a channel and an item that the policy still names.
    guard let found, try see(store.grant(found.sku, found.channel, found.region)?.published ?? 0, of: found) else {
      return nil
    }
    try comeToRest()
    return found
  }

  /// Somebody looks at a listing and tells it at once.
  /// - Returns: whether the store knows of it then.
  @discardableResult
  private func see(_ units: Quantity, of place: Displays.Place) throws -> Bool {
    displays.number += 1
    var data: [String: JSONValue] = [
      "channel": .string(place.channel.rawValue), "sku": .string(place.sku.rawValue), "units": .integer(units),
      "writer": "rival",
    ]
    data["region"] = place.region.isEverywhere ? nil : .string(place.region.rawValue)
    let event = Event(
      source: "/feed", id: "duel\(displays.number)", type: "listing.observed", time: now, data: .object(data))
    displays.disturbed.insert(event.key)
    try receive(event)
    return try store.listing(place.sku, ListingKey(place.channel, .units, in: place.region)) != nil
  }

  private func standing(of place: Displays.Place) throws -> (repairs: [Instant], fights: Int) {
    let key = ListingKey(place.channel, .units, in: place.region)
    var fights = 0
    try store.eachCase { sku, one, _ in
      if sku == place.sku, one.kind == .driftFight, one.subject == key.description { fights += 1 }
    }
    return (try store.listing(place.sku, key)?.repairs.map(\.at) ?? [], fights)
  }

  /// Nothing is left to plan, and another cycle changes nothing.
  private func comeToRest() throws {
    for _ in 0..<2 { try cycle() }
    if let plan = try PlanCheck(self).fullPlan(at: now) {
      try require(plan.isEmpty, "at rest a plan wants \(plan.actions.prefix(5).map(\.json.canonical))")
    }
    try requireUnchanged("a cycle at rest") { try cycle() }
  }
}
