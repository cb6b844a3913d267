import ArgumentParser
import FoundationEssentials
import Operations
import Planning
import Reports

/// Solves textbook instances of inventory theory with the distributions that replenishment plans with.
struct ReplenishmentInstances: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replenishment", abstract: "Solve textbook instances of inventory theory.",
    discussion: """
      FILE holds {"rows": [{"test", "function", "args"}, ...]}, with the functions and arguments of stockpyl's modules \
      eoq, newsvendor, rq, ss and loss_functions. One line a row comes out, in their order; a row that cannot be \
      solved has the result null and a reason.
      """)

  @Argument(help: ArgumentHelp("The instances as JSON.", valueName: "file")) var file: String
  @Option(name: .shortAndLong, help: "text or json.") var output = OutputFormat.text

  func run() throws {
    let rows = try TextbookFile(path: file).rows
    switch output {
    case .json: for row in rows { print(Solution(row).json.canonical) }
    case .text:
      let cells = rows.map { Solution($0).cells }
      print(Table(["test", "function", "result", "time"], cells, rightAligned: [3]).text)
    }
  }
}

/// A row and what came of it.
private struct Solution {
  let row: TextbookFile.Row
  let result: Result<TextbookAnswer, TextbookProblem>
  let time: Duration

  init(_ row: TextbookFile.Row) {
    self.row = row
    let start = ContinuousClock.now
    result = Result { () throws(TextbookProblem) in try textbookAnswer(row.function, TextbookArguments(row.args)) }
    time = ContinuousClock.now - start
  }

  var json: JSONValue {
    var members: [String: JSONValue] = [
      "test": .string(row.test), "result": .null, "seconds": .decimal("\(time / .seconds(1))"),
    ]
    switch result {
    case .success(let answer): members["result"] = answer.json
    case .failure(let problem): members["reason"] = .string(problem.reason)
    }
    return .object(members)
  }

  var cells: [String] {
    let words =
      switch result {
      case .success(let answer): answer.json.canonical
      case .failure(let problem): problem.reason
      }
    return [row.test, row.function, words, short(time)]
  }
}

/// The rows of a file of instances.
struct TextbookFile: Decodable {
  struct Row: Decodable {
    var test: String
    var function: String
    var args: [String: TextbookValue]
  }

  var rows: [Row]

  init(path: String) throws {
    guard let content = FileManager.default.contents(atPath: path) else {
      throw TextbookProblem("cannot read \(path)")
    }
    do {
      self = try JSONDecoder().decode(Self.self, from: content)
    } catch let DecodingError.keyNotFound(key, context) {
      throw TextbookProblem("\(path): \(Self.place(context.codingPath)) has no \"\(key.stringValue)\"")
    } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
      throw TextbookProblem("\(path): \(Self.place(context.codingPath)) is of another kind than expected")
    } catch {
      throw TextbookProblem("\(path) is not JSON")
    }
  }

  private static func place(_ path: [any CodingKey]) -> String {
    guard !path.isEmpty else { return "the file" }
    return path.map { key in key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)" }.joined()
  }
}
