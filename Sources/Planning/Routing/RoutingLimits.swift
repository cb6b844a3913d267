/// Where exactness and work end, so that no order takes the machine.
enum RoutingLimits {
  /// An order with more locations than this, or with more lines, goes to the heuristics.
  static let exactLocations = 64
  static let exactLines = 64
  /// Node sets looked at before an order's answer is given as not proved.
  static let sets = 200_000
  /// Distributions of units tried for one node set when no flow can express its rules.
  static let distributions = 20_000
  /// Line evaluations that the search for pairs, and the one for triples, may take in the heuristics.
  static let heuristicEvaluations = 10_000_000
  /// An order's costs stay below 2^56, so that sums over an order, prices and scaled bounds fit 64 bits.
  static let orderCostBits = 56
}
