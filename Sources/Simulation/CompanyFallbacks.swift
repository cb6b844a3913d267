import Operations
import TestSupport

extension Company {
  /// A FallbackRule of the simulated company.
  struct Fallback: Hashable, Sendable {
    enum Trigger: Hashable, Sendable {
      case silent(hours: Int)
      case outage(isActive: Bool)
      case carrier(isActive: Bool)
      case doubt(below: Int)
    }

    enum Effect: Hashable, Sendable {
      case zero, freeze
      case haircut(Int)
      case lastKnown(hours: Int)
    }

    var trigger: Trigger
    var effect: Effect
    /// Nil: all nodes.
    var node: String?
    var window: Window?

    /// Whether the company's own rules keep another one from standing beside it.
    func isAboutTheSame(as other: Fallback) -> Bool { trigger == other.trigger && node == other.node }
  }

  var fallbackDocuments: [String] {
    fallbacks.enumerated().map { "kind: FallbackRule\nname: f\($0)" + $1.fields }
  }

  mutating func changeFallbacks(at now: Instant, _ random: inout SplitMix64) {
    if !fallbacks.isEmpty, random.chance(35) {
      fallbacks.remove(at: random.number(0...(fallbacks.count - 1)))
      return
    }
    let rule = Fallback.random(at: now, &random)
    fallbacks.removeAll { $0.isAboutTheSame(as: rule) }
    fallbacks.append(rule)
  }
}

extension Company.Fallback {
  static func random(at now: Instant, _ random: inout SplitMix64) -> Self {
    var rule = Self(trigger: .doubt(below: random.pick([40, 60, 90])), effect: random.pick([.zero, .haircut(50)]))
    rule.window = random.chance(20) ? .random(around: now, &random) : nil
    guard random.chance(85) else { return rule }
    let hours = random.pick([1, 2, 5])
    rule.trigger = random.pick([
      .silent(hours: hours), .silent(hours: hours), .silent(hours: hours), .outage(isActive: random.chance(70)),
      .carrier(isActive: random.chance(70)),
    ])
    rule.effect = random.pick([
      .zero, .freeze, .haircut(random.pick([0, 30, 75, 100])), .lastKnown(hours: hours + random.pick([1, 4])),
    ])
    rule.node = random.chance(60) ? random.pick(World.nodes.dropLast()) : nil
    return rule
  }

  fileprivate var fields: String {
    var text: String
    switch trigger {
    case .silent(let hours): text = "\nwhen: stale_feed\nmax_age: \(hours)h"
    case .outage(let isActive): text = "\nwhen: node_outage\nactive: \(isActive)"
    case .carrier(let isActive): text = "\nwhen: carrier_disruption\ncarrier: post\nactive: \(isActive)"
    case .doubt(let below): text = "\nwhen: supplier_uncertainty\nbelow: \(below)%"
    }
    switch effect {
    case .zero: text += "\nthen: zero"
    case .freeze: text += "\nthen: freeze"
    case .haircut(let percent): text += "\nthen: haircut\nfactor: \(percent)%"
    case .lastKnown(let hours): text += "\nthen: last_known\nage_limit: \(hours)h"
    }
    if let node {
      text += "\nnode: \(node)"
    } else if case .carrier = trigger {
      text += "\nnode_type: dc"
    }
    return text + effective(window)
  }
}
