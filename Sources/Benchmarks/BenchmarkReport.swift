import Operations
import Reports

/// Shows comparisons as one aligned table or as JSON.
struct BenchmarkReport {
  let comparisons: [Comparison]

  var text: String {
    let headings = ["path", "time", "over", "time", "ratio", "aim", ""]
    var text = Table(headings, comparisons.map(cells), rightAligned: [1, 3, 4, 5]).text
    let notes = comparisons.compactMap { row in row.note.map { "  \(row.name): \($0)" } }
    if !notes.isEmpty { text += "\n\n" + notes.joined(separator: "\n") }
    return text
  }

  private func cells(_ row: Comparison) -> [String] {
    let verdict = row.isMet.map { $0 ? "ok" : "MISS" } ?? "-"
    return [
      row.name, short(row.measured), row.baselineName, short(row.baseline), short(row.ratio) + "x",
      row.aim.map(words) ?? "-", verdict,
    ]
  }

  var json: JSONValue { .array(comparisons.map(object)) }

  private func object(_ row: Comparison) -> JSONValue {
    [
      "path": .string(row.name), "over": .string(row.baselineName), "nanoseconds": nanoseconds(row.measured),
      "fastest_nanoseconds": nanoseconds(row.spread.lowerBound),
      "slowest_nanoseconds": nanoseconds(row.spread.upperBound), "over_nanoseconds": nanoseconds(row.baseline),
      "ratio": .decimal(short(row.ratio)), "aim": JSONValue(row.aim.map(words)),
      "met": row.isMet.map { .bool($0) } ?? .null, "note": JSONValue(row.note),
    ]
  }

  private func words(_ aim: Aim) -> String {
    switch aim {
    case .atMost(let limit): "<= \(short(limit))x"
    case .atLeast(let limit): ">= \(short(limit))x"
    }
  }

  private func nanoseconds(_ time: Duration) -> JSONValue { .integer(Int64(time / .nanoseconds(1))) }
}

/// A time in the unit in which it reads best, with three digits that count.
func short(_ time: Duration) -> String {
  switch time {
  case ..<Duration.microseconds(1): short(time / .nanoseconds(1)) + " ns"
  case ..<Duration.milliseconds(1): short(time / .microseconds(1)) + " us"
  case ..<Duration.seconds(1): short(time / .milliseconds(1)) + " ms"
  default: short(time / .seconds(1)) + " s"
  }
}

/// A number from 0 with three digits that count.
func short(_ value: Double) -> String {
  var (scale, decimals) = (1.0, 0)
  while value > 0, value * scale < 99.95, decimals < 8 {
    scale *= 10
    decimals += 1
  }
  let digits = String(Int((value * scale).rounded()))
  let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
  guard decimals > 0 else { return padded }
  var text = padded.dropLast(decimals) + "." + padded.suffix(decimals)
  while text.last == "0" { text.removeLast() }
  if text.last == "." { text.removeLast() }
  return String(text)
}
