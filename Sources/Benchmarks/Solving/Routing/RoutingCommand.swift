import ArgumentParser
import Operations
import Planning
import Reports

/// Routes published instances with the daemon's own solver, and shows how far it is from their best known cost.
struct RoutingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "routing", abstract: "Route the orders of published instances.",
    discussion: """
      JSON is one line an instance: {"name","cost","ships":[[order,line,loc,qty],...],"seconds"}, where line counts \
      from 0 and seconds is the solver's time only. Text shows the gap to the optimum that the file names.
      """)

  @Argument(help: "A file of one instance or of a list of them, or a folder of such files.") var path: String
  @Option(help: "How often a few orders are chosen again together; more is slower and better.")
  var rounds = RoutingEffort.standard.rounds
  @Option(name: .shortAndLong, help: "text or json.") var output = OutputFormat.text

  func validate() throws {
    guard rounds >= 0 else { throw ValidationError("--rounds is at least 0") }
  }

  func run() throws {
    var rows: [Row] = []
    for instance in try RoutingInstance.read(path) {
      let clock = ContinuousClock()
      let start = clock.now
      let result = route(instance.problem, effort: RoutingEffort(rounds: rounds), explains: false)
      let time = clock.now - start
      if let order = result.routes.firstIndex(where: \.isTooLarge) {
        throw RoutingInstanceError(
          description: "\(instance.name): order '\(instance.problem.orders[order].id)' costs too much to be computed")
      }
      let row = Row(instance: instance, result: result, time: time)
      if output == .json { print(row.json.canonical) } else { rows.append(row) }
    }
    if output == .text { print(text(rows)) }
  }

  private func text(_ rows: [Row]) -> String {
    let headings = ["instance", "orders", "cost", "best known", "gap", "proved", "time"]
    var text = Table(headings, rows.map(\.cells), rightAligned: [1, 2, 3, 4, 6]).text
    let gaps = rows.compactMap(\.gap)
    if let worst = gaps.max() {
      text += "\n\ngap: mean \(percent(gaps.reduce(0, +) / Double(gaps.count))), worst \(percent(worst))"
    }
    return text
  }

  private struct Row {
    let instance: RoutingInstance
    let result: RoutingResult
    let time: Duration

    /// The cost above the best known one, as a share of it.
    var gap: Double? { instance.oracle.map { Double(result.cost - $0) / Double(max(1, $0)) } }

    var cells: [String] {
      [
        instance.name, String(instance.problem.orders.count), String(result.cost),
        instance.oracle.map { String($0) } ?? "-", gap.map(percent) ?? "-", result.isProved ? "yes" : "no", short(time),
      ]
    }

    var json: JSONValue {
      let ships = result.routes.flatMap(\.shipments).map { shipment -> JSONValue in
        [
          .string(instance.problem.orders[shipment.order].id.rawValue), .integer(Int64(shipment.line)),
          .string(instance.problem.locations[shipment.location].id.rawValue), .integer(shipment.quantity),
        ]
      }
      return [
        "name": .string(instance.name), "cost": .integer(result.cost), "ships": .array(ships),
        "seconds": .decimal(short(time / .seconds(1))),
      ]
    }
  }
}

/// A share in percent with the digits that count.
private func percent(_ share: Double) -> String { (share < 0 ? "-" : "") + short(abs(share) * 100) + "%" }
