import DesiredState
import Operations

/// The moments after now at which a change of policy may do something else than it does now, because a window opens or
/// closes.
///
/// They are those of the resources that the change alters, in all their overlays: what is hidden now shows when the other
/// ends. To these come resources of the same kind about the same thing, of which the more specific wins, and those that
/// stand between the change and what it is about, such as overlays of a class or channels of a tier.
struct TurningPoints {
  /// More than so many are not looked at: each costs as much as planning everything twice.
  static let limit = 8

  /// The earliest, at most `limit`, in order.
  let moments: [Instant]
  /// How many there are beyond.
  let unseen: Int

  init(from before: DesiredState, to after: DesiredState, after now: Instant) {
    let timed = [before, after].flatMap { state in
      state.resources.values.joined().filter { $0.effective.ends.contains { $0 > now } }
    }
    guard !timed.isEmpty else {
      (moments, unseen) = ([], 0)
      return
    }
    let altered = AlteredKeys(before, after)
    let found = Set(timed.filter(altered.concern).flatMap(\.effective.ends).filter { $0 > now })
      .filter { altered.differ(at: $0) }.sorted()
    moments = Array(found.prefix(Self.limit))
    unseen = found.count - moments.count
  }
}

/// The resources that differ between two states.
private struct AlteredKeys {
  private var resources: [Resource.Key: (old: [Resource], new: [Resource])] = [:]
  private var byKind: [Kind: [Resource]] = [:]
  /// What they refer to.
  private var references = Set<Resource.Key>()

  init(_ before: DesiredState, _ after: DesiredState) {
    for key in Set(before.resources.keys).union(after.resources.keys) {
      let (old, new) = (before.resources[key] ?? [], after.resources[key] ?? [])
      guard !Self.isSame(old, new) else { continue }
      resources[key] = (old, new)
      byKind[key.kind, default: []] += old + new
      for resource in old + new { resource.forEachReference { reference, _ in references.insert(reference) } }
    }
  }

  private static func isSame(_ old: [Resource], _ new: [Resource]) -> Bool {
    old.count == new.count && zip(old, new).allSatisfy { $0.says(sameAs: $1) }
  }

  /// Whether something of it holds at a moment that does not without the change, or the other way round.
  func differ(at moment: Instant) -> Bool {
    resources.values.contains { old, new in
      !Self.isSame(old.filter { $0.effective.contains(moment) }, new.filter { $0.effective.contains(moment) })
    }
  }

  /// Whether a window of a resource may open or close the way for what differs.
  func concern(_ resource: Resource) -> Bool {
    if resources[resource.key] != nil { return true }
    if Self.joins(resource.key.kind), references.contains(resource.key) { return true }
    if byKind[resource.key.kind]?.contains(where: { $0.mayMeet(resource) }) ?? false { return true }
    var refers = false
    resource.forEachReference { key, _ in
      if Self.joins(key.kind), resources[key] != nil { refers = true }
    }
    return refers
  }

  /// Kinds that say nothing of stock themselves: what refers to them does.
  private static func joins(_ kind: Kind) -> Bool {
    switch kind {
    case .productClass, .region, .allocationTier, .calendar, .carrier: true
    default: false
    }
  }
}

extension Resource {
  /// Whether two resources of a kind may be about the same, so that what one says hides what the other does. Resources
  /// whose name says what they are about are never about the same.
  fileprivate func mayMeet(_ other: Resource) -> Bool {
    switch key.kind {
    case .protection, .safetyStock, .replenishmentPolicy, .fallbackRule, .releaseRule, .productClass, .lane,
      .routingProfile, .backorderRule, .driftRule:
      break
    default: return false
    }
    let names = Scope.fieldNames + ["channel", "node", "region", "supplier", "carrier", "to", "service", "field"]
    for name in names {
      if let one = fields[name]?.text, let two = other.fields[name]?.text, one != two { return false }
    }
    guard let one = fields["channels"], let two = other.fields["channels"] else { return true }
    return !Set(one.list.compactMap(\.text)).isDisjoint(with: two.list.compactMap(\.text))
  }
}

extension Window {
  fileprivate var ends: [Instant] { [from, until].compactMap { $0 } }
}

extension Impact {
  /// What a change of policy does now, and what it will do when windows open and close.
  public init(of after: DesiredState, inPlaceOf before: DesiredState, on snapshot: Snapshot, now: Instant) {
    self.init(of: Policy(after, at: now), inPlaceOf: Policy(before, at: now), on: snapshot, now: now)
    foresee(after, inPlaceOf: before, on: snapshot, now: now)
  }

  /// Adds what a change will do when windows open and close: the policies of those moments, on the stock and the orders of
  /// now. Planning for then with the clock of then would call every feed silent and every promise late, with the change and
  /// without it.
  public mutating func foresee(
    _ after: DesiredState, inPlaceOf before: DesiredState, on snapshot: Snapshot, now: Instant
  ) {
    let points = TurningPoints(from: before, to: after, after: now)
    later = points.moments.map { moment in
      LaterImpact(
        at: moment,
        impact: Impact(
          of: Policy(after, at: moment), inPlaceOf: Policy(before, at: moment), on: snapshot, now: now))
    }
    unseenMoments = points.unseen
  }
}
