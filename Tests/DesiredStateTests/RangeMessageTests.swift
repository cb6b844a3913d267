import DesiredState
import DesiredStateFiles
import Diagnostics
import Operations
import Testing

/// Each field with a limit, wherever it stands in the schema: a value beyond the limit is refused with the field's name,
/// the limit and something to write instead.
@Suite struct RangeMessageTests {
  /// A field with limits: how its document looks around the value, and what is beyond them.
  struct Bounded: Sendable, CustomTestStringConvertible {
    var kind: Kind
    /// The fields down to it.
    var path: [String]
    /// The document up to the value, and what closes it.
    var before: String
    var after: String
    var bad: [(value: String, bound: String)]

    var testDescription: String { "\(kind.rawValue) \(path.joined(separator: "."))" }
  }

  static let all: [Bounded] = Kind.allCases.flatMap { kind in
    Schema.fields(of: kind).flatMap { spec in
      fields(kind, spec, [], before: "kind: \(kind.rawValue)\nname: x\n", after: "\n")
    }
  }

  private static func fields(
    _ kind: Kind, _ spec: FieldSpec, _ above: [String], before: String, after: String
  ) -> [Bounded] {
    values(kind, spec.type, above + [spec.name], before: before + "\(spec.name): ", after: after)
  }

  private static func values(
    _ kind: Kind, _ type: FieldType, _ path: [String], before: String, after: String
  ) -> [Bounded] {
    func bounded(_ bad: [(String, String)]) -> [Bounded] {
      [Bounded(kind: kind, path: path, before: before, after: after, bad: bad)]
    }
    func beyond(_ range: ClosedRange<Int64>) -> [(String, String)] {
      let above = range.upperBound == .max ? [] : [("\(range.upperBound + 1)", "\(range.upperBound)")]
      return [("\(range.lowerBound - 1)", "\(range.lowerBound)")] + above
    }
    switch type {
    case .quantity(let minimum): return bounded(beyond(minimum...Limits.quantity))
    case .integer(let range): return bounded(beyond(range))
    case .rate: return bounded([("101%", "100%"), ("-1%", "0%")])
    case .span: return bounded([("0d", "1s"), ("3661d", "3660d"), ("-1h", "1s"), ("soon", "1s")])
    case .money: return bounded([("-0.01", "from 0"), ("10000000000000.01", "10000000000000.00")])
    case .list(let element): return values(kind, element, path, before: before + "[", after: "]" + after)
    case .map(let element): return values(kind, element, path + ["key"], before: before + "{key: ", after: "}" + after)
    case .either(_, let other): return values(kind, other, path, before: before, after: after)
    case .object(let specs):
      return specs.flatMap { fields(kind, $0, path, before: before + "{", after: "}" + after) }
    case .safetyStockRows:
      return Schema.safetyStockRow.flatMap { fields(kind, $0, path, before: before + "[{", after: "}]" + after) }
    default: return []
    }
  }

  @Test func everyKindOfLimitStandsInTheSchema() {
    #expect(Self.all.count > 80)
    for name in ["lead_time", "rank", "units", "confidence", "parcel_cost", "valid_for", "weight", "horizon"] {
      #expect(Self.all.contains { $0.path.last == name }, "\(name)")
    }
  }

  @Test(arguments: all) func aValueBeyondItsLimitIsToldTheLimit(field: Bounded) throws {
    for (value, bound) in field.bad {
      let text = field.before + value + field.after
      let decoded = DecodedFile(text: text)
      let name = try #require(field.path.last)
      let found = decoded.diagnostics.first { $0.severity == .error && $0.message.hasPrefix("'\(name)' must be ") }
      let told = try #require(found, "\(text): \(decoded.diagnostics)")
      #expect(told.message.contains(bound) && told.message.contains(value), "\(told.message)")
      let hint = try #require(told.hint, "\(told.message)")
      #expect(hint.contains("example"), "\(hint)")
      let column = try #require(field.before.split(separator: "\n").last).count + 1
      #expect(told.location == SourceLocation(file: "f.yaml", line: 3, column: column))
    }
  }

  /// What a buyer meets who writes that goods come at once.
  @Test func aLeadTimeOfNothingIsToldWhatToWrite() throws {
    let text = "kind: Supplier\nname: s\nlead_time: 0d\nconfidence: 90%\n"
    let decoded = DecodedFile(text: text)
    let told = try #require(decoded.diagnostics.first)
    #expect(told.message == "'lead_time' must be a duration from 1s to 3660d, not '0d'")
    #expect(told.hint == "the shortest is 1s; for example 7d, 36h, 15m or 30s")
  }
}
