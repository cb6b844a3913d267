import ActualState
import ArgumentParser
import DesiredState
import Diagnostics
import FoundationEssentials
import Intake
import Operations
import SQLiteStore

/// `purser import FILE…`: what happened in the world, from other systems' events and exports.
struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Import stock, orders and purchase orders from events or CSV exports.",
    discussion: """
      Events are CloudEvents, one JSON object per line. With --mapping, files are CSV exports (files ending in .jsonl, \
      .ndjson or .json are still events). templates/mappings/online-retail.yaml is a mapping to start from and explains the \
      mapping language; deliveries.yaml next to it imports past deliveries of suppliers, to learn from. Importing a file \
      again changes nothing. Dates in a ship notice (asn.received) win over later changes to the purchase order, for the \
      units in the notice. A line that cannot be read is reported and skipped, and so is an event that reuses a source and \
      id with different content.

      Exits with 1 if a line or an event was not accepted: unreadable, refused, or with different content. All others are in \
      the store. An event that waits for an item or order to arrive is not a failure.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Argument(help: "Files to import; '-' for standard input.") var files: [String]
  @OptionGroup var options: RepositoryOptions
  @OptionGroup var clock: ClockOptions
  @Option(help: "A mapping file, for CSV.") var mapping: String?
  @Option(
    help:
      "How long to wait for another process to release the store, as in a long cycle of the daemon; 0s: do not wait.",
    transform: TimeSpan.option)
  var lockTimeout = TimeSpan(milliseconds: 600_000)
  @Option(name: .shortAndLong, help: "text (on stderr) or json (on stdout).") var output = Format.text

  func run() throws {
    let mapping = try mapping.map(readMapping)
    let desired = try CommittedState.load(options)
    let now = try clock.clock()
    let arrivals = ArrivalClock(now: now)
    // Every file is opened and every heading is checked before the first event goes in.
    var inputs = try files.map { try ImportInput(path: $0, mapping: mapping, clock: arrivals) }
    Interruption.listen()
    let turn = StoreTurn(path: options.store, limit: lockTimeout)
    let sqlite = try turn.take {
      try SQLiteStore(path: options.store, mode: .create, busyMilliseconds: turn.busyMilliseconds)
    }
    var importer = Importer(
      store: sqlite, owners: EventOwners(desired, at: now()), turn: { try turn.take($0) }, now: now)
    var report = ImportReport()
    do {
      for index in inputs.indices where !Interruption.hasHappened {
        try inputs[index].run(&importer) { report.problem($0) }
        report.add(inputs[index].rowCounts)
      }
    } catch {
      // What went in before the failure is in the store, so it is told before the error is. Where even that fails, what
      // stopped the import is the reason to give.
      try? finish(report, importer.summary, sqlite, desired, at: now())
      try checkInterruption()
      throw error
    }
    try finish(report, importer.summary, sqlite, desired, at: now())
    try checkInterruption()
    // Those that wait may still come in by themselves. One that was refused is tried again each time it comes.
    if importer.summary.problems + importer.summary.conflicting + importer.summary.refused > 0 { throw ExitCode(1) }
  }

  private func checkInterruption() throws {
    guard Interruption.hasHappened else { return }
    Output.words("interrupted; import the same files again to continue\n")
    throw ExitCode(130)
  }

  private func finish(
    _ report: ImportReport, _ summary: ImportSummary, _ store: any Store, _ desired: DesiredState, at now: Instant
  ) throws {
    let counts = try store.countEvents()
    // Whoever brings in a history of deliveries wants to know what can be learnt from it.
    let score =
      summary.typeCounts["delivery.recorded"] == nil
      ? nil : try DeliveryScores(store, desired, at: now).ofAll
    Output.words(report.text(summary, store: counts, score: score))
    if output == .json { Output.data(report.json(summary, store: counts, score: score).pretty() + "\n") }
  }

  private func readMapping(_ path: String) throws -> Mapping {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw Diagnostic(
        "import.cannot_open", "the mapping '\(path)' cannot be read",
        hint: "templates/mappings/ has one to start from")
    }
    return try Mapping(decoding: [UInt8](bytes), file: path)
  }
}

/// One file of an import, as events or through the mapping.
enum ImportInput {
  case events(CloudEventReader)
  case rows(MappedCSVReader)

  init(path: String, mapping: Mapping?, clock: ArrivalClock) throws {
    let isEvents = [".jsonl", ".ndjson", ".json"].contains { path.lowercased().hasSuffix($0) }
    if mapping == nil, path.lowercased().hasSuffix(".csv") {
      throw Diagnostic(
        "import.no_mapping", "'\(path)' is a CSV file, which needs a mapping",
        hint: "give --mapping FILE; templates/mappings/ has one to start from")
    }
    let source = try ByteSource(path: path) { Interruption.hasHappened }
    if let mapping, !isEvents {
      self = .rows(try MappedCSVReader(source, mapping: mapping) { clock.next() })
    } else {
      self = .events(CloudEventReader(source) { clock.next() })
    }
  }

  mutating func run(_ importer: inout Importer, onProblem: (Arrival.Problem) -> Void) throws {
    let isInterrupted = { Interruption.hasHappened }
    switch self {
    case .events(var reader): try importer.run(&reader, isInterrupted: isInterrupted, onProblem: onProblem)
    case .rows(var reader):
      defer { self = .rows(reader) }
      try importer.run(&reader, isInterrupted: isInterrupted, onProblem: onProblem)
    }
  }

  var rowCounts: RowCounts? { if case .rows(let reader) = self { reader.counts } else { nil } }
}
