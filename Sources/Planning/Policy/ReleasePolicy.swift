import DesiredState
import Operations

/// Which orders of a channel leave only after someone has let them go.
struct ReleasePolicy: Hashable, Sendable {
  /// The rule's name.
  var name: String
  /// Orders of more units than this, all lines together.
  var aboveUnits: Quantity
  var role: String
  /// The names of those who have the role.
  var people: Set<String>

  /// What is still to be done before an order may leave; nil when nothing is.
  ///
  /// One who has the role is enough, whoever else has released it.
  func pending(_ order: SnapshotOrder) -> String? {
    guard order.units > aboveUnits, people.isDisjoint(with: order.releasedBy) else { return nil }
    let wanted = "\(order.units) units, more than \(aboveUnits): someone with the role '\(role)' must release it"
    guard !order.releasedBy.isEmpty else { return wanted }
    return wanted + "; released by someone without that role: \(order.releasedBy.joined(separator: ", "))"
  }
}

extension Policy {
  /// Whether nothing but stock keeps an order from leaving. One that must be let go first keeps its claims meanwhile, and
  /// must not be routed.
  func isReleased(_ order: SnapshotOrder) -> Bool { pendingRelease(of: order) == nil }

  /// The name of the rule about an order, whether or not that must still be let go.
  func releaseRule(of order: SnapshotOrder) -> String? {
    channels.firstIndex(of: order.channel).flatMap { releases[$0] }?.name
  }

  /// What is still to be done before an order may be routed; nil when nothing is.
  func pendingRelease(of order: SnapshotOrder) -> String? {
    channels.firstIndex(of: order.channel).flatMap { releases[$0] }?.pending(order)
  }
}

extension PolicyResolver {
  /// Beside the channels; nil for those whose orders leave by themselves. A rule that holds for a time wins.
  func releases() -> [ReleasePolicy?] {
    let rules = current(.releaseRule)
    return channels.map { channel in
      let own = rules.filter { $0.fields["channel"]?.text == channel.rawValue }
      guard let rule = own.first(where: \.effective.isBounded) ?? own.first,
        let units = rule.fields["above_units"]?.integer, let role = rule.fields["role"]?.text
      else { return nil }
      let people = state.effective(.init(.role, role), at: now)?["people"]?.list ?? []
      return ReleasePolicy(
        name: rule.key.name, aboveUnits: units, role: role, people: Set(people.compactMap(\.text)))
    }
  }
}

extension Snapshot {
  /// The cases of orders that must be let go, by the item under which each is kept.
  func releaseCases(_ policy: Policy) -> [SKU: [Case]] {
    var cases: [SKU: [Case]] = [:]
    for (id, order) in orders.sorted(by: { $0.key < $1.key }) {
      guard let detail = policy.pendingRelease(of: order) else { continue }
      cases[order.leadItem, default: []].append(Case(.releasePending, subject: id.rawValue, detail: detail))
    }
    return cases
  }
}
