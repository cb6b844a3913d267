/// Where exactness and work end, so that no order takes the machine.
enum RoutingLimits {
  /// An order with more locations than this, or with more lines, goes to the heuristics.
  static let exactLocations = 64
  static let exactLines = 64
  /// Work on node sets, in lines filled, before an order's answer is given as not proved: a large part of a second.
  static let setWork = 1_000_000
  /// That work for all orders of a batch together, and what each of them gets at least.
  static let batchSetWork = 30_000_000
  static let leastSetWork = 10_000
  /// Distributions of units tried for one node set when no flow can express its rules.
  static let distributions = 20_000
  /// Lines times locations up to which lines that compete are filled by a flow, and by trying. Others are filled
  /// greedily.
  static let flowCells = 4096
  static let distributionCells = 400
  /// Of how many locations one line is put together in a batch.
  static let lineParts = 8
  /// Work of the heuristics, in lines times locations.
  static let heuristicWork = 4_000_000
  /// Orders of a batch that are chosen again together, those that must make room included, and columns looked at for
  /// them. Few enough for most groups to be searched to the end.
  static let groupOrders = 3...6
  static let largestGroup = 8
  static let groupWork = 4000
  /// What a round of improvement is counted with in an effort, and what it takes at least, in columns looked at.
  static let roundWork = 500
  static let leastRoundWork = 100
  /// Columns looked at by improvement, for each order, before it must have brought something.
  static let boutWork = 100_000
  /// How much dearer a round may make a batch at most.
  static let highestHeat: Int64 = 1 << 32
  /// Up to so many orders in each other's way are searched as a whole first, which may look at so many columns.
  static let exactOrders = 64
  static let exactWork = 4_000_000
  /// How often each order is looked at by itself in the end, at most.
  static let polishRounds = 3
  /// An order's costs stay below 2^56, so that sums over an order, prices and scaled bounds fit 64 bits.
  static let orderCostBits = 56
}
