import Operations
import TestSupport

/// What a commit is about; a swarm gives each a weight.
enum Topic: Int, CaseIterable {
  case cap, protection, safetyStock, tier, node, channelSettings, channelList, window, supplier, replenishment
  case governance, mode, fallback, mixed, fault, words, shipping, region, backorder
}

extension Company {
  /// A company that has lived a little.
  static func random(at now: Instant, _ random: inout SplitMix64) -> Company {
    var company = Company()
    if random.chance(50) { company.tiers.ranks = [1, 1, 1] }
    if random.chance(50) { company.tiers = .random(&random) }
    company.learns = random.chance(50)
    // Without a draw of its own, so that seeds stay what they were.
    company.learnsDaily = company.learns && company.tiers.ranks == [1, 1, 1]
    if random.chance(60) {
      for channel in company.channels.indices where random.chance(60) {
        company.channels[channel].backorder = random.chance(50) ? BackorderLimits() : .random(&random)
      }
      // Who learns about suppliers trusts none of them at first.
      if random.chance(70) {
        company.backorders = [
          BackorderRule(
            target: .everything, limits: BackorderLimits(), acceptsUntrusted: true,
            moveLimit: random.pick([nil, 1, 3]), infiniteAfter: random.pick([nil, nil, 1, 4]))
        ]
      }
    }
    for channel in company.channels.indices where random.chance(40) { company.changeTerms(of: channel, &random) }
    if random.chance(65) {
      for _ in 0..<random.number(1...10) { company.changeShipping(&random) }
    }
    if random.chance(35) { company.changeRegions(&random) }
    for _ in 0..<random.number(0...8) {
      let topic = random.pick([
        Topic.protection, .protection, .protection, .cap, .safetyStock, .channelSettings, .channelList, .tier, .tier,
        .channelSettings, .fallback, .replenishment, .backorder,
      ])
      let next = company.changed(topic, at: now, &random)
      if next.isValid { company = next }
    }
    return company
  }

  /// The company after a random change.
  func changed(_ topic: Topic, at now: Instant, _ random: inout SplitMix64) -> Company {
    var after = self
    after.change(topic, at: now, &random)
    return after
  }

  private mutating func change(_ topic: Topic, at now: Instant, _ random: inout SplitMix64) {
    let channel = random.number(0...(channels.count - 1))
    switch topic {
    case .cap:
      let cap = random.chance(25) ? nil : Cap.random(&random)
      if let region = regions.first?.name, random.chance(20) {
        channels[channel].regionCap = cap.map { RegionCap(region: region, cap: $0) }
        return
      }
      switch random.number(0...5) {
      case 0: channels[channel].launchCap = cap
      case 5: channels[channel].brandCap = cap
      case 1: channels[channel].itemCap = cap
      case 2: channels[channel].surge = cap.map { Surge(cap: $0, window: .random(around: now, &random)) }
      default: channels[channel].cap = cap
      }
    case .protection: changeProtection(of: channels[channel].name, at: now, &random)
    case .safetyStock:
      var rule = SafetyStock(
        node: random.chance(50) ? random.pick(nodes).name : nil, target: .random(&random),
        units: random.pick([0, 1, 3, 8]), window: random.chance(20) ? .random(around: now, &random) : nil)
      if !regions.isEmpty, rule.node == nil, random.chance(60) { rule.region = random.pick(regions).name }
      let isKept = random.chance(75)
      safetyStock.removeAll {
        $0.node == rule.node && $0.region == rule.region && $0.target == rule.target
          && ($0.window == nil) == (rule.window == nil)
      }
      if isKept { safetyStock.append(rule) }
    case .tier: changeTiers(&random)
    case .node:
      let node = random.number(0...(nodes.count - 1))
      switch random.number(0...9) {
      case 0: (nodes[node].receiving, nodes[node].pastDue) = (random.pick([nil, 6, 30]), random.pick([nil, 1, 5]))
      case 1...3: nodes[node].minimumStock = random.number(0...4)
      default: nodes[node].isActive.toggle()
      }
    case .channelSettings: changeSettings(of: channel, &random)
    case .channelList: changeList(&random)
    case .window:
      channels[channel].window = channels[channel].window == nil ? .random(around: now, &random) : nil
    case .supplier:
      switch random.number(0...2) {
      case 0: confidence = random.number(0...100)
      case 1: supplySource = supplySource == "/erp" ? "/erp2" : "/erp"
      default:
        learns.toggle()
        if learns { learnsDaily.toggle() }
      }
    case .replenishment:
      var rule = Replenishment(
        target: .random(&random),
        minimum: random.pick([0, 0, 5, 20]), multiple: random.pick([1, 1, 6, 12]),
        period: random.pick([nil, nil, 1, 3]), fill: random.chance(30), windowDays: random.pick([2, 7, 28]))
      if let region = regionBoughtForApart, random.chance(50) { rule.region = region }
      replenishment.removeAll { $0.target == rule.target && $0.region == rule.region }
      if random.chance(75) { replenishment.append(rule) }
    case .governance:
      switch random.number(0...2) {
      case 0: knowsCara.toggle()
      case 1: benIsMerchant.toggle()
      default: reviewsSuppliers.toggle()
      }
    case .mode: isEnforced.toggle()
    case .fallback: changeFallbacks(at: now, &random)
    case .mixed:
      change(.governance, at: now, &random)
      change(random.pick([.cap, .protection, .node]), at: now, &random)
    case .fault: fault = random.pick(Fault.allCases)
    case .words: remark += 1
    case .shipping: changeShipping(&random)
    case .region: changeRegions(&random)
    case .backorder: changeBackorders(&random)
    }
  }

