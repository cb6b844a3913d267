import Operations

extension Resource {
  /// Whether two resources say the same, wherever they stand.
  public func says(sameAs other: Resource) -> Bool {
    key == other.key && scope == other.scope && region == other.region && effective == other.effective
      && fields.says(sameAs: other.fields)
  }
}

extension Members {
  fileprivate func says(sameAs other: Members) -> Bool {
    func sorted(_ members: [Member]) -> [Member] { members.sorted { $0.name.isBytewiseLess(than: $1.name) } }
    return all.count == other.all.count
      && zip(sorted(all), sorted(other.all)).allSatisfy { left, right in
        left.name.isBytewiseEqual(to: right.name) && left.field.says(sameAs: right.field)
      }
  }
}

extension Field {
  /// Whether two fields say the same, wherever they stand.
  ///
  /// Text is compared by its bytes: "é" in two encodings names two items, and a change from one to the other is one.
  public func says(sameAs other: Field) -> Bool {
    switch (value, other.value) {
    case (.text(let left), .text(let right)): left.isBytewiseEqual(to: right)
    case (.list(let left), .list(let right)):
      left.count == right.count && zip(left, right).allSatisfy { $0.says(sameAs: $1) }
    case (.members(let left), .members(let right)): left.says(sameAs: right)
    case (.rows(let left), .rows(let right)):
      left.skus == right.skus && left.units == right.units
        && left.indices.allSatisfy { left[$0].node == right[$0].node }
    default: value == other.value
    }
  }
}
