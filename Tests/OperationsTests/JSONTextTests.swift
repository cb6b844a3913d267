import Operations
import TestSupport
import Testing

/// `JSONText` takes exactly the texts that `JSONValue` writes, and says the same of them.
@Suite struct JSONTextTests {
  @Test func onlyCanonicalTextIsTaken() {
    let canonical = [
      "null", "true", "false", "0", "-1", "9223372036854775807", "-9223372036854775808", "2.50", "-0.5", "\"\"",
      "\"é😀\"",
      #""a\"b\\c\n\r\t\u0001""#, "[]", "{}", "[1,[],{}]", #"{"":0,"a":1,"ab":2,"b":{"c":[null]}}"#,
      #"{"a\"b":1,"é":2}"#, String(repeating: "[", count: 65) + String(repeating: "]", count: 65),
    ]
    for text in canonical {
      let line = JSONText.lines(Array((text + "\n").utf8))?.first
      #expect(line?.bytes.elementsEqual(text.utf8) == true && line?.value.canonical == text, "\(text)")
    }
    let others = [
      "", " 1", "1 ", "01", "-0", "-", "1e5", "1.", ".5", "9223372036854775808", "tru", "nul", "truex", "\"a",
      "\"\\u0041\"",
      "\"\\/\"", "\"\\u000a\"", "\"\\u001F\"", "\"\\ud83d\\ude00\"", "\"\t\"", "\"\\", "[1, 2]", "[1,]", "[,1]", "[1",
      "[1}",
      #"{"b":1,"a":2}"#, #"{"a":1,"a":2}"#, #"{"a":1,}"#, #"{"a" :1}"#, #"{"a"}"#, "{1:2}", "{\"a\":1",
      #"{"é":1,"a":2}"#,
      "{\"\u{E9}\":1,\"e\u{301}\":2}", String(repeating: "[", count: 66) + String(repeating: "]", count: 66), "1\r",
    ]
    for text in others { #expect(JSONText.lines(Array((text + "\n").utf8)) == nil, "\(text)") }
    #expect(JSONText.lines(Array("1".utf8)) == nil, "a line that breaks off")
    #expect(JSONText.lines([0x22, 0xFF, 0x22, 0x0A]) == nil, "no UTF-8")
    #expect(JSONText.lines([])?.isEmpty == true)
  }

  /// Each text is altered in one byte, and the parser says whether what is left is canonical.
  @Test(arguments: 0..<UInt64(40)) func alteredBytesAreJudgedAsTheParserDoes(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var bytes: [UInt8] = []
    for _ in 0..<3 { bytes += Self.value(&random, depth: 0).canonicalBytes + [0x0A] }
    for _ in 0..<300 {
      var altered = bytes
      let place = Int.random(in: 0..<altered.count, using: &random)
      switch UInt64.random(in: 0..<3, using: &random) {
      case 0: altered[place] = UInt8.random(in: 0...255, using: &random)
      case 1: altered.remove(at: place)
      default: altered.insert(Self.bytes.randomElement(using: &random) ?? 0x20, at: place)
      }
      let expected: [[UInt8]]? = Self.canonicalLines(altered)
      let found = JSONText.lines(altered)?.map { Array($0.bytes) }
      #expect(found == expected, "seed \(seed): \(String(decoding: altered, as: UTF8.self))")
    }
  }

  @Test(arguments: 0..<UInt64(40)) func saysWhatTheValueSays(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<50 {
      let value = Self.value(&random, depth: 0)
      check(try #require(JSONText(value)), value, seed)
    }
  }

  private func check(_ text: JSONText, _ value: JSONValue, _ seed: UInt64) {
    let words: Comment = "seed \(seed): \(value.canonical)"
    #expect(text.value == value && text.integer == value.integer && text.string == value.string, words)
    #expect(text.isNull == (value == .null) && text.array?.count == value.array?.count, words)
    for (one, other) in zip(text.array ?? [], value.array ?? []) { check(one, other, seed) }
    let members = text.members.map { Dictionary(uniqueKeysWithValues: $0.map { ($0.key, $0.value.value) }) }
    #expect(members == value.object, words)
    for key in ["a", "at", "plan"] as [StaticString] { #expect(text[key]?.value == value["\(key)"], words) }
  }

  private static func canonicalLines(_ text: [UInt8]) -> [[UInt8]]? {
    if text.isEmpty { return [] }
    guard text.last == 0x0A else { return nil }
    var lines: [[UInt8]] = []
    for line in text.dropLast().split(separator: 0x0A, omittingEmptySubsequences: false) {
      guard (try? JSONValue.parse(Array(line)))?.canonicalBytes == Array(line) else { return nil }
      lines.append(Array(line))
    }
    return lines
  }

  private static let bytes = Array("{}[]\",:\\0159-.etnu a\n".utf8)
  private static let names = ["a", "at", "b", "plan", "é", "e\u{302}", "x\"y", "tab\t", "\\", "", "\u{1}", "ünï"]

  private static func value(_ random: inout SplitMix64, depth: Int) -> JSONValue {
    switch Int.random(in: 0..<(depth < 4 ? 9 : 6), using: &random) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &random))
    case 2: return .integer(Int64.random(in: -2000...2000, using: &random))
    case 3: return .integer(Int64.random(in: Int64.min...Int64.max, using: &random))
    case 4: return .decimal("\(Int.random(in: -9...9, using: &random)).50")
    case 5: return .string(names.randomElement(using: &random) ?? "")
    case 6:
      let count = Int.random(in: 0..<4, using: &random)
      return .array((0..<count).map { _ in value(&random, depth: depth + 1) })
    default:
      var members: [String: JSONValue] = [:]
      for _ in 0..<Int.random(in: 0..<6, using: &random) {
        members[names.randomElement(using: &random) ?? ""] = value(&random, depth: depth + 1)
      }
      return .object(members)
    }
  }
}
