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
      from 0 and seconds is the solver's time only. Text shows the gap to the optimum that the file names; with --mip, to \
      what a MIP solver proves beside it (highspy or scipy from the Python Package Index), and how many times as long that \
      takes.
      """)

  @Argument(help: "A file of one instance or of a list of them, or a folder of such files.") var path: String
  @Option(help: "How often a few orders are chosen again together; more is slower and better.")
  var rounds = RoutingEffort.standard.rounds
  @Flag(help: "Have a MIP solver prove the optimum, where one is installed.") var mip = false
  @Option(help: "For --mip: the Python that has highspy or scipy.") var python = "python3"
  @Option(help: "For --mip: the seconds after which the solver gives its bound instead.") var mipSeconds = 60
  @Option(name: .shortAndLong, help: "text or json.") var output = OutputFormat.text

  func validate() throws {
    guard rounds >= 0 else { throw ValidationError("--rounds is at least 0") }
    guard mipSeconds > 0 else { throw ValidationError("--mip-seconds is at least 1") }
  }

  func run() throws {
    var rows: [Row] = []
    var solver = mip ? MIPBaseline(python: python, secondsLimit: mipSeconds) : nil
    for instance in try RoutingInstance.read(path) {
      let clock = ContinuousClock()
      let start = clock.now
      let result = route(instance.problem, effort: RoutingEffort(rounds: rounds), explains: false)
      let time = clock.now - start
      if let order = result.routes.firstIndex(where: \.isTooLarge) {
        throw RoutingInstanceError(
          description: "\(instance.name): order '\(instance.problem.orders[order].id)' costs too much to be computed")
      }
      let proof = try solver?.solve(instance)
      if solver != nil, proof == nil {
        say(
          "mip: skipped: not installed; 'python3 -m pip install highspy' installs a solver, --python names its Python")
        solver = nil
      }
      let row = Row(instance: instance, result: result, time: time, proof: proof)
      if output == .json { print(row.json.canonical) } else { rows.append(row) }
    }
    if output == .text { print(text(rows)) }
  }

  private func text(_ rows: [Row]) -> String {
    let isBesideMIP = rows.contains { $0.proof != nil }
    let headings =
      ["instance", "orders", "cost", "best known", "gap", "proved", "time"]
      + (isBesideMIP ? ["MIP cost", "MIP bound", "MIP time", "ratio"] : [])
    var text = Table(
      headings, rows.map { $0.cells(besideMIP: isBesideMIP) }, rightAligned: [1, 2, 3, 4, 6, 7, 8, 9, 10]
    )
    .text
    let gaps = rows.compactMap(\.gap)
    if let worst = gaps.max() {
      text += "\n\ngap: mean \(percent(gaps.reduce(0, +) / Double(gaps.count))), worst \(percent(worst))"
    }
    if isBesideMIP { text += "\n\n" + aims(rows).joined(separator: "\n") }
    return text
  }

  /// The design's aims beside what was measured: single orders exact and 1,000 times faster, many orders within 1% on
  /// average and 100 times faster.
  private func aims(_ rows: [Row]) -> [String] {
    let kinds: [(name: String, isOne: Bool, gap: Double, faster: Double)] = [
      ("one order", true, 0, 1000), ("several orders", false, 0.01, 100),
    ]
    return kinds.compactMap { kind in
      let measured = rows.filter { $0.proof != nil && ($0.instance.problem.orders.count == 1) == kind.isOne }
      guard !measured.isEmpty else { return nil }
      let gaps = measured.compactMap(\.gapToMIP)
      let mean = gaps.reduce(0, +) / Double(gaps.count)
      let times = measured.compactMap(\.timesFaster).sorted()
      let isMet = mean <= kind.gap && (times.first ?? 0) >= kind.faster
      return "\(kind.name): gap to the MIP bound: mean \(percent(mean)), worst \(percent(gaps.max() ?? 0)) "
        + "(aim <= \(percent(kind.gap)) mean); \(short(times.first ?? 0))x to \(short(times.last ?? 0))x faster "
        + "(aim >= \(short(kind.faster))x): \(isMet ? "ok" : "MISS")"
    }
  }

  private struct Row {
    let instance: RoutingInstance
    let result: RoutingResult
    let time: Duration
    let proof: MIPAnswer?

    /// The cost above what nothing can be below, as a share of it.
    var gapToMIP: Double? { proof.map { Double(result.cost - $0.bound) / Double(max(1, $0.bound)) } }

    var timesFaster: Double? { proof.map { $0.seconds / (time / .seconds(1)) } }

    /// The cost above the best known one, as a share of it.
    var gap: Double? { instance.oracle.map { Double(result.cost - $0) / Double(max(1, $0)) } }

    func cells(besideMIP: Bool) -> [String] {
      let mip =
        proof.map {
          [String($0.cost), String($0.bound), short(Duration.seconds($0.seconds)), short(timesFaster ?? 0) + "x"]
        } ?? ["-", "-", "-", "-"]
      return [
        instance.name, String(instance.problem.orders.count), String(result.cost),
        instance.oracle.map { String($0) } ?? "-", gap.map(percent) ?? "-", result.isProved ? "yes" : "no", short(time),
      ] + (besideMIP ? mip : [])
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
        "mip": proof.map {
          [
            "cost": .integer($0.cost), "bound": .integer($0.bound), "proved": .bool($0.isProved),
            "seconds": .decimal(short($0.seconds)), "solver": .string($0.solver),
          ]
        } ?? .null,
      ]
    }
  }
}

/// A share in percent with the digits that count.
private func percent(_ share: Double) -> String { (share < 0 ? "-" : "") + short(abs(share) * 100) + "%" }
