import Operations

/// A desired state that knows whether its resources agree with each other, and keeps knowing it as single resources
/// come and go: one changed file among ten thousand costs what the file costs.
///
/// It answers only yes or no. What is wrong, `DesiredState.validate()` explains by looking at everything again; that
/// is slow, and needed only for a state that is refused. The answer here is never yes where `validate()` finds an
/// error (a property test compares them).
public struct CheckedState: Sendable {
  public private(set) var state = DesiredState([])

  /// How often each name is referred to.
  private var references: [Resource.Key: Int] = [:]
  /// Names that are referred to and do not exist.
  private var missing: Set<Resource.Key> = []
  /// Names whose overlays do not fit together.
  private var misfits: Set<Resource.Key> = []
  /// Resources whose own fields make no sense together.
  private var faultyCount = 0
  private var targets = StockTargets()

  public init(_ resources: [Resource] = []) {
    state = DesiredState(resources)
    targets.reserve(for: resources)
    for resource in resources { check(resource) }
    for (key, variants) in state.resources where !state.fit(variants) { misfits.insert(key) }
    missing = missing.filter { state.resources[$0] == nil }
  }

  /// Whether nothing is wrong between the resources.
  public var isSound: Bool {
    missing.isEmpty && misfits.isEmpty && faultyCount == 0 && !targets.haveConflicts
      && state.names(of: .repository).count == 1 && state.problemsBetweenKinds().isEmpty
  }

  public mutating func insert(_ resource: Resource) {
    state.insert(resource)
    check(resource)
    missing.remove(resource.key)
    judge(resource.key)
  }

  public mutating func remove(_ resource: Resource) {
    state.remove(resource)
    if !state.fieldProblems(resource).isEmpty { faultyCount -= 1 }
    targets.remove(resource)
    resource.forEachReference { key, _ in
      references[key, default: 1] -= 1
      if references[key] == 0 {
        references[key] = nil
        missing.remove(key)
      }
    }
    if state.resources[resource.key] == nil, references[resource.key] != nil { missing.insert(resource.key) }
    judge(resource.key)
  }

  private mutating func check(_ resource: Resource) {
    if !state.fieldProblems(resource).isEmpty { faultyCount += 1 }
    targets.insert(resource)
    resource.forEachReference { key, _ in
      references[key, default: 0] += 1
      if references[key] == 1, state.resources[key] == nil { missing.insert(key) }
    }
  }

  private mutating func judge(_ key: Resource.Key) {
    if let variants = state.resources[key], !state.fit(variants) {
      misfits.insert(key)
    } else {
      misfits.remove(key)
    }
  }
}
