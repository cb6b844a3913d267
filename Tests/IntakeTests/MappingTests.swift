import ActualState
import Diagnostics
import Operations
import Testing

@testable import Intake

@Suite struct MappingTests {
  /// What a mapping makes of a CSV text: events as `type id time data`, problems as `!id line:column`.
  static func map(_ csv: String, _ yaml: String) throws -> [String] {
    let mapping = try Mapping(decoding: Array(yaml.utf8), file: "m.yaml")
    let clock = ArrivalClock { Instant(milliseconds: 0) }
    var reader = try MappedCSVReader(ByteSource(Array(csv.utf8), name: "f.csv", pieceBytes: 11), mapping: mapping) {
      clock.next()
    }
    var lines: [String] = []
    while let arrival = try reader.next() {
      switch arrival {
      case .event(let event, _): lines.append("\(event.type) \(event.id) \(event.time) \(event.data.canonical)")
      case .problem(let problem):
        let place = problem.diagnostic.location
        lines.append("!\(problem.diagnostic.id) \(place?.line ?? 0):\(place?.column ?? 0)")
      }
    }
    return lines
  }

  static let sales = """
    source: /shop
    dates: M/d/yyyy H:mm
    utc_offset: "+01:00"
    gather_rows: 2
    tables: {regions: {Norway: north, otherwise: south}}
    skip: [{Sku: {in: [POST]}}]
    rules:
      - {event: catalog.item_upserted, once: true, id: "i-{Sku}", time: 2020-01-01T00:00:00Z, data: {sku: "{Sku}"}}
      - event: order.placed
        when: {Qty: positive}
        group_by: "{No}"
        id: "o-{No}"
        time: "{Date|date}"
        data: {order: "{No}", region: "{Country|trim|or Norway|lookup regions}", gift: true}
        lines: {line: "{#}", sku: "{Sku}", qty: "{Qty|integer}", price: "{Price|optional|amount}"}
      - event: inventory.adjusted
        when: {Qty: negative, No: {not_starts_with: [X, Y]}}
        id: "a-{No}-{#}"
        data: {delta: "{Qty|integer|negate}", tags: ["{Sku|lower}", 7, 1.50]}
    """