  private mutating func changeProtection(of channel: String, at now: Instant, _ random: inout SplitMix64) {
    var protection = Protection(
      channel: channel, target: .random(&random),
      amount: random.chance(50) ? .units(random.number(0...20)) : .percent(random.pick([0, 10, 30, 60, 100])),
      window: random.chance(40) ? .random(around: now, &random) : nil)
    if protection.window?.from != nil, protection.window?.until != nil {
      protection.inbound = random.pick([nil, 20, 50, 100])
    }
    if !regions.isEmpty, random.chance(40) { protection.region = random.pick(regions).name }
    let isKept = random.chance(80)
    protections.removeAll {
      $0.channel == channel && $0.target == protection.target && $0.region == protection.region
        && ($0.window == nil) == (protection.window == nil)
    }
    if isKept { protections.append(protection) }
  }

  private mutating func changeSettings(of channel: Int, _ random: inout SplitMix64) {
    switch random.number(0...7) {
    case 0: channels[channel].mayUseShared.toggle()
    case 1: channels[channel].exposure = random.pick([0, 50, 90, 100])
    case 2: channels[channel].buffer = random.pick([nil, .fixed(3), .latency(minutes: 15), .latency(minutes: 600)])
    case 3: channels[channel].minPublish = random.number(0...5)
    case 4: changeTerms(of: channel, &random)
    case 5: channels[channel].releaseAbove = random.pick([nil, 0, 3, 8])
    case 6: changeShare(of: channel, &random)
    default:
      channels[channel].tier = random.number(0...2)
      dropUnusedShares()
    }
  }

  private mutating func changeTerms(of channel: Int, _ random: inout SplitMix64) {
    channels[channel].terms = ChannelTerms(
      reserveAt: random.pick([.cart, .cart, .order, .paymentAuthorized, .paymentCaptured, .warehouseRelease]),
      holdTTL: random.pick([nil, TimeSpan(milliseconds: 600_000), .hour, .day]),
      reserveAhead: random.pick([nil, nil, .hour, .day]))
  }

  /// Adds a channel or takes one away with everything that names it.
  private mutating func changeList(_ random: inout SplitMix64) {
    let missing = World.channels.filter { name in !channels.contains { $0.name == name } }
    if let name = missing.first, random.chance(50) || channels.count < 2 {
      channels.append(Channel(name: name, tier: random.number(0...2)))
      channels.sort { $0.name < $1.name }
    } else {
      let gone = channels.remove(at: random.number(0...(channels.count - 1)))
      protections.removeAll { $0.channel == gone.name }
      shipping.profiles.removeAll { $0.channel == gone.name }
      backorders.removeAll { $0.channel == gone.name }
    }
  }
}

extension Company.Target {
  static func random(_ random: inout SplitMix64) -> Self {
    random.pick([.everything, .everything, .launch, .brand, .businessUnit, .item(World.skus[random.number(0...2)])])
  }
}

extension Company.Cap {
  fileprivate static func random(_ random: inout SplitMix64) -> Self {
    Self(
      amount: random.chance(50) ? .units(random.number(0...25)) : .percent(random.pick([0, 10, 30, 60, 100])),
      hours: random.pick([1, 6, 48]))
  }
}

extension Window {
  /// A window that may be over, open or still to come; its ends are rarely on the hour.
  static func random(around now: Instant, _ random: inout SplitMix64) -> Window {
    let from = now + TimeSpan(milliseconds: Int64(random.number(-300...300)) * 60_000)
    let until = from + TimeSpan(milliseconds: Int64(random.number(1...900)) * 60_000)
    switch random.number(0...5) {
    case 0: return Window(from: from)
    case 1: return Window(until: until)
    default: return Window(from: from, until: until)
    }
  }
}
