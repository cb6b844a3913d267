import Approvals
import Testing

/// What of a change another brings, part by part: one more word beside something does not make another thing of it.
@Suite struct BroughtPartTests {
  private static let table = "state/stock.yaml"
  private static let roles = "state/governance/roles.yaml"

  private static func web(_ fields: String) -> Files { [Shop.web: Shop.channel("web", fields)] }

  private static func role(_ people: String) -> Files {
    [roles: World.role("channels", people, kinds: "Channel", paths: "\"**\"")]
  }

  private static func rows(_ units: [String: Int]) -> Files {
    let rows = units.sorted { $0.key < $1.key }.map { "  - {sku: \($0), units: \($1)}\n" }.joined()
    return [table: "kind: SafetyStock\nname: bulk\nrows:\n\(rows)"]
  }

  struct Case: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var before: Files
    var rejected: Files
    var judged: Files
    var isBrought: Bool

    init(_ name: String, _ before: Files, rejected: Files, judged: Files, _ isBrought: Bool) {
      (testDescription, self.isBrought) = (name, isBrought)
      (self.before, self.rejected, self.judged) = (before, rejected, judged)
    }
  }

  private static let cap = web("cap: {units: 500, window: 7d}\n")
  private static let cut = web("cap: {units: 12, window: 7d}\n")
  private static let three = rows(["A": 1, "B": 1, "C": 1])

  static let cases = [
    Case("a member, with another beside it", cap, rejected: cut, judged: web("cap: {units: 12, window: 8d}\n"), true),
    Case("another member alone", cap, rejected: cut, judged: web("cap: {units: 500, window: 8d}\n"), false),
    Case("another value in its place", cap, rejected: cut, judged: web("cap: {units: 60, window: 7d}\n"), false),
    Case(
      "a field that went, with another", web("cap: {units: 5, window: 7d}\nexposure: 90%\nmin_publish: 2\n"),
      rejected: web("exposure: 90%\nmin_publish: 2\n"), judged: web("exposure: 90%\n"), true),
    Case("an element, with another", role("dan"), rejected: role("dan, eve"), judged: role("dan, eve, ada"), true),
    Case("another element alone", role("dan"), rejected: role("dan, eve"), judged: role("dan, ada"), false),
    Case(
      "an element that went, with another", role("dan, eve, ada"), rejected: role("dan, ada"), judged: role("dan"), true
    ),
    Case("what is so already", role("dan, eve"), rejected: role("dan, eve"), judged: role("dan, eve, ada"), false),
    Case("the order, with one more", role("a, b, c"), rejected: role("c, b, a"), judged: role("c, x, b, a"), true),
    Case(
      "a row, with another", three, rejected: rows(["A": 9, "B": 1, "C": 1]), judged: rows(["A": 9, "B": 9, "C": 1]),
      true),
    Case(
      "another row alone", three, rejected: rows(["A": 9, "B": 1, "C": 1]), judged: rows(["A": 1, "B": 9, "C": 1]),
      false),
    Case("a row that went, with another", three, rejected: rows(["A": 1, "B": 1]), judged: rows(["A": 1]), true),
    Case(
      "a row in another file", three, rejected: rows(["A": 9, "B": 1, "C": 1]),
      judged: moved(["A": 9, "B": 2, "C": 1]), true),
    Case("a script beside it", cap, rejected: cap.with("hooks/run", "x"), judged: cut.with("hooks/run", "x"), true),
  ]

  private static func moved(_ units: [String: Int]) -> Files {
    ["state/moved.yaml": rows(units)[table] ?? ""]
  }

  @Test(arguments: cases) func aPartIsBrought(one: Case) {
    func change(_ after: Files) -> Change { one.before.change(to: after, [Shop.seal("anna")]) }
    #expect(change(one.judged).brings(anythingOf: change(one.rejected)) == one.isBrought)
  }

  /// From another base it is the same part, unless it is in force there.
  @Test func theBaseDoesNotMatter() {
    let (first, other) = (Self.web("cap: {units: 300, window: 7d}\n"), Self.web("cap: {units: 12, window: 9d}\n"))
    let rejected = first.change(to: Self.cut, [Shop.seal("anna")])
    #expect(Self.cap.change(to: other, []).brings(anythingOf: rejected))
    let shown = Self.web("cap: {units: 12, window: 7d}\nmin_publish: 2\n")
    #expect(!other.change(to: shown, []).brings(anythingOf: rejected), "it was so before")
  }
}
