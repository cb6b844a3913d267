import FoundationEssentials
import Operations
import Planning
import Testing

@testable import Benchmarks

/// Published instances whose answers are known, where `PURSER_DATA` names the folder that has them: the same functions
/// answer as in the solving commands and in the daemon.
@Suite(
  .enabled(if: PublishedInstances.folder != nil, "PURSER_DATA names no folder with atp/, allocation/ and routing/"))
struct PublishedInstanceTests {
  @Test func promisesAreExact() throws {
    try PublishedInstances.check(promises: "atp/atp_20.json")
  }

  @Test func sharesAreExact() throws {
    try PublishedInstances.check(shares: "allocation/alloc_20.json")
  }

  @Test func textbookAnswersAgreeToAMillionth() throws {
    let count = try PublishedInstances.check(textbook: "stockpyl/stockpyl_public.json")
    #expect(count == 20)
  }

  /// One order is always exact; many on shared stock come within one percent of the optimum on average, and none below it.
  @Test func routesComeToTheirOptimum() throws {
    let folder = try #require(PublishedInstances.folder)
    let instances = try RoutingInstance.read(folder + "/routing")
    var gaps: [Double] = []
    for instance in instances {
      let optimum = try #require(instance.oracle, "\(instance.name) names no optimum")
      let cost = route(instance.problem, explains: false).cost
      #expect(cost >= optimum, "\(instance.name): below what is proved")
      if instance.problem.orders.count == 1 { #expect(cost == optimum, "\(instance.name)") }
      gaps.append(Double(cost - optimum) / Double(optimum))
    }
    #expect(gaps.count >= 10 && gaps.reduce(0, +) / Double(gaps.count) <= 0.01, "\(gaps)")
  }
}

/// Files of instances and the answers that stand in them.
enum PublishedInstances {
  static let folder: String? = ProcessInfo.processInfo.environment["PURSER_DATA"].flatMap { path in
    ["atp", "allocation", "stockpyl", "routing"].allSatisfy { FileManager.default.fileExists(atPath: path + "/" + $0) }
      ? path : nil
  }

  static func check(promises file: String) throws {
    let path = try #require(folder) + "/" + file
    for (instance, source) in zip(try InstanceFile.read(path, ATPInstance.init), try sources(path)) {
      let line = instance.line(instance.solve(), .zero)
      #expect(line["promises"] == source["oracle"]?["promises"], "\(instance.name)")
      #expect(line["atp_after"] == source["oracle"]?["atp_after"], "\(instance.name)")
    }
  }

  static func check(shares file: String) throws {
    let path = try #require(folder) + "/" + file
    for (instance, source) in zip(try InstanceFile.read(path, AllocationInstance.init), try sources(path)) {
      let line = instance.line(instance.shares(), .zero)
      #expect(line["integer"] == source["oracle"]?["integer"], "\(instance.name)")
    }
  }

  /// - Returns: how many rows there are.
  static func check(textbook file: String) throws -> Int {
    let path = try #require(folder) + "/" + file
    let content = try #require(FileManager.default.contents(atPath: path))
    let published = try JSONDecoder().decode(Published.self, from: content).rows
    let rows = try TextbookFile(path: path).rows
    try #require(rows.count == published.count)
    for (row, expected) in zip(rows, published) {
      let answer = try textbookAnswer(row.function, TextbookArguments(row.args))
      #expect(agree(answer, expected.result), "\(row.test): \(answer.json.canonical), not \(expected.result)")
    }
    return rows.count
  }

  private struct Published: Decodable {
    struct Row: Decodable { var result: TextbookValue }
    var rows: [Row]
  }

  /// Within 1e-6 of what is expected, relatively.
  static func agree(_ answer: TextbookAnswer, _ expected: TextbookValue) -> Bool {
    switch (answer, expected) {
    case (.number(let got), .number(let wanted)): abs(got - wanted) <= 1e-6 * max(abs(wanted), 1e-300)
    case (.numbers(let got), .list(let wanted)):
      got.count == wanted.count && zip(got, wanted).allSatisfy { agree(.number($0), $1) }
    case (.answers(let got), .list(let wanted)): got.count == wanted.count && zip(got, wanted).allSatisfy(agree)
    default: false
    }
  }

  private static func sources(_ path: String) throws -> [JSONValue] {
    let content = try #require(FileManager.default.contents(atPath: path))
    let sources = try #require(JSONValue.parse([UInt8](content)).array)
    try #require(!sources.isEmpty)
    return sources
  }
}
