import ActualState
import FoundationEssentials
import Intake
import SQLiteStore

/// A real export, from CSV to rows, over rows that are committed one by one.
enum ImportBenchmark {
  static func run(_ workshop: Workshop) async throws -> [Comparison] {
    guard let folder = workshop.data else {
      say("import: skipped, because no data is named (--data DIR or PURSER_DATA, with online_retail.csv.gz in it)")
      return []
    }
    let packed = ["", "/online_retail"].map { folder + $0 + "/online_retail.csv.gz" }
    guard let archive = packed.first(where: FileManager.default.fileExists) else {
      say("import: skipped, because there is no '\(packed[0])'")
      return []
    }
    let csv = workshop.path("online_retail.csv")
    Floor.run("sh", "-c", "gzip -dc \"$1\" | head -n \"$2\" > \"$3\"", "sh", archive, "\(lineLimit(workshop))", csv)
    let lines = try Data(contentsOf: URL(filePath: csv)).count { $0 == UInt8(ascii: "\n") }
    let floor = Floor(path: workshop.path("import-single.db"))
    let mapping = try Mapping(decoding: Array(try Data(contentsOf: URL(filePath: mappingPath))), file: mappingPath)
    var (imports, singles): ([Duration], [Duration]) = ([], [])
    var counts = ""
    // Half a minute each: one round of the whole file says enough.
    for round in 0..<(workshop.isSmall ? workshop.rounds : 1) {
      singles.append(await time { floor.commit("one row", count: 500) } / 500)
      let store = try SQLiteStore(path: workshop.path("import-\(round).db"), mode: .create)
      var reader = try MappedCSVReader(ByteSource(path: csv), mapping: mapping) { SyntheticWorld.now }
      var importer = Importer(store: store, owners: EventOwners([:]))
      imports.append(try await time { try importer.run(&reader) { _ in } } / lines)
      counts = "\(importer.summary.events) events, \(importer.summary.applied) applied"
    }
    let rate = short(.seconds(1) / imports.median)
    return [
      Comparison(
        "import of Online Retail, one of \(lines) lines", over: "one row committed alone", measured: imports,
        baseline: singles, note: "\(rate) lines a second; \(counts)")
    ]
  }

  private static func lineLimit(_ workshop: Workshop) -> Int { workshop.isSmall ? 20_000 : 10_000_000 }

  /// From where this file was compiled.
  private static let mappingPath =
    #filePath.split(separator: "/").dropLast(3).reduce(into: "") { $0 += "/" + $1 }
    + "/templates/mappings/online-retail.yaml"
}
