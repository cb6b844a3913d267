import Operations

extension Company {
  /// What the company's rules can tell items apart by.
  struct Item: Hashable {
    let sku: String
    private let isLaunch: Bool
    private let brand: String?
    private let unit: String?

    init(_ sku: SKU, _ traits: ItemTraits?) {
      self.sku = sku.rawValue
      isLaunch = traits?.productClass == "launch" || traits?.attributes["season"] == "launch"
      brand = traits?.attributes["brand"]
      unit = traits?.attributes["business_unit"]
    }

    /// How narrow a target is that the item belongs to; nil for another.
    func rank(of target: Target) -> Int? {
      switch target {
      case .item(let sku): sku == self.sku ? 4 : nil
      case .launch: isLaunch ? 3 : nil
      case .brand: brand == "north" ? 2 : nil
      case .businessUnit: unit == "retail" ? 1 : nil
      case .everything: 0
      }
    }
  }

  /// What a node keeps of an item: the model's own reading of the rules; nil for a node that the company has not.
  func safetyStock(of item: Item, at name: String, _ now: Instant) -> Quantity? {
    guard let node = nodes.first(where: { $0.name == name }) else { return nil }
    let region = region(of: name)
    func rank(_ rule: SafetyStock) -> Int? {
      guard rule.node ?? name == name, rule.region ?? region == region, rule.window?.contains(now) ?? true else {
        return nil
      }
      let narrowed = (rule.node != nil ? 4 : rule.region != nil ? 2 : 0) + (rule.window == nil ? 0 : 1)
      return item.rank(of: rule.target).map { $0 * 8 + narrowed }
    }
    let units = safetyStock.compactMap { rule in rank(rule).map { (rank: $0, units: rule.units) } }
      .max { $0.rank < $1.rank }?.units
    return Quantity(max(units ?? 0, node.minimumStock))
  }
}
