public import Operations

/// All that the people of an operations repository agreed on at one commit.
public struct DesiredState: Sendable {
  /// Every resource by kind and name; its overlays together, least specific first.
  public private(set) var resources: [Resource.Key: [Resource]] = [:]
  private var sortedNames: [Kind: [String]] = [:]

  public init(_ all: [Resource]) {
    for resource in all { resources[resource.key, default: []].append(resource) }
    for (key, variants) in resources {
      sortedNames[key.kind, default: []].append(key.name)
      if variants.count > 1 { resources[key] = variants.sorted(by: Self.isLessSpecific) }
    }
    for kind in sortedNames.keys { sortedNames[kind]?.sort { $0.isBytewiseLess(than: $1) } }
  }

  private static func isLessSpecific(_ left: Resource, _ right: Resource) -> Bool {
    (left.specificity, left.location) < (right.specificity, right.location)
  }

  /// Puts in one resource, beside its other overlays.
  mutating func insert(_ resource: Resource) {
    let key = resource.key
    if resources[key] == nil {
      let place = place(of: key)
      sortedNames[key.kind, default: []].insert(key.name, at: place)
    }
    resources[key, default: []].append(resource)
    if resources[key, default: []].count > 1 { resources[key]?.sort(by: Self.isLessSpecific) }
  }

  /// Takes out the resource that stands at the same place under the same name.
  mutating func remove(_ resource: Resource) {
    let key = resource.key
    resources[key]?.removeAll { $0.location == resource.location }
    guard resources[key]?.isEmpty == true else { return }
    resources[key] = nil
    let place = place(of: key)
    sortedNames[key.kind]?.remove(at: place)
  }

  private func place(of key: Resource.Key) -> Int {
    (sortedNames[key.kind] ?? []).partitioningIndex { !$0.isBytewiseLess(than: key.name) }
  }

  /// The names of a kind, in byte order.
  public func names(of kind: Kind) -> [String] { sortedNames[kind] ?? [] }

  public func contains(_ kind: Kind, _ name: String) -> Bool { resources[.init(kind, name)] != nil }

  /// What holds for a resource, for part of the catalogue, at a moment; nil when nothing of that name holds then. An
  /// overlay alone is nothing: outside of the window of what it narrows, it must not open what is closed.
  public func effective(
    _ key: Resource.Key, for part: CatalogPart = CatalogPart(), at now: Instant
  ) -> EffectiveResource? {
    let matching = (resources[key] ?? []).filter {
      $0.effective.contains(now) && $0.covers(part)
    }
    guard matching.contains(where: \.isBase) else { return nil }
    return EffectiveResource(key: key, layers: matching)
  }
}

/// A resource with its overlays laid over each other, field by field; every value knows where it comes from.
public struct EffectiveResource: Sendable {
  /// What one resource says about a field, and for what part of the catalogue and of time it says so.
  public struct Statement: Sendable {
    public var field: Field
    public var scope: Scope
    public var effective: Window
    public var region: String?

    public var scopeWords: String { EffectiveResource.words(scope, region) }
  }

  public struct Value: Sendable {
    public var name: String
    public var winner: Statement
    /// What it won over, most specific first.
    public var overridden: [Statement]
  }

  public let key: Resource.Key
  /// In the order in which the fields first appear.
  public let values: [Value]

  /// - Parameter layers: least specific first.
  init(key: Resource.Key, layers: [Resource]) {
    self.key = key
    var values: [Value] = []
    for layer in layers {
      for member in layer.fields.all {
        let statement = Statement(
          field: member.field, scope: layer.scope, effective: layer.effective, region: layer.region)
        if let index = values.firstIndex(where: { $0.name == member.name }) {
          values[index].overridden.insert(values[index].winner, at: 0)
          values[index].winner = statement
        } else {
          values.append(Value(name: member.name, winner: statement, overridden: []))
        }
      }
    }
    self.values = values
  }

  public subscript(name: String) -> Field? { values.first { $0.name == name }?.winner.field }

  static func words(_ scope: Scope, _ region: String?) -> String {
    region.map { "\(scope) in region \($0)" } ?? scope.description
  }
}
