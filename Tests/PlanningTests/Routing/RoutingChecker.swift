import Operations
import Testing

@testable import Planning

/// Holds a result to the rules of domain.md §3, worked out again from the problem alone.
func expectKeepsTheRules(_ result: RoutingResult, of problem: RoutingProblem, _ note: String) {
  var stock: [RoutingStock: Quantity] = [:]
  for row in problem.stock { stock[place(row.location, row.item), default: 0] += row.units }
  var units: [Int: Quantity] = [:]
  var parcels: [Int: Int64] = [:]
  #expect(result.routes.count == problem.orders.count, "\(note)")
  for (index, (order, route)) in zip(problem.orders, result.routes).enumerated() {
    guard !route.isTooLarge else {
      #expect(route.shipments.isEmpty && !route.isProved, "\(note)")
      continue
    }
    var services: [Int: Int] = [:]
    var value: [Int: Int64] = [:]
    var ofLine = order.lines.map { _ in Set<Int>() }
    var unfilled = order.lines.map(\.quantity)
    for shipment in route.shipments {
      #expect(shipment.order == index && shipment.quantity > 0, "\(note)")
      stock[place(shipment.location, order.lines[shipment.line].item), default: 0] -= shipment.quantity
      units[shipment.location, default: 0] += shipment.quantity
      #expect(services[shipment.location, default: shipment.service] == shipment.service, "\(note): one parcel a node")
      services[shipment.location] = shipment.service
      value[shipment.location, default: 0] += shipment.quantity * order.lines[shipment.line].unitValue
      ofLine[shipment.line].insert(shipment.location)
      unfilled[shipment.line] -= shipment.quantity
    }
    for location in services.keys { parcels[location, default: 0] += 1 }
    #expect(route.parcels == services.count, "\(note)")
    #expect(services.count <= order.parcelLimit ?? .max, "\(note): parcel limit")
    if services.count > 1 {
      #expect(value.values.allSatisfy { $0 >= order.splitThreshold }, "\(note): split threshold")
      #expect(order.split != .none, "\(note): split mode")
    }
    #expect(unfilled.allSatisfy { $0 >= 0 }, "\(note): more than ordered")
    if order.shipsComplete { #expect(unfilled.allSatisfy { $0 == 0 } || services.isEmpty, "\(note): complete") }
    if order.split == .byLine {
      for (line, places) in ofLine.enumerated() {
        #expect(places.count <= 1 && [0, order.lines[line].quantity].contains(unfilled[line]), "\(note): whole lines")
      }
    }
    #expect(route.terms == terms(order, route, services, unfilled), "\(note): cost")
  }
  #expect(stock.values.allSatisfy { $0 >= 0 }, "\(note): stock")
  for (index, location) in problem.locations.enumerated() {
    #expect(units[index, default: 0] <= location.unitCapacity ?? .max, "\(note): units")
    #expect(parcels[index, default: 0] <= location.shipmentCapacity ?? .max, "\(note): parcels")
  }
}

private func place(_ location: Int, _ item: Int32) -> RoutingStock {
  RoutingStock(location: location, item: item, units: 0)
}

private func terms(
  _ order: RoutingOrder, _ route: OrderRoute, _ services: [Int: Int], _ unfilled: [Quantity]
) -> RoutingTerms {
  var terms = RoutingTerms()
  for option in order.options where services[option.location] == option.service {
    #expect(option.closure == nil, "a closed option ships")
    terms.fixed += option.fixed
    terms.late += option.late
    for shipment in route.shipments where shipment.location == option.location {
      terms.units += shipment.quantity * option.unitCosts[shipment.line]
    }
  }
  terms.split = order.splitPenalty * Int64(max(0, services.count - 1))
  terms.unfilled = zip(order.lines, unfilled).reduce(0) { $0 + $1.0.unfilledPenalty * $1.1 }
  return terms
}
