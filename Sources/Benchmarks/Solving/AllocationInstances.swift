import ArgumentParser
import Operations
import Planning
import Reports

/// Shares out constrained stock as published instances ask for it.
struct AllocationInstances: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "allocation", abstract: "Solve instances of weighted fair share with minimum, maximum and tiers.",
    discussion: """
      FILE is a JSON array of {name, available, channels: [{id, tier, weight, min, max, demand}]}; max and demand may be \
      null. Prints one line an instance.
      """)

  @Argument(help: "The file of instances.") var file: String
  @Option(name: .shortAndLong, help: "text or json.") var output = OutputFormat.text

  func run() throws {
    let instances = try InstanceFile.read(file, AllocationInstance.init)
    var rows: [[String]] = []
    for instance in instances {
      let (shares, time) = timed { instance.shares() }
      switch output {
      case .json: print(instance.line(shares, time).canonical)
      case .text: rows += instance.rows(shares, time)
      }
    }
    guard output == .text else { return }
    print(Table(["instance", "available", "channel", "tier", "units", "time"], rows, rightAligned: [1, 3, 4, 5]).text)
  }
}

/// One stock and the channels that share it.
struct AllocationInstance {
  let name: String
  let available: Quantity
  /// By id.
  let channels: [(id: ChannelID, sharer: Sharer)]

  init(_ fields: Fields) throws {
    name = try fields.text("name")
    available = try fields.integer("available")
    channels = try fields.objects("channels").map { channel in
      let limits = [try channel.integerOrNull("max"), try channel.integerOrNull("demand")]
      return (
        ChannelID(try channel.text("id")),
        Sharer(
          rank: try channel.integer("tier"), weight: try channel.integer("weight", in: 1...Int64.max),
          minimum: try channel.integer("min"), cap: limits.compactMap(\.self).min())
      )
    }.sorted { $0.0 < $1.0 }
    for (left, right) in zip(channels, channels.dropFirst()) where left.id == right.id {
      throw fields.problem("channels", "names '\(left.id)' twice")
    }
  }

  func shares() -> [Quantity] { fairShare(of: available, among: channels.map(\.sharer)) }

  func line(_ shares: [Quantity], _ time: Duration) -> JSONValue {
    let units = zip(channels, shares).map { ($0.id.rawValue, JSONValue.integer($1)) }
    return [
      "name": .string(name), "integer": .object(Dictionary(uniqueKeysWithValues: units)), "seconds": seconds(time),
    ]
  }

  func rows(_ shares: [Quantity], _ time: Duration) -> [[String]] {
    zip(channels, shares).enumerated().map { number, row in
      (number == 0 ? [name, "\(available)"] : ["", ""])
        + [row.0.id.rawValue, "\(row.0.sharer.rank)", "\(row.1)", number == 0 ? short(time) : ""]
    }
  }
}
