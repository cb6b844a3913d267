import Operations

extension InboundBook {
  /// Units that come at one moment, and how many of them somebody could have who asks now.
  struct Offer {
    var goods: InboundGoods
    var supplier: SupplierPolicy?
    var at: Instant
    /// Those that can be counted on, without what fills up safety stock.
    var units: Quantity
    var free: Quantity
  }

  /// What is to come, apart by when it can be sold; of each line in the order of time.
  ///
  /// Free is what `free(_:for:_:until:arrival:)` would find: the first that comes of a line is for those who wait for it
  /// already, and the last for channels that it is kept for.
  /// - Parameter channel: whose order asks; nil for what nobody has claimed, whoever it is kept for.
  func offers(to channel: Int?, _ rules: Policy.ItemPolicy) -> [Offer] {
    supplies.indices.flatMap { index -> [Offer] in
      let supply = supplies[index]
      guard let goods = supply.goods else { return [] }
      let left = Dictionary(supply.parts.map { ($0.at, $0.units) }, uniquingKeysWith: +)
      let counted = Dictionary(supply.counted.map { ($0.at, $0.units) }, uniquingKeysWith: +)
      let most = channel.map { available(index, to: $0, rules) } ?? .max
      var (reach, given) = (-supply.waiting, Quantity(0))
      return counted.sorted { $0.key < $1.key }.map { at, units in
        reach += left[at] ?? 0
        let free = max(0, min(reach, most) - given)
        given += free
        return Offer(goods: goods, supplier: supply.supplier, at: at, units: units, free: free)
      }
    }
  }
}
