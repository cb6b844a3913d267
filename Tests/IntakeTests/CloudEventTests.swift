import ActualState
import Diagnostics
import Operations
import Testing

@testable import Intake

@Suite struct CloudEventTests {
  static let good =
    #"{"specversion":"1.0","source":"/erp","id":"1","type":"t","time":"2026-01-01T00:00:00Z","data":{}}"#

  static func read(_ bytes: [UInt8], pieceBytes: Int = 5) throws -> [Arrival] {
    let clock = ArrivalClock { Instant(milliseconds: 1000) }
    var reader = CloudEventReader(ByteSource(bytes, name: "f.jsonl", pieceBytes: pieceBytes)) { clock.next() }
    var all: [Arrival] = []
    while let arrival = try reader.next() { all.append(arrival) }
    return all
  }

  @Test(arguments: [
    ("nonsense", "event.not_json", 1),
    ("[\(good)]", "event.not_an_object", 1),
    (#"{"id":1é}"#, "event.not_json", 8),
    (#"{"source":"/a","id":"1","id":"2"}"#, "event.not_json", 25),
    (#"{"source":"/a","type":"t","data":{}}"#, "event.missing_field", 1),
    (#"{"source":"/a","id":"","type":"t","data":{}}"#, "event.wrong_type", 1),
    (#"{"source":"/a","id":7,"type":"t","data":{}}"#, "event.wrong_type", 1),
    (#"{"source":"  ","id":"7","type":"t","data":{}}"#, "event.wrong_type", 1),
    (#"{"source":"/a","id":"7\u200b","type":"t","data":{}}"#, "event.wrong_type", 1),
    (#"{"source":"/a","id":"1","type":"t"}"#, "event.missing_field", 1),
    (#"{"source":"/a","id":"1","type":"t","data":[]}"#, "event.wrong_type", 1),
    (#"{"source":"/a","id":"1","type":"t","data":{},"time":"yesterday"}"#, "event.bad_time", 1),
    (#"{"specversion":"0.3","source":"/a","id":"1","type":"t","data":{}}"#, "event.bad_version", 1),
  ])
  func reportsABadLineAndReadsTheGoodOnesAroundIt(line: String, id: String, column: Int) throws {
    let all = try Self.read(Array("\(Self.good)\n\(line)\n\(Self.good)\n".utf8))
    try #require(all.count == 3)
    guard case .event = all[0], case .problem(let problem) = all[1], case .event = all[2] else {
      Issue.record("\(all)")
      return
    }
    #expect(problem.diagnostic.id == id)
    #expect(problem.diagnostic.location == SourceLocation(file: "f.jsonl", line: 2, column: column))
    #expect(problem.diagnostic.hint != nil && problem.line == line)
  }

  @Test func toleratesMarksLineEndsAndBlankLines() throws {
    let all = try Self.read(Array("\u{FEFF}\(Self.good)\r\n\r\n  \n\(Self.good)".utf8))
    let lines = all.map { if case .event(_, let place) = $0 { place.line } else { -1 } }
    #expect(lines == [1, 4])
  }

  @Test func aFileThatIsCutOffSaysSo() throws {
    for cut in 1..<Self.good.utf8.count {
      let all = try Self.read(Array("\(Self.good)\n\(Self.good)".utf8.dropLast(cut)))
      try #require(all.count == 2)
      guard case .event = all[0], case .problem(let problem) = all[1] else {
        Issue.record("cut by \(cut): \(all)")
        continue
      }
      #expect(problem.diagnostic.id == "event.truncated")
    }
  }

  @Test func aLineThatIsTooLongIsSkippedWithoutBeingKept() throws {
    let long = Array(repeating: UInt8(ascii: "x"), count: LineReader.lineLimit + 10)
    let all = try Self.read(long + Array("\n\(Self.good)\n".utf8), pieceBytes: 65_536)
    guard case .problem(let problem)? = all.first, case .event? = all.last else {
      Issue.record("\(all.count) arrivals")
      return
    }
    #expect(problem.diagnostic.id == "event.too_long" && problem.line.utf8.count <= 4096)
  }

  @Test func eventsWithoutATimeKeepTheOrderOfTheFile() throws {
    let line = #"{"source":"/a","id":"1","type":"t","data":{}}"# + "\n"
    let times = try Self.read(Array((line + line + line).utf8)).map { arrival -> Int64 in
      if case .event(let event, _) = arrival { event.time.milliseconds } else { -1 }
    }
    #expect(times == [1000, 1001, 1002])
  }

  @Test func aLineWithoutEndIsCutAndCanBeInterrupted() throws {
    var pieces = 0
    let source = try ByteSource(path: "/dev/zero") {
      pieces += 1
      return pieces > 100
    }
    var reader = CloudEventReader(source) { Instant(milliseconds: 0) }
    guard case .problem(let problem) = try #require(try reader.next()) else {
      Issue.record("zeros are no event")
      return
    }
    #expect(problem.diagnostic.id == "event.too_long" && pieces == 101)
  }
}
