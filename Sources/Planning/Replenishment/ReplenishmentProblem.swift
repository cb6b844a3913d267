public import Operations

/// Why nothing can be worked out for an item.
public enum ReplenishmentProblem: Error, Hashable, Sendable {
  public enum Field: String, Hashable, Sendable {
    case forecast
    case forecastDeviation = "forecast_deviation"
    case demand
    case adjustment = "forecast_adjustment"
    case leadTime = "lead_time"
    case leadTimeDeviation = "lead_time_deviation"
    case reviewPeriod = "review_period"
    case orderUpTo = "order_up_to"
    case minimumOrder = "minimum_order"
    case orderMultiple = "order_multiple"
    case orderCycle = "order_cycle"
    case variation
    case reorderPoint = "reorder_point"
    case order
  }

  /// Not a number, or more than any quantity can be.
  case notAQuantity(Field)
  case negative(Field)
  /// 0 where the rule needs more.
  case zero(Field)
  /// A service of 0% asks for nothing, and no finite stock gives 100%.
  case serviceOutOfReach
  /// The supplier does not hold now, so its lead time is not known.
  case noSupplier(SupplierID)
  /// What is bought would come in elsewhere, count there, and be bought again.
  case deliversElsewhere(NodeID, RegionID)

  /// For the person who looks after the policy.
  var words: String {
    switch self {
    case .notAQuantity(let field): "\(field.words) is too large"
    case .negative(let field): "\(field.words) is below 0"
    case .zero(let field): "\(field.words) is 0"
    case .serviceOutOfReach: "the service level would need infinite stock"
    case .noSupplier(let supplier): "the Supplier '\(supplier)' is not in effect"
    case .deliversElsewhere(let node, let region):
      "the node '\(node)' serves " + (region.isEverywhere ? "no Region" : "'\(region)'")
        + ", for which this policy does not buy"
    }
  }
}

extension ReplenishmentProblem.Field {
  var words: String { "the " + String(rawValue.map { $0 == "_" ? " " : $0 }) }
}
