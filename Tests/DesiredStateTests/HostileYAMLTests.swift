import DesiredStateFiles
import Diagnostics
import Testing

/// What is made to use up or confuse whoever reads it: refused where it stands, with few words.
@Suite struct HostileYAMLTests {
  private static func problems(_ text: String) -> [Diagnostic] {
    DecodedFile(text: text).diagnostics
  }

  @Test(arguments: ["[", "{a: ", "[{a: ", "[[{a: "])
  func row31NestingOfAHundredThousandIsRefused(open: String) throws {
    let problems = Self.problems("kind: Node\nname: " + String(repeating: open, count: 100_000))
    let first = try #require(problems.first)
    #expect(first.id == "yaml.too_deep" && first.location?.line == 2, "\(first)")
    #expect(problems.count < 10)
  }

  /// Nothing is said with four million letters.
  @Test(arguments: [
    "kind: ", "kind: Node\nname: ", "kind: Node\nname: dc\ntype: dc\nregion: north\nminimum_stock: ", "? ",
  ])
  func row31LargeScalarsAreRefusedBriefly(before: String) throws {
    let problems = Self.problems(before + String(repeating: "a", count: 4 << 20) + "\n")
    let first = try #require(problems.first { $0.severity == .error })
    #expect(first.location != nil)
    #expect(problems.allSatisfy { $0.message.utf8.count + ($0.hint?.utf8.count ?? 0) < 20_000 }, "\(first.id)")
  }

  @Test(arguments: [
    ("kind: No\0de\n", 1, 9), ("kind: Node\n\0", 2, 1), ("# a\0b\nkind: Node\n", 1, 4), ("\0", 1, 1),
    ("kind: \"a\0b\"\n", 1, 9), ("kind: Node\nname: |\n  a\0\n", 3, 4), ("kind: \u{1B}[31mNode\n", 1, 7),
  ])
  func row31NulAndEscapeAreRefusedWhereTheyStand(text: String, line: Int, column: Int) {
    let found = Self.problems(text).filter { $0.severity == .error }
    #expect(
      found.contains { $0.location == SourceLocation(file: "f.yaml", line: line, column: column) },
      "\(found.map { "\($0.id) \($0.location.map(String.init(describing:)) ?? "")" })")
    #expect(found.first?.id == "yaml.control_character")
  }
}
