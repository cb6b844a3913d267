import Diagnostics
import FoundationEssentials
import Operations
import Planning

/// A published routing problem, and the cost of its best known answer.
struct RoutingInstance {
  let name: String
  let problem: RoutingProblem
  /// As it was read.
  let source: JSONValue
  /// The proved optimum, or the best known cost where nothing is proved.
  let oracle: Int64?

  /// Reads the instances of a file, or of every `*.json` of a folder in the order of the names.
  static func read(_ path: String) throws -> [RoutingInstance] {
    var isFolder = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw RoutingInstanceError(description: "'\(path)' does not exist")
    }
    guard isFolder else { return try readFile(path) }
    let names = try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(".json") }
    guard !names.isEmpty else { throw RoutingInstanceError(description: "'\(path)' holds no .json file") }
    return try names.sorted { $0.isBytewiseLess(than: $1) }.flatMap { try readFile("\(path)/\($0)") }
  }

  private static func readFile(_ path: String) throws -> [RoutingInstance] {
    guard let content = FileManager.default.contents(atPath: path) else {
      throw RoutingInstanceError(description: "'\(path)' cannot be read")
    }
    let value: JSONValue
    do {
      value = try JSONValue.parse(Array(content))
    } catch {
      throw RoutingInstanceError(description: "\(path): byte \(error.offset): \(error.message)")
    }
    let root = RoutingField(value: value, path: path)
    return try value.array == nil ? [RoutingInstance(root)] : root.elements.map { try RoutingInstance($0) }
  }

  init(_ root: RoutingField) throws {
    source = root.value
    name = try root.field("name").text
    var places: [String: Int] = [:]
    var locations: [RoutingLocation] = []
    for field in try root.field("locations").elements {
      let id = try field.field("id").text
      guard places.updateValue(locations.count, forKey: id) == nil else { throw field.wrong("'\(id)' stands twice") }
      locations.append(
        RoutingLocation(
          id: NodeID(id), unitCapacity: try field.optional("unit_capacity")?.quantity,
          shipmentCapacity: try field.optional("shipment_capacity")?.quantity))
    }
    var reader = Reader(places: places)
    let stock = try reader.stock(root.field("stock"))
    let orders = try root.field("orders").elements.map { try reader.order($0) }
    guard Set(orders.map(\.id)).count == orders.count else { throw root.wrong("two orders have one id") }
    problem = RoutingProblem(locations: locations, stock: stock, orders: orders)
    let oracle = try root.optional("oracle")
    self.oracle = try (oracle?.optional("optimal_cost") ?? oracle?.optional("best_cost"))?.money
  }

  private struct Reader {
    let places: [String: Int]
    var items: [String: Int32] = [:]

    func location(_ field: RoutingField, _ id: String) throws -> Int {
      guard let index = places[id] else {
        throw field.wrong(
          "unknown location '\(id)'" + (didYouMean(id, among: places.keys.sorted()).map { "; \($0)" } ?? ""))
      }
      return index
    }

    mutating func item(_ sku: String) -> Int32 {
      let item = items[sku] ?? Int32(items.count)
      items[sku] = item
      return item
    }

    mutating func stock(_ field: RoutingField) throws -> [RoutingStock] {
      var rows: [RoutingStock] = []
      for (id, held) in try field.members {
        let location = try location(held, id)
        for (sku, units) in try held.members {
          rows.append(RoutingStock(location: location, item: item(sku), units: try units.quantity))
        }
      }
      return rows
    }

    mutating func order(_ field: RoutingField) throws -> RoutingOrder {
      var skus: [String] = []
      var lines: [RoutingLine] = []
      for line in try field.field("lines").elements {
        skus.append(try line.field("sku").text)
        lines.append(
          RoutingLine(
            item: item(skus[skus.count - 1]), quantity: try line.field("qty").quantity,
            unfilledPenalty: try line.field("unfilled_penalty").money))
      }
      let options = try field.field("options").elements.map { option in
        let place = try option.field("loc")
        let units = try option.field("unit")
        return RoutingOption(
          location: try location(place, place.text), fixed: try option.field("fixed").money,
          late: try option.field("late_penalty").money, unitCosts: try skus.map { try units.field($0).money })
      }
      guard Set(options.map(\.location)).count == options.count else {
        throw field.wrong("two options ship from one location")
      }
      let mode = try field.field("split")
      guard let split = SplitMode(rawValue: try mode.text) else {
        throw mode.wrong("one of any, by_line and none is expected")
      }
      return RoutingOrder(
        id: OrderID(try field.field("id").text), lines: lines, options: options, split: split,
        shipsComplete: try field.field("ship_complete").isTrue, splitPenalty: try field.field("split_penalty").money)
    }
  }
}
