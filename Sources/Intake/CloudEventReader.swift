import ActualState
public import Diagnostics
public import Operations

/// Reads CloudEvents 1.0 in structured JSON form, one object a line.
public struct CloudEventReader: EventReader {
  private let file: String
  private let arrivalTime: () -> Instant
  private var lines: LineReader

  /// - Parameter arrivalTime: gives events that carry no time one; it must grow, so that the order of the file is kept.
  public init(_ source: ByteSource, arrivalTime: @escaping () -> Instant) {
    file = source.name
    self.arrivalTime = arrivalTime
    lines = LineReader(source)
  }

  public mutating func next() throws(Diagnostic) -> Arrival? {
    while let line = try lines.next() {
      if !line.isTooLong, line.bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
      let start = SourceLocation(file: file, line: line.number, column: 1)
      do throws(Diagnostic) {
        return .event(try event(line, at: start), at: start)
      } catch {
        return .problem(.init(error, line: line.bytes))
      }
    }
    return nil
  }

  private func event(_ line: LineReader.Line, at start: SourceLocation) throws(Diagnostic) -> Event {
    guard !line.isTooLong else {
      throw Diagnostic(
        "event.too_long", "the line is longer than \(LineReader.lineLimit) bytes", at: start,
        hint: "one event per line; split it into several events")
    }
    let value: JSONValue
    do throws(JSONProblem) {
      value = try JSONValue.parse(line.bytes)
    } catch {
      let before = String(decoding: line.bytes.prefix(error.offset), as: UTF8.self)
      let place = SourceLocation(file: start.file, line: start.line, column: before.unicodeScalars.count + 1)
      guard line.isComplete else {
        throw Diagnostic(
          "event.truncated", "the file ends in the middle of an event: \(error.message)", at: place,
          hint: "get the complete file and import it again; events that are already imported are skipped")
      }
      throw Diagnostic("event.not_json", error.message, at: place, hint: hint(for: line))
    }
    guard value.object != nil else {
      throw Diagnostic("event.not_an_object", "an event is a JSON object", at: start, hint: hint(for: line))
    }
    return try Self.event(value, at: start, arrivalTime: arrivalTime)
  }

  /// Files that hold the right thing in another layout are common, so they get the command that helps.
  private func hint(for line: LineReader.Line) -> String {
    switch line.bytes.first(where: { $0 != 0x20 && $0 != 0x09 }) {
    case UInt8(ascii: "["): "one event per line, not an array: jq -c '.[]' FILE | purser import … -"
    case UInt8(ascii: "{"): "one event per line; for events that span several lines: jq -c . FILE | purser import … -"
    default: "one JSON object per line; for a CSV file give --mapping"
    }
  }

  private static func event(
    _ value: JSONValue, at start: SourceLocation, arrivalTime: () -> Instant
  ) throws(Diagnostic) -> Event {
    if let version = value["specversion"], version.string != "1.0" {
      throw Diagnostic(
        "event.bad_version", "the specversion is not \"1.0\"", at: start, hint: "send CloudEvents 1.0")
    }
    let source = try attribute("source", of: value, at: start)
    let id = try attribute("id", of: value, at: start)
    let type = try attribute("type", of: value, at: start)
    guard let data = value["data"], data.object != nil else {
      let isMissing = value["data"] == nil
      throw Diagnostic(
        isMissing ? "event.missing_field" : "event.wrong_type",
        isMissing ? "the field 'data' is missing" : "the field 'data' is not an object", at: start,
        hint: value["data_base64"] == nil ? "the event's content belongs there" : "send the data as JSON, not as base64"
      )
    }
    guard let written = value["time"], written != .null else {
      return Event(source: source, id: id, type: type, time: arrivalTime(), data: data)
    }
    guard let time = written.string.flatMap({ Instant($0) }) else {
      throw Diagnostic(
        "event.bad_time", "the time is not in RFC 3339 format", at: start, hint: "write it as 2026-11-20T00:00:00Z")
    }
    return Event(source: source, id: id, type: type, time: time, data: data)
  }

  private static func attribute(
    _ name: String, of value: JSONValue, at start: SourceLocation
  ) throws(Diagnostic) -> String {
    guard let member = value[name] else {
      let near = nearestName(to: name, among: value.object?.keys.sorted() ?? [])
      throw Diagnostic(
        "event.missing_field", "the field '\(name)' is missing", at: start,
        hint: near.map { "did you mean '\($0)'?" } ?? "every event has source, id, type and data")
    }
    let text = member.string ?? ""
    if let wrong = text.nameProblem {
      throw Diagnostic(
        "event.wrong_type", "the field '\(name)' is not a valid name: it \(wrong)", at: start,
        hint: "fix it in the sending system; the event was skipped")
    }
    return text
  }
}
