public import Operations

extension Plan {
  /// Works out what the policy means for a snapshot: a pure function of its arguments.
  ///
  /// - Parameters:
  ///   - previous: the policy that was in force before, so that each action can say whether the policy or the world made
  ///     it; nil when nothing was in force.
  ///   - policyChanged: whether `policy` is another than the one in force.
  public init(
    policy: Policy, pin: PolicyPin, previous: Policy?, policyChanged: Bool, snapshot: Snapshot, now: Instant
  ) {
    self.policy = pin
    self.snapshotVersion = snapshot.version
    self.scope = snapshot.scope
    self.now = now
    readVersions = zip(snapshot.items.sku, snapshot.items.version).map { ($0, $1) }
    let (actions, planner) = Self.actions(of: policy, on: snapshot, now: now)
    shortfalls = planner.shortfalls
    silentNodes = planner.fallbacks.silentNodes
    reallocated = planner.reallocated
    warnings = planner.warnings.all(of: policy.channels)
    guard policyChanged else {
      self.actions = actions.map { PlannedAction($0, .worldMoved) }
      return
    }
    guard let previous else {
      self.actions = actions.map { PlannedAction($0, .policyChanged) }
      return
    }
    // What the policy before would have done on the same snapshot is what the world asks for.
    let moved = Set(Self.actions(of: previous, on: snapshot, now: now).actions)
    self.actions = actions.map { PlannedAction($0, moved.contains($0) ? .worldMoved : .policyChanged) }
  }

  /// Item after item, and then whole orders.
  static func actions(
    of policy: Policy, on snapshot: Snapshot, now: Instant
  ) -> (actions: [Action], planner: ItemPlanner) {
    var planner = ItemPlanner(policy: policy, snapshot: snapshot, now: now)
    var actions: [Action] = planner.networkActions()
    for item in 0..<snapshot.items.count { planner.plan(item, into: &actions) }
    if policy.network.isRouting {
      var router = OrderRouter(planner)
      router.run(into: &actions)
    }
    return (actions, planner)
  }
}
