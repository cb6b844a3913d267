import ArgumentParser
import Operations
import Planning
import Reports

/// Promises demands in order, as published instances ask for it.
struct ATPInstances: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "atp", abstract: "Solve instances of time-phased availability and promise dates.",
    discussion: """
      FILE is a JSON array of {name, on_hand, safety, horizon, supplies: [{day, qty}], demands: [{id, qty, earliest, \
      partial}]}, with the demands in the order of their priority. Prints one line an instance.
      """)

  @Argument(help: "The file of instances.") var file: String
  @Option(name: .shortAndLong, help: "text or json.") var output = OutputFormat.text

  func run() throws {
    let instances = try InstanceFile.read(file, ATPInstance.init)
    var rows: [[String]] = []
    for instance in instances {
      let (answer, time) = timed { instance.solve() }
      switch output {
      case .json: print(instance.line(answer, time).canonical)
      case .text: rows += instance.rows(answer, time)
      }
    }
    guard output == .text else { return }
    let headings = ["instance", "demand", "units", "from day", "promised", "time"]
    print(Table(headings, rows, rightAligned: [2, 3, 5]).text)
  }
}

/// One item's stock, its supplies, and the demands that ask for a day.
struct ATPInstance {
  let name: String
  let free: Quantity
  let supplies: [(at: Instant, units: Quantity)]
  let demands: [(id: String, request: PromiseRequest)]
  let horizon: Int64

  struct Answer {
    var promises: [[PromisedPart]]
    var after: LookAheadATP
  }

  init(_ fields: Fields) throws {
    name = try fields.text("name")
    free = try fields.integer("on_hand") - fields.integer("safety")
    horizon = try fields.integer("horizon", in: Fields.days)
    supplies = try fields.objects("supplies").map { supply in
      (Self.instant(day: try supply.integer("day", in: Fields.days)), try supply.integer("qty"))
    }
    demands = try fields.objects("demands").map { demand in
      (
        try demand.text("id"),
        PromiseRequest(
          units: try demand.integer("qty"),
          earliest: Self.instant(day: try demand.integer("earliest", in: Fields.days)),
          isPartialAllowed: try demand.flag("partial"))
      )
    }
  }

  func solve() -> Answer {
    var atp = LookAheadATP(
      start: Self.instant(day: 0), onHand: free, supply: supplies, demand: [], horizon: Self.instant(day: horizon))
    let promises = demands.map { atp.promise($0.request) }
    return Answer(promises: promises, after: atp)
  }

  func line(_ answer: Answer, _ time: Duration) -> JSONValue {
    let promises = zip(demands, answer.promises).map { demand, parts in
      JSONValue.object([
        "id": .string(demand.id),
        "parts": .array(parts.map { [JSONValue($0.at.map(Self.day)), .integer($0.units)] }),
      ])
    }
    let after = days(answer.after.levels).map { JSONValue.integer($0) }
    return [
      "name": .string(name), "promises": .array(promises), "atp_after": .array(after), "seconds": seconds(time),
    ]
  }

  func rows(_ answer: Answer, _ time: Duration) -> [[String]] {
    zip(demands, answer.promises).enumerated().map { number, row in
      let (demand, parts) = row
      let words = parts.map { part in
        part.at.map { "\(part.units) on day \(Self.day($0))" } ?? "\(part.units) on no day"
      }
      return [
        number == 0 ? name : "", demand.id, "\(demand.request.units)", "\(Self.day(demand.request.earliest))",
        words.joined(separator: ", "), number == 0 ? short(time) : "",
      ]
    }
  }

  /// The level of each day until the horizon; the first step stands at day 0.
  private func days(_ levels: [LookAheadATP.Step]) -> [Quantity] {
    var step = 0
    return (0...horizon).map { day in
      while step + 1 < levels.count, levels[step + 1].at <= Self.instant(day: day) { step += 1 }
      return levels[step].units
    }
  }

  private static func instant(day: Int64) -> Instant { Instant(milliseconds: day * TimeSpan.day.milliseconds) }
  private static func day(_ instant: Instant) -> Int64 { instant.milliseconds / TimeSpan.day.milliseconds }
}
