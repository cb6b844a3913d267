public import Operations

/// All that the people of an operations repository agreed on at one commit.
public struct DesiredState: Sendable {
  /// Every resource by kind and name; its overlays together, least specific first.
  public let resources: [Resource.Key: [Resource]]

  public init(_ all: [Resource]) {
    resources = Dictionary(grouping: all, by: \.key).mapValues { variants in
      variants.sorted { ($0.specificity, $0.location) < ($1.specificity, $1.location) }
    }
  }

  /// The names of a kind, in byte order.
  public func names(of kind: Kind) -> [String] {
    resources.keys.filter { $0.kind == kind }.map(\.name).sorted { $0.isBytewiseLess(than: $1) }
  }

  public func contains(_ kind: Kind, _ name: String) -> Bool { resources[.init(kind, name)] != nil }

  /// What holds for a resource, for part of the catalogue, at a moment; nil when nothing of that name holds then. An
  /// overlay alone is nothing: outside of the window of what it narrows, it must not open what is closed.
  public func effective(
    _ key: Resource.Key, productClass: String? = nil, sku: SKU? = nil, at now: Instant
  ) -> EffectiveResource? {
    let matching = (resources[key] ?? []).filter {
      $0.effective.contains(now) && $0.scope.covers(productClass: productClass, sku: sku)
    }
    guard matching.contains(where: { $0.scope == .everything }) else { return nil }
    return EffectiveResource(key: key, layers: matching)
  }
}

/// A resource with its overlays laid over each other, field by field; every value knows where it comes from.
public struct EffectiveResource: Sendable {
  public struct Value: Sendable {
    public var name: String
    public var field: Field
    public var scope: Scope
    /// What it won over, most specific first.
    public var overridden: [(field: Field, scope: Scope)]
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
        if let index = values.firstIndex(where: { $0.name == member.name }) {
          values[index].overridden.insert((values[index].field, values[index].scope), at: 0)
          values[index].field = member.field
          values[index].scope = layer.scope
        } else {
          values.append(Value(name: member.name, field: member.field, scope: layer.scope, overridden: []))
        }
      }
    }
    self.values = values
  }

  public subscript(name: String) -> Field? { values.first { $0.name == name }?.field }
}
