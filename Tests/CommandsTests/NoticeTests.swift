import Diagnostics
import FoundationEssentials
import Operations
import Reports
import Testing

/// What people are told: templates are checked, and values stay values.
@Suite struct NoticeTests {
  private static let root = #filePath.split(separator: "/").dropLast(3).reduce(into: "") { $0 += "/" + $1 }

  private static func templates() throws -> NoticeTemplates {
    try NoticeTemplates { file in
      FileManager.default.contents(atPath: root + "/" + file).map { String(decoding: $0, as: UTF8.self) }
    }
  }

  private static func later(_ order: String) throws -> Notice {
    try #require(
      Notice(payload: [
        "kind": "customer_notice", "notice": "promise_later", "order": .string(order), "line": "1", "sku": "LAMP",
        "units": 3, "promised_at": "2026-12-03T12:00:00Z", "was": "2026-12-01T12:00:00Z",
        "first_promised_at": "2026-12-01T12:00:00Z",
      ]))
  }

  @Test func everyTemplateFits() throws {
    let (subject, body) = try Self.templates().write(Self.later("O-1"))
    #expect(subject == "Your order O-1: later than expected")
    #expect(body.contains("3 × LAMP") && body.contains("2026-12-03") && body.hasPrefix("Hello,"))
    #expect(!(subject + body).contains("{{") && !body.contains("}}"))
  }

  /// Where the day by somebody's own clocks is known, that one is told.
  @Test func daysAreThoseOfTheClocksAtHome() throws {
    let notice = try #require(
      Notice(payload: [
        "kind": "customer_notice", "notice": "promise_later", "order": "O-1", "line": "1", "sku": "LAMP", "units": 3,
        "promised_at": "2026-12-03T12:00:00Z", "was": "2026-12-01T12:00:00Z",
        "first_promised_at": "2026-12-01T12:00:00Z", "promised_on": "2026-12-04", "was_on": "2026-12-02",
        "first_on": "2026-12-02",
      ]))
    #expect(notice.values["promised_on"] == "2026-12-04" && notice.values["was_on"] == "2026-12-02")
    let proposal = PurchaseProposal(
      .expedite, supplier: "mill", node: "dc", quantity: 4, line: .init("PO-1", "2"),
      reason: ["missing": 4, "needed_by": "2026-12-01T12:00:00Z", "needed_on": "2026-12-02", "open": 10])
    let buyer = try #require(
      Notice(payload: ["kind": "purchase_proposal", "plan": "p", "sku": "A", "proposal": proposal.json]))
    #expect(buyer.values["needed_by"] == "2026-12-02")
  }

  @Test func buyersAreToldToo() throws {
    let proposal = PurchaseProposal(
      .expedite, supplier: "mill", node: "dc", quantity: 4, line: .init("PO-1", "2"),
      reason: ["missing": 4, "needed_by": "2026-12-01T12:00:00Z", "eta": "2026-12-09T08:00:00Z", "open": 10])
    let notice = try #require(
      Notice(payload: ["kind": "purchase_proposal", "plan": "p", "sku": "A", "proposal": proposal.json]))
    let (subject, body) = try Self.templates().write(notice)
    #expect(subject == "Please expedite PO-1, line 2: customers are waiting")
    #expect(body.contains("2026-12-01") && body.contains("Units:     4"))
  }

  /// An order may be called anything; it begins no line of its own, and no place in it is filled in.
  @Test(arguments: [
    ("O-1\r\nBcc: everyone@example.org", "O-1  Bcc: everyone@example.org"), ("{{sku}}", "{{sku}}"),
    ("a\u{2028}b\u{202E}c", "a b c"),
  ]) func valuesStayValues(order: String, shown: String) throws {
    #expect(try Self.templates().write(Self.later(order)).subject == "Your order \(shown): later than expected")
  }

  @Test(arguments: [
    ("Hello {{ordr}}", "template.unknown_name", 7, "did you mean 'order'?"),
    ("Ä {{order}} {{#x}}{{/x}}", "template.unknown_name", 13, "the names are order, sku"),
    ("Hello {{order", "template.syntax", 7, "compare it with the template that comes with Purser"),
    ("Hello {{}}", "template.syntax", 7, "compare it with the template that comes with Purser"),
    ("\nHello", "template.no_subject", 1, "write it in the first line"),
  ]) func whatIsWrongIsNamed(text: String, id: String, column: Int, hint: String) throws {
    let error = #expect(throws: Diagnostics.self) { try NoticeTemplate(text, file: "n.txt", places: ["order", "sku"]) }
    let problem = try #require(error?.all.first)
    #expect(problem.id == id && problem.location == SourceLocation(file: "n.txt", line: 1, column: column))
    #expect(problem.hint == hint, "\(problem)")
  }

  /// Notices are written like the comment: what there is no value for can be left out with its words.
  @Test func whatHasNoValueCanBeLeftOut() throws {
    let template = try NoticeTemplate(
      "{{order}}\n\nOn {{#was_on}}{{was_on}}{{/was_on}}{{^was_on}}no day{{/was_on}}\n", file: "n",
      places: ["order", "was_on"])
    #expect(template.notice(["order": "O"]) == ("O", "On no day\n"))
    #expect(template.notice(["order": "O", "was_on": "2026-12-01"]) == ("O", "On 2026-12-01\n"))
  }

  /// The line ends of Windows part subject and body like others.
  @Test func linesEndAsTheyDo() throws {
    let template = try NoticeTemplate("S {{order}}\r\n\r\nbody\r\n", file: "n", places: ["order"])
    #expect(template.notice(["order": "O"]) == ("S O", "body\r\n"))
  }

  @Test func aMissingTemplateIsNamed() throws {
    let error = #expect(throws: Diagnostics.self) { try NoticeTemplates { _ in nil } }
    #expect(error?.all.count == Notice.Kind.allCases.count)
  }

  @Test func whatIsForNobodyIsNoNotice() {
    #expect(Notice(payload: ["plan": "p", "publications": 3]) == nil)
    #expect(Notice(payload: ["kind": "customer_notice", "notice": "thanks"]) == nil)
  }
}
