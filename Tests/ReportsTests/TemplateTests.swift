import Diagnostics
import Operations
import Reports
import Testing

@Suite struct TemplateTests {
  private static let values: JSONValue = [
    "name": "a|b", "count": 3, "nothing": .null, "isSo": true, "isNot": false, "price": .decimal("1.50"),
    "rows": [["id": "x", "parts": [["id": "y"], ["id": "z"]]], ["id": "w", "parts": []]], "empty": [],
  ]

  private static func filled(_ text: String) throws -> String {
    try Template(text, name: "t").filled(values) { "<\($0)>" }
  }

  @Test(
    arguments: [
      ("plain { } }} text\n", "plain { } }} text\n"), ("{{name}} {{count}} {{price}}{{nothing}}", "<a|b> 3 1.50"),
      // A tag alone on its line leaves none behind; one inside a line does.
      ("a\n{{#isSo}}\nb\n{{/isSo}}\nc\n", "a\nb\nc\n"), ("{{#isSo}}\nb\n{{/isSo}}", "b\n"),
      ("a {{#isSo}}b{{/isSo}}\nc", "a b\nc"), ("a\n  {{#isSo}}\n  b\n  {{/isSo}}\nc", "a\n  b\nc"),
      ("a {{#isSo}}\nb\n{{/isSo}}\nc", "a \nb\nc"), ("{{count}}{{#isSo}}\nb{{/isSo}}\nc", "3\nb\nc"),
      ("{{#isNot}}a{{/isNot}}{{^isNot}}b{{/isNot}}{{#nothing}}c{{/nothing}}{{^empty}}d{{/empty}}", "bd"),
      ("{{#rows}}{{id}}:{{#parts}}{{id}}{{/parts}}{{^parts}}-{{/parts}} {{count}};{{/rows}}", "<x>:<y><z> 3;<w>:- 3;"),
      ("{{#count}}{{count}}{{/count}}", "3"), ("{{#rows}}\n{{#parts}}\n{{id}}\n{{/parts}}\n{{/rows}}\n", "<y>\n<z>\n"),
    ])
  func textIsFilledIn(text: String, expected: String) throws { #expect(try Self.filled(text) == expected) }

  @Test(
    arguments: [
      ("a\n{{b", "t:2:1: a tag is not closed with '}}'"), ("\n\n{{#isSo}}\n", "t:3:1: 'isSo' is opened and not closed"),
      ("a\nü {{#isSo}}{{/isNot}}", "t:2:12: '{{/isNot}}' closes a section that is not open"),
      ("{{/isSo}}", "t:1:1: '{{/isSo}}' closes a section that is not open"),
      ("{{#isSo}}\n{{/isNot}}", "t:2:1: '{{/isNot}}' closes a section that is not open"),
      ("{{}}", "t:1:1: '{{}}' is not a tag"),
      ("{{{name}}}", "t:1:1: '{{{name}}' is not a tag"), ("{{&name}}", "t:1:1: '{{&name}}' is not a tag"),
      ("{{> other}}", "t:1:1: '{{> other}}' is not a tag"),
    ])
  func whatIsWrongIsTold(text: String, expected: String) {
    #expect(throws: Diagnostic.self) { try Self.filled(text) }
    do { _ = try Self.filled(text) } catch let problem as Diagnostic {
      #expect("\(problem.location.map { "\($0)" } ?? ""): \(problem.message)" == expected)
    } catch { Issue.record(error) }
  }

  @Test func aNameThatNobodyKnowsIsAnError() {
    #expect(throws: Diagnostic.self) { try Self.filled("{{nobody}}") }
    #expect(throws: Diagnostic.self) { try Self.filled("{{#nobody}}{{/nobody}}") }
  }
}
