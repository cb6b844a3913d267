/// One line of a purchase order as its supplier is judged by it: how much was wanted, for when, and what came when.
public struct Delivery: Hashable, Sendable {
  /// Units that came in together.
  public struct Receipt: Hashable, Sendable {
    public var at: Instant
    public var units: Quantity

    public init(at: Instant, units: Quantity) {
      self.at = at
      self.units = units
    }
  }

  public var supplier: SupplierID
  /// When it was ordered, where that is known: lead times are learnt from it.
  public var orderedAt: Instant?
  /// Units, without those that we cancelled ourselves.
  public var ordered: Quantity
  /// The first promised date: a supplier does not improve its record by moving a date.
  public var promised: Instant
  /// In any order.
  public var receipts: [Receipt]

  public init(
    supplier: SupplierID, orderedAt: Instant? = nil, ordered: Quantity, promised: Instant, receipts: [Receipt]
  ) {
    self.supplier = supplier
    self.orderedAt = orderedAt
    self.ordered = ordered
    self.promised = promised
    self.receipts = receipts
  }
}
