public import Operations

/// The units to order: nothing above the reorder point, else up to the order-up-to level in whole lots.
///
/// q = max(S − IP, minimum) rounded up to a multiple, if IP ≤ s.
/// - Parameters:
///   - position: IP, which is below 0 when more is owed than there is and will come.
///   - orderUpTo: S, above s.
///   - multiple: at least 1.
/// - Source: domain.md §2.5.
public func orderQuantity(
  position: Quantity, reorderPoint: Quantity, orderUpTo: Quantity, minimum: Quantity, multiple: Quantity
) -> Quantity {
  guard position <= reorderPoint else { return 0 }
  return wholeLots(max(orderUpTo - position, minimum), of: multiple)
}

/// The least multiple that is not below `units`.
func wholeLots(_ units: Quantity, of multiple: Quantity) -> Quantity {
  let (lots, rest) = units.quotientAndRemainder(dividingBy: multiple)
  return (lots + (rest > 0 ? 1 : 0)) * multiple
}
