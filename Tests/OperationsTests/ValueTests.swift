import Operations
import Testing

@Suite struct ValueTests {
  @Test func ratesAreExact() {
    #expect(Rate.percent(29).floor(of: 100) == 29)
    #expect(Rate("2.5%")?.description == "2.5%")
    for text in ["101%", "1", "-1%", "1.%", "%"] { #expect(Rate(text) == nil) }
  }

  @Test(arguments: ["2026-11-20T00:00:00Z", "2024-02-29T23:59:59.123Z", "1969-12-31T23:59:59Z", "0001-01-01T00:00:00Z"])
  func instantsRoundTrip(text: String) { #expect(Instant(text)?.description == text) }

  @Test func instantsRefuseWhatIsNoDate() {
    #expect(Instant("2026-11-20T01:30:00+01:30")?.description == "2026-11-20T00:00:00Z")
    #expect(Instant("9999-12-31T23:59:59.999+00:00") == .distantFuture)
    for text in [
      "0001-01-01T00:00:00+00:01", "0001-01-01T10:00:00+23:59", "9999-12-31T23:59:59-00:01",
      "9999-12-31T00:02:00-23:59",
    ] { #expect(Instant(text) == nil, "\(text) could not be written again") }
    for text in ["2026-02-29T00:00:00Z", "2026-11-20", "2026-11-20T00:00:00", "2026-13-01T00:00:00Z"] {
      #expect(Instant(text) == nil)
    }
  }

  @Test func namesCompareByBytes() {
    #expect(SKU("c10") < SKU("c2"))
    #expect(SKU("e\u{301}") != SKU("\u{E9}"))
  }

  @Test func jsonIsEqualWhereItsBytesAre() {
    let (one, other): (JSONValue, JSONValue) = (.string("e\u{301}"), .string("\u{E9}"))
    #expect(one != other && one == one && one.hashValue == one.hashValue)
    #expect([one, 1] as JSONValue != [other, 1])
    #expect(["a": one] as JSONValue != ["a": other])
    #expect(["e\u{301}": 1] as JSONValue != ["\u{E9}": 1])
    #expect(["a": [1, .decimal("2.50")], "b": .null] as JSONValue == ["b": .null, "a": [1, .decimal("2.50")]])
    #expect(.decimal("2.5") != JSONValue.decimal("2.50"))
  }

  @Test func jsonIsCanonicalAndStrict() throws {
    #expect(
      try JSONValue.parse(#" {"b": [1, -2], "a": "x\u0001\ud83d\ude00", "c": 2.50} "#).canonical
        == #"{"a":"x\u0001😀","b":[1,-2],"c":2.50}"#)
    for text in [
      "{\"a\":1,\"a\":2}", "01", "-", "[-", "1e5", "\"\\ud800\"", "\"\\u+041\"", "\"\\u-000\"", "\"\\u00\u{E9}\"",
      "[1,]", "", String(repeating: "[", count: 100),
    ] {
      #expect(throws: JSONProblem.self) { try JSONValue.parse(text) }
    }
    let long = #expect(throws: JSONProblem.self) { try JSONValue.parse("1." + String(repeating: "0", count: 39)) }
    #expect(long?.message.contains("40 characters") == true)
  }
}
