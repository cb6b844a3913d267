import ArgumentParser
import Daemon
import DesiredState
import Operations
import Planning
import Reports

/// `purser drift`: what channels show beside what they were told.
struct DriftCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drift", abstract: "Show what others changed on channels, and adopt it into git.",
    subcommands: [DriftList.self, DriftAdopt.self], defaultSubcommand: DriftList.self)
}

/// `purser drift list`: every difference, why it is there and what becomes of it.
struct DriftList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the listings that differ from what they should show.",
    discussion: """
      Compares what systems saw on channels (the event listing.observed) with what the channels were told, and settings \
      with git, as the next cycle does. KIND says why they differ: sales (orders explain it), unsettled (an order that \
      explains it may still arrive), other_writer, or fight (another writer keeps changing it back). Exits 0.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @OptionGroup var options: RepositoryOptions
  @OptionGroup var clock: ClockOptions
  @Option(help: "Only on this channel.") var channel: String?
  @Option(help: "Only of this item.") var sku: String?
  @Option(name: .shortAndLong, help: "text or json.") var output = Format.text

  func run() throws {
    let (wantedChannel, wantedSKU) = (channel.map { ChannelID($0) }, sku.map { SKU($0) })
    let drifts = try options.drifts(at: try clock.clock()()).filter {
      $0.key.channel == wantedChannel ?? $0.key.channel && $0.sku == wantedSKU ?? $0.sku
    }
    if output == .json { return Output.data(JSONValue.array(drifts.map(\.json)).pretty() + "\n") }
    guard !drifts.isEmpty else {
      let isFiltered = wantedChannel != nil || wantedSKU != nil
      return Output.words(
        isFiltered
          ? "nothing matches; omit --channel and --sku to list all differences\n"
          : "no drift in what was observed\n")
    }
    Output.data(Self.table(drifts) + "\n")
  }

  private static func table(_ drifts: [Drift]) -> String {
    let hasRegions = drifts.contains { !$0.key.region.isEverywhere }
    let headings =
      ["CHANNEL"] + (hasRegions ? ["REGION"] : [])
      + ["SKU", "FIELD", "PUBLISHED", "OBSERVED", "KIND", "SINCE", "WRITER", "ANSWER", "WHAT TO DO"]
    let rows = drifts.map { drift in
      [drift.key.channel.rawValue] + (hasRegions ? [drift.key.region.rawValue] : []) + [
        drift.sku.rawValue, drift.key.field.rawValue, "\(drift.reference)", "\(drift.observed)", drift.kind.rawValue,
        drift.since.description, drift.writer ?? "-", drift.answer.rawValue, drift.remedy,
      ]
    }
    let numbers = hasRegions ? [4, 5] : [3, 4]
    return Table(headings, rows, rightAligned: Set(numbers)).text
  }
}

extension RepositoryOptions {
  /// What the next cycle finds different.
  func drifts(at now: Instant) throws -> [Drift] {
    try Preview(
      repository: repo, storePath: store, branch: branch, trustRoot: try trustRootID(), credentials: credentials,
      at: now
    ).plan.drifts
  }
}
