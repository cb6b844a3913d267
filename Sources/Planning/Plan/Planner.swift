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
    self.init(policy, pin, snapshot, now)
    guard policyChanged else { return }
    // What the policy before would have done on the same snapshot is what the world asks for.
    giveReasons(besides: previous.map { Self.actions(of: $0, on: snapshot, now: now).actions } ?? [])
  }

  /// Works out what a policy means for a snapshot beside what another plan of the same snapshot and moment does anyway.
  /// - Parameter before: the plan under the policy in force; nil where none is.
  public init(policy: Policy, pin: PolicyPin, insteadOf before: Plan?, snapshot: Snapshot, now: Instant) {
    self.init(policy, pin, snapshot, now)
    giveReasons(besides: before?.actions.map(\.action) ?? [])
  }

  private init(_ policy: Policy, _ pin: PolicyPin, _ snapshot: Snapshot, _ now: Instant) {
    self.policy = pin
    self.snapshotVersion = snapshot.version
    self.scope = snapshot.scope
    self.now = now
    readVersions = zip(snapshot.items.sku, snapshot.items.version).map { ($0, $1) }
    let (actions, planner) = Self.actions(of: policy, on: snapshot, now: now)
    shortfalls = planner.findings.shortfalls
    silentNodes = planner.fallbacks.silentNodes
    usageFloor = snapshot.scope == .all ? policy.usageFloor : nil
    reallocated = planner.findings.reallocated
    drifts = planner.findings.drifts
    warnings = planner.findings.warnings.all(of: policy.channels)
    self.actions = actions.map { action in
      if case .heal = action { PlannedAction(action, .repair) } else { PlannedAction(action, .worldMoved) }
    }
  }

  private mutating func giveReasons(besides moved: [Action]) {
    let moved = Set(moved)
    for index in actions.indices where moved.isEmpty || !moved.contains(actions[index].action) {
      actions[index].reason = .policyChanged
    }
  }

  /// Item after item, and then whole orders.
  static func actions(
    of policy: Policy, on snapshot: Snapshot, now: Instant
  ) -> (actions: [Action], planner: ItemPlanner) {
    let (actions, planner, _) = self.actions(of: policy, on: snapshot, now: now, explaining: nil)
    return (actions, planner)
  }

  /// The same, and what there is to say of one order.
  /// - Returns: the router, where orders are routed.
  static func actions(
    of policy: Policy, on snapshot: Snapshot, now: Instant, explaining order: OrderID?
  ) -> (actions: [Action], planner: ItemPlanner, router: OrderRouter?) {
    var planner = ItemPlanner(policy: policy, snapshot: snapshot, now: now)
    planner.explaining = order
    var actions: [Action] = planner.networkActions()
    for item in 0..<snapshot.items.count { planner.plan(item, into: &actions) }
    guard policy.network.isRouting else { return (actions, planner, nil) }
    var router = OrderRouter(planner)
    router.run(into: &actions)
    return (actions, planner, router)
  }
}
