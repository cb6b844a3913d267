import Operations

/// One order against what is left: the options that can ship something, as columns that the searches run over.
struct OrderTask {
  let order: TableOrder
  let lineCount: Int
  /// Which of the order's options each column is; in canonical order.
  private(set) var options: [Int] = []
  private(set) var location: [Int] = []
  /// The parcel's own cost: fixed, late, and the price of a scarce parcel.
  private(set) var charge: [Int64] = []
  private(set) var promised: [Instant] = []
  /// Units that the location can handle, never above the order's demand.
  private(set) var capacity: [Quantity] = []
  /// `option * lineCount + line`: the cost of a unit there.
  private(set) var cost: [Int64] = []
  /// `option * lineCount + line`: how many units of the line can come from there if it were the only line.
  private(set) var held: [Quantity] = []
  /// `option * lineCount + line`: units of the line's item there, up to what the order wants of it over all lines.
  private(set) var stock: [Quantity] = []
  let mustFill: Bool
  let isWhole: Bool
  let parcelLimit: Int
  let splitPenalty: Int64
  let threshold: Int64

  /// Whether so many parcels must each be worth the threshold.
  func isThreshold(of parcels: Int) -> Bool { threshold > 0 && parcels > order.freeParcels }
  /// The dearest unit of each line: more than any penalty that matters when the order ships complete.
  private(set) var dearest: [Int64]
  /// Whether a location can be short of units, or of an item that two lines share, although each line alone fits.
  private(set) var isCoupled = false

  var optionCount: Int { options.count }

  /// - Parameters:
  ///   - prices: what scarce units and parcels cost on top; nil for none.
  ///   - closed: locations to leave out.
  ///   - relaxed: the rule to leave out, for the question whether it binds.
  ///   - lifted: what a location has enough of, for the same question.
  init(
    _ order: TableOrder, _ supply: Supply, prices: Supply? = nil, closed: Set<Int> = [],
    relaxed: RelaxedRule? = nil, lifted: LiftedLimit? = nil
  ) {
    self.order = order
    lineCount = order.lines.count
    mustFill = order.shipsComplete && relaxed != .shipComplete
    isWhole = order.split == .byLine && relaxed != .splitMode
    splitPenalty = order.splitPenalty
    threshold = relaxed == .splitThreshold ? 0 : order.splitThreshold
    switch relaxed {
    case .parcelLimit: parcelLimit = order.split == .none ? 1 : .max
    case .splitMode: parcelLimit = order.split == .none ? .max : order.parcelLimit
    default: parcelLimit = order.parcelLimit
    }
    dearest = order.lines.map(\.penalty)
    guard !order.isTooLarge, parcelLimit > 0 else { return }
    for option in order.options.indices where order.options[option].closure == nil {
      guard !closed.contains(order.options[option].location) else { continue }
      add(option, supply, prices, lifted)
    }
  }

  private mutating func add(_ option: Int, _ supply: Supply, _ prices: Supply?, _ lifted: LiftedLimit?) {
    let place = order.options[option].location
    let most = lifted == .units(location: place) ? .max : supply.units[place]
    guard supply.shipments[place] > 0 || lifted == .shipments(location: place), most > 0 else { return }
    let isStocked = lifted == .stock(location: place)
    func stock(_ line: Int) -> Quantity {
      let units = supply.stock[order.lines[line].item * supply.locationCount + place]
      return isStocked ? max(units, order.itemDemand[line]) : units
    }
    let start = held.count
    var total: Quantity = 0
    for line in order.lines.indices {
      let item = order.lines[line].item * supply.locationCount + place
      var price = order.costs[option * lineCount + line]
      if let prices { price += prices.stock[item] + prices.units[place] }
      cost.append(price)
      dearest[line] = max(dearest[line], price)
      let wanted = order.lines[line].quantity
      var units = min(stock(line), wanted, most)
      if isWhole && units < wanted { units = 0 }
      // Leaving a unit unfilled is then cheaper; but it may be worth shipping to reach a threshold or to be complete.
      if price > order.lines[line].penalty && !mustFill && threshold == 0 { units = 0 }
      held.append(units)
      total += units
    }
    guard total > 0 else {
      held.removeSubrange(start...)
      cost.removeSubrange(start...)
      return
    }
    if most < total { isCoupled = true }
    if order.sharesItems {
      isCoupled = true
      for line in order.lines.indices { self.stock.append(min(stock(line), order.itemDemand[line])) }
    }
    options.append(option)
    location.append(place)
    charge.append(order.options[option].fixed + order.options[option].late + (prices?.shipments[place] ?? 0))
    promised.append(order.options[option].promised)
    capacity.append(min(most, order.demand))
  }

  /// Units of a line's item at an option, for all lines of the item together.
  func itemStock(_ option: Int, _ line: Int) -> Quantity {
    order.sharesItems ? stock[option * lineCount + line] : held[option * lineCount + line]
  }

  /// The cost of shipping nothing.
  var costOfNothing: Int64 { order.lines.reduce(0) { $0 + $1.quantity * $1.penalty } }
}

/// What a location can be given enough of to see whether it binds.
enum LiftedLimit: Hashable {
  /// Of every item of the order.
  case stock(location: Int)
  case units(location: Int)
  /// One parcel more than none.
  case shipments(location: Int)
}

/// A rule of an order that can be left out to see whether it binds.
enum RelaxedRule: CaseIterable { case parcelLimit, shipComplete, splitThreshold, splitMode }