  @Test func gathersOrdersAndSendsItemsBeforeTheirFirstUse() throws {
    let csv = """
      No,Sku,Qty,Date,Price,Country
      1,A,2,1/31/2026 9:05,2.5, Norway\u{20}
      2,B,1,1/31/2026 9:05,,Chile
      1,B,3.0,1/31/2026 9:06,0.125,
      1,POST,1,1/31/2026 9:06,4,Norway
      3,C,-4,1/31/2026 9:07,,
      X3,C,-4,1/31/2026 9:07,,
      """
    #expect(
      try Self.map(csv, Self.sales) == [
        #"catalog.item_upserted i-A 2020-01-01T00:00:00Z {"sku":"A"}"#,
        #"catalog.item_upserted i-B 2020-01-01T00:00:00Z {"sku":"B"}"#,
        #"order.placed o-2 2026-01-31T08:05:00Z {"gift":true,"lines":[{"line":"1","qty":1,"sku":"B"}],"#
          + #""order":"2","region":"south"}"#,
        #"catalog.item_upserted i-C 2020-01-01T00:00:00Z {"sku":"C"}"#,
        #"inventory.adjusted a-3-5 1970-01-01T00:00:00Z {"delta":4,"tags":["c",7,1.50]}"#,
        #"order.placed o-1 2026-01-31T08:05:00Z {"gift":true,"lines":[{"line":"1","price":2.50,"qty":2,"sku":"A"},"#
          + #"{"line":"2","price":0.13,"qty":3,"sku":"B"}],"order":"1","region":"north"}"#,
      ])
  }

  @Test func aWrongCellLeavesOutTheWholeOrderAndSaysWhere() throws {
    let csv = """
      No,Sku,Qty,Date,Price,Country
      1,A,2,1/31/2026 9:05,2.5,x
      1,A,2,1/31/2026 9:05,cheap,x
      2,A,2.5,1/31/2026 9:05,1,x
      3,A,2,31/1/2026 9:05,1,x
      4,A,two,1/31/2026 9:05,1,x
      5,A
      6,,1,1/31/2026 9:05,1,x
      7,A,1,1/31/2026 9:05,1,x
      """
    #expect(
      try Self.map(csv, Self.sales).map { $0.split(separator: " ").prefix(2).joined(separator: " ") } == [
        "catalog.item_upserted i-A", "!csv.bad_value 3:22", "!csv.bad_value 4:5", "!csv.bad_value 5:7",
        "!csv.bad_value 6:5", "!csv.wrong_width 7:1", "!csv.bad_value 8:3", "order.placed o-7",
      ])
  }

  /// Importing the whole file later could not add the missing line: the order would count as a repeat.
  @Test func anOrderBesideARowThatCannotBeReadIsLeftOut() throws {
    let rows = ["1,A,1", "2,A,1", "2,A", "3,A,1", "4,A,1", "5,A,1", "5,A,\"cut"].map { "\($0),1/1/2026 1:00,1,x" }
    let found = try Self.map((["No,Sku,Qty,Date,Price,Country"] + rows).joined(separator: "\n"), Self.sales)
    #expect(
      found.map { $0.split(separator: " ").prefix(2).joined(separator: " ") } == [
        "catalog.item_upserted i-A", "!csv.wrong_width 4:1", "order.placed o-1", "!csv.unclosed_quote 8:5",
        "order.placed o-4",
      ])
  }

  @Test func rowsThatStandTooFarApartAreReportedAndNotLostInSilence() throws {
    let rows = ["1", "2", "3", "4", "5", "1"].map { "\($0),A,1,1/1/2026 1:00,1,x" }
    let found = try Self.map((["No,Sku,Qty,Date,Price,Country"] + rows).joined(separator: "\n"), Self.sales)
    #expect(found.count { $0.hasPrefix("order.placed") } == 5)
    #expect(found.filter { $0.hasPrefix("!") } == ["!csv.rows_apart 7:1"])
  }

  @Test func aColumnThatTheFileLacksIsRefusedBeforeAnythingIsRead() throws {
    let mapping = try Mapping(decoding: Array(Self.sales.utf8), file: "m.yaml")
    let source = ByteSource(Array("No,SKU,Quantity,Date,Price,Price\n1,A,2,x,1,1\n".utf8), name: "f.csv")
    let problems = #expect(throws: Diagnostics.self) {
      _ = try MappedCSVReader(source, mapping: mapping) { Instant(milliseconds: 0) }
    }
    #expect(
      problems?.all.map { "\($0.id) \($0.location?.line ?? 0) \($0.hint ?? "")" } == [
        "csv.wrong_column 6 did you mean 'SKU'?",
        "csv.wrong_column 10 its columns are No, SKU, Quantity, Date, Price, Price",
        "csv.wrong_column 14 its columns are No, SKU, Quantity, Date, Price, Price",
        "csv.column_twice 15 its columns are No, SKU, Quantity, Date, Price, Price",
      ])
  }

  @Test func anotherDelimiterIsOneProblem() throws {
    let mapping = try Mapping(decoding: Array(Self.sales.utf8), file: "m.yaml")
    let source = ByteSource(Array("No;Sku;Qty;Date;Price;Country\n".utf8), name: "f.csv")
    let problems = #expect(throws: Diagnostics.self) {
      _ = try MappedCSVReader(source, mapping: mapping) { Instant(milliseconds: 0) }
    }
    #expect(problems?.all.map(\.id) == ["csv.wrong_delimiter"])
    #expect(problems?.all.first?.hint?.contains("delimiter: \";\"") == true)
  }

  @Test(arguments: [
    ("rules: []", "mapping.required", 1),
    ("source: /s\nrules: []", "mapping.required", 2),
    ("source: /s\ndate: x\nrules: []", "mapping.unknown_field", 2),
    ("source: /s\nencoding: utf-16\nrules: []", "mapping.wrong_type", 2),
    ("source: /s\ndelimiter: ab\nrules: []", "mapping.wrong_type", 2),
    ("source: /s\ndates: YYYY-MM-DD\nrules: []", "mapping.bad_dates", 2),
    ("source: /s\nrules:\n- {event: order.placed, id: x, data: {a: {Sku}}}", "mapping.not_quoted", 3),
    ("source: /s\nrules:\n- {event: order.placed, id: x, data: {a: '{Sku'}}", "mapping.bad_template", 3),
    ("source: /s\nrules:\n- {event: order.placed, id: x, data: {a: '{Sku|integr}'}}", "mapping.bad_template", 3),
    ("source: /s\nrules:\n- {event: order.placed, id: x, data: {a: '{Sku|date}'}}", "mapping.bad_template", 3),
    ("source: /s\nrules:\n- {event: order.placed, id: x, data: {a: '{Sku|lookup t}'}}", "mapping.bad_template", 3),
    ("source: /s\nrules:\n- {event: order.placed, id: x, data: {a: '{Sku|negate}'}}", "mapping.bad_template", 3),
    ("source: /s\nrules:\n- {event: order.placed, id: x, data: {}, when: {Q: postive}}", "mapping.bad_condition", 3),
    ("source: /s\nrules:\n- {event: order.placed, id: x, data: {}, when: {Q: {is: 1}}}", "mapping.bad_condition", 3),
    ("source: /s\nrules:\n- {event: order.placed, id: x, data: {}, group_by: '{A}'}", "mapping.one_of", 3),
    ("source: /s\nrules:\n- {event: order.placed, id: x, data: {}, lines: {}}", "mapping.one_of", 3),
    ("source: /s\nrules:\n- {event: order.place, id: x, data: {}}", "mapping.unknown_event", 3),
    ("source: /s\nsource: /t", "yaml.duplicate_key", 2),
    ("- a", "mapping.not_a_mapping", 1),
  ])
  func aWrongMappingIsReportedWhereItStands(yaml: String, id: String, line: Int) {
    let problems = #expect(throws: Diagnostics.self) { try Mapping(decoding: Array(yaml.utf8), file: "m.yaml") }
    #expect(problems?.all.map(\.id) == [id], "\(problems?.all ?? [])")
    #expect(problems?.all.first?.location?.line == line && problems?.all.first?.hint != nil)
  }

  @Test(arguments: [
    ("2.675", 2, "2.68"), ("-2.675", 2, "-2.68"), ("2.674999", 2, "2.67"), (".5", 2, "0.50"), ("7", 0, "7"),
    ("0.999", 2, "1.00"), ("-0.001", 2, "0.00"), ("1,000", 2, nil), ("1e3", 2, nil), ("", 2, nil), (".", 2, nil),
    ("99999999999999999999", 2, nil), ("--1", 2, nil),
  ])
  func amountsAreRoundedAsDigits(text: String, decimals: Int, expected: String?) {
    #expect(DecimalText(text)?.rounded(to: decimals) == expected)
  }

  @Test(arguments: [
    ("yyyy-MM-dd HH:mm:ss", "2010-12-01 08:26:00", "2010-12-01T08:26:00Z"),
    ("yyyy-MM-dd HH:mm:ss Z", "2026-03-01 00:30:00 +0100", "2026-02-28T23:30:00Z"),
    ("yyyy-MM-ddTHH:mm:ss.SSSZ", "2026-03-01T00:30:00.250Z", "2026-03-01T00:30:00.250Z"),
    ("M/d/yyyy h:mm a", "3/7/2026 12:05 AM", "2026-03-07T00:05:00Z"),
    ("M/d/yyyy h:mm a", "3/7/2026 12:05 pm", "2026-03-07T12:05:00Z"),
    ("dd.MM.yyyy", "29.02.2025", nil), ("dd.MM.yyyy", "9.02.2025", nil), ("dd.MM.yyyy", "28.02.2025 ", nil),
    ("M/d/yyyy h:mm a", "3/7/2026 13:05 PM", nil),
  ])
  func datesFollowThePattern(pattern: String, text: String, expected: String?) throws {
    #expect(try #require(DatePattern(pattern)).instant(text)?.description == expected)
  }

  /// With `hh` alone noon would be taken for midnight.
  @Test(arguments: ["yyyy-MM-dd hh:mm:ss", "yyyy-MM-dd HH:mm a", "yyyy-MM-dd h:HH a"])
  func aPatternSaysWhichHalfOfTheDayOrNone(pattern: String) { #expect(DatePattern(pattern) == nil) }

  @Test func ordersAreToldApartByteByByte() throws {
    let rows = ["e\u{301}", "\u{E9}", "\u{E9}"].map { "\($0),A,1,1/1/2026 1:00,1,x" }
    let found = try Self.map((["No,Sku,Qty,Date,Price,Country"] + rows).joined(separator: "\n"), Self.sales)
    #expect(found.filter { $0.hasPrefix("order.placed") }.map { $0.split(separator: "\"qty\"").count - 1 } == [1, 2])
  }
}
