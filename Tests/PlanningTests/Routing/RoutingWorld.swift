import Operations
import TestSupport

@testable import Planning

/// Short ways to write routing problems, and random ones.
enum RoutingWorld {
  /// One order of one unit of each item over locations with the same costs everywhere.
  /// - Parameter places: (id, cost of the parcel, cost of a unit, the items that it holds one of).
  static func order(
    items: Int, penalty: Int64 = 100_000, _ places: [(String, fixed: Int64, unit: Int64, holds: [Int])]
  ) -> RoutingProblem {
    RoutingProblem(
      locations: places.map { RoutingLocation(id: NodeID($0.0)) },
      stock: places.enumerated().flatMap { index, place in
        place.holds.map { RoutingStock(location: index, item: Int32($0), units: 1) }
      },
      orders: [
        RoutingOrder(
          id: "o", lines: (0..<items).map { RoutingLine(item: Int32($0), quantity: 1, unfilledPenalty: penalty) },
          options: places.enumerated().map { index, place in
            RoutingOption(
              location: index, fixed: place.fixed, unitCosts: Array(repeating: place.unit, count: items))
          })
      ])
  }

  /// A small world in which everything that can bind does so now and then.
  static func random(
    _ random: inout SplitMix64, orders: Int, locations: ClosedRange<Int> = 1...4, lines: ClosedRange<Int> = 1...3,
    quantity: ClosedRange<Quantity> = 1...3
  ) -> RoutingProblem {
    let count = Int.random(in: locations, using: &random)
    let items = Int32.random(in: 1...4, using: &random)
    let isTied = Bool.random(using: &random)
    func money(_ range: ClosedRange<Int64>) -> Int64 {
      // Few different amounts make ties, which must be broken by the rule.
      isTied ? Int64.random(in: 0...2, using: &random) * 5 : Int64.random(in: range, using: &random)
    }
    func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
    let places = (0..<count).map { index in
      RoutingLocation(
        id: NodeID("n\(index * 7 % 5)-\(index)"), rank: Int64.random(in: 0...1, using: &random),
        unitCapacity: chance(30) ? Quantity.random(in: 0...4, using: &random) : nil,
        shipmentCapacity: chance(20) ? Int64.random(in: 0...2, using: &random) : nil)
    }
    var stock: [RoutingStock] = []
    for location in 0..<count {
      for item in 0..<items where chance(70) {
        stock.append(
          RoutingStock(location: location, item: item, units: Quantity.random(in: 0...3, using: &random)))
      }
    }
    let made = (0..<orders).map { number in
      let lines = (0..<Int.random(in: lines, using: &random)).map { _ in
        RoutingLine(
          item: Int32.random(in: 0..<items, using: &random), quantity: Quantity.random(in: quantity, using: &random),
          unfilledPenalty: chance(15) ? money(0...20) : 40 + money(0...60), unitValue: money(1...30))
      }
      var options: [RoutingOption] = []
      for location in 0..<count where chance(90) {
        for service in 0..<(chance(25) ? 2 : 1) {
          options.append(
            RoutingOption(
              location: location, service: service, fixed: money(0...40), late: chance(20) ? money(0...30) : 0,
              unitCosts: lines.map { _ in chance(10) ? -money(0...20) : money(0...30) },
              promised: Instant(milliseconds: Int64.random(in: 0...2, using: &random)),
              closure: chance(5) ? .carrierDown : nil))
        }
      }
      return RoutingOrder(
        id: OrderID("o\(number * 7 % 5)-\(number)"), lines: lines, options: options,
        split: SplitMode.allCases.randomElement(using: &random) ?? .any, shipsComplete: chance(25),
        splitPenalty: chance(60) ? money(0...25) : 0,
        parcelLimit: chance(20) ? Int.random(in: 1...3, using: &random) : nil,
        splitThreshold: chance(20) ? money(10...60) : 0)
    }
    return RoutingProblem(locations: places, stock: stock, orders: made)
  }
}
