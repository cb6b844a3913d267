import Operations
import TestSupport
import Testing

/// Commands of one kind take the same options, so that one line fits them all.
@Suite struct CommonOptionTests {
  private static let review: Set = ["repo", "store", "branch", "ssh-key", "now"]

  /// What every command takes that one of these patterns names: `*` stands for one word.
  private static let common: [(commands: [String], options: Set<String>)] = [
    (["get *"], ["repo", "store", "output", "no-headers"]),
    (
      ["import", "plan", "drill", "drift *", "run", "why *"],
      ["repo", "store", "branch", "trust-root", "ssh-key", "now"]
    ),
    (["propose", "changes", "approve", "reject", "revoke", "get held"], review),
    (["approve", "reject", "revoke"], ["key", "yes", "hold", "reason"]),
    (
      ["import", "plan", "drill", "drift list", "why *", "changes", "explain", "revert", "audit log", "audit verify"],
      ["output"]
    ),
    (["init", "plan", "run", "demo", "get notices", "hooks install"], ["share"]),
    (["explain", "revert"], ["repo", "now"]),
  ]

  @Test func commandsOfOneKindTakeTheSameOptions() throws {
    let purser = try Program(ScratchFolder())
    let help = try purser("--experimental-dump-help")
    let root = try #require(JSONValue.parse(Array(help.output.utf8))["command"])
    let tree = Self.options(of: root, named: [])
    #expect(tree.count > 30, "\(tree.keys.sorted())")
    for (commands, options) in Self.common {
      for pattern in commands {
        let found = tree.filter { Self.isNamed($0.key, by: pattern) }
        #expect(!found.isEmpty, "no command is called '\(pattern)'")
        for (name, given) in found.sorted(by: { $0.key < $1.key }) {
          #expect(options.isSubset(of: given), "purser \(name) lacks \(options.subtracting(given).sorted())")
        }
      }
    }
  }

  /// The long options of each command that has no subcommands, by its name without `purser`.
  private static func options(of command: JSONValue, named path: [String]) -> [String: Set<String>] {
    let below = (command["subcommands"]?.array ?? []).filter { $0["commandName"]?.string != "help" }
    guard below.isEmpty else {
      return below.reduce(into: [:]) { tree, one in
        tree.merge(options(of: one, named: path + [one["commandName"]?.string ?? ""])) { first, _ in first }
      }
    }
    let names = (command["arguments"]?.array ?? []).flatMap { $0["names"]?.array ?? [] }
      .filter { $0["kind"] == "long" }.compactMap { $0["name"]?.string }
    return [path.joined(separator: " "): Set(names)]
  }

  private static func isNamed(_ name: String, by pattern: String) -> Bool {
    let (words, parts) = (name.split(separator: " "), pattern.split(separator: " "))
    return words.count == parts.count && zip(words, parts).allSatisfy { $1 == "*" || $0 == $1 }
  }
}
