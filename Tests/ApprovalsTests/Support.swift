import Approvals
import DesiredState
import DesiredStateFiles
import Diagnostics
import Digest
import Operations

/// The people of the tests: `anna` may change everything, `ben` channels, and `shared` belongs to two.
enum Keys {
  // Three valid Ed25519 public keys, and one that nobody has.
  static let anna = key("A")
  static let ben = key("B")
  static let shared = key("C")
  static let stranger = key("D")

  /// `ssh-ed25519` with 32 equal bytes: the wire form is fixed but for the last 43 characters.
  private static func key(_ letter: Character) -> String {
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + String(repeating: letter, count: 43)
  }
}

typealias Files = [String: String]

/// A world at the base of a change.
enum World {
  static func person(_ name: String, _ keys: String...) -> String {
    "kind: Person\nname: \(name)\nemail: \(name)@example.test\nkeys: [\(keys.joined(separator: ", "))]\n"
  }

  static func role(_ name: String, _ people: String, kinds: String, paths: String) -> String {
    "kind: Role\nname: \(name)\npeople: [\(people)]\nkinds: [\(kinds)]\npaths: [\(paths)]\n"
  }

  static func rule(_ name: String, kinds: String, review: String = "none", paths: String? = nil) -> String {
    "kind: ApprovalRule\nname: \(name)\nkinds: [\(kinds)]\nreview: \(review)\n"
      + (paths.map { "paths: [\($0)]\n" } ?? "")
  }

  static func channel(_ name: String, cap: Int) -> String {
    "kind: Channel\nname: \(name)\ntype: dtc\ntier: growth\ncap: {units: \(cap), window: 7d}\n"
  }

  static func node(_ name: String) -> String { "kind: Node\nname: \(name)\ntype: dc\nregion: north\n" }

  static func join(_ documents: [String]) -> String { documents.joined(separator: "---\n") }

  static let people = join([
    person("anna", Keys.anna), person("ben", Keys.ben + " ben@laptop"), person("carl", Keys.shared),
    person("dora", Keys.shared),
  ])

  static let base: Files = [
    "state/purser.yaml": "kind: Repository\nname: shop\nschema_version: 1\ncurrency: EUR\n",
    "state/governance/people.yaml": people,
    "state/governance/roles.yaml": join([
      role("owner", "anna, carl", kinds: "\"*\"", paths: "\"**\""),
      role("channels", "ben", kinds: "Channel", paths: "state/channels/*"),
    ]),
    "state/governance/rules.yaml": join([
      rule("people", kinds: "Person, Role, ApprovalRule, Repository"), rule("channels", kinds: "Channel"),
      rule("files", kinds: "\"*\"", paths: "README.md, hooks/**"),
      rule("protections", kinds: "Protection", review: "{owner: 2}"),
    ]),
    "state/channels/web.yaml": channel("web", cap: 10),
    "state/tiers.yaml": "kind: AllocationTier\nname: growth\nrank: 1\nrule: strict\n",
  ]
}

extension Files {
  func with(_ path: String, _ text: String?) -> Files {
    var copy = self
    copy[path] = text
    return copy
  }

  /// A rule that nobody can satisfy and a key of two people are refused before they are ever judged; what the judge makes
  /// of them must hold all the same.
  func state() -> LoadedState {
    var loaded = LoadedState(
      files: filter { $0.key.hasPrefix("state/") }.sorted { $0.key < $1.key }.map { path, text in
        DecodedFile(decoding: SourceFile(path: path, bytes: Array(text.utf8)))
      })
    loaded.diagnostics.removeAll { ["state.unsatisfiable", "state.shared_key"].contains($0.id) }
    return loaded
  }

  /// The files that differ, as git would list them.
  func differences(to after: Files) -> [FileChange] {
    func blob(_ text: String) -> String { SHA256Digest(of: text).description }
    return Set(keys).union(after.keys).filter {
      self[$0].map { Array($0.utf8) } != after[$0].map { Array($0.utf8) }
    }.sorted().map { FileChange(path: $0, old: self[$0].map(blob), new: after[$0].map(blob)) }
  }

  /// The change from these files to others, signed by `seals`.
  func change(to after: Files, _ seals: [CommitFacts.Seal]) -> Change {
    let loaded = after.state()
    return Change(
      base: PolicyPin(commit: "0", tree: "", version: 1),
      commits: seals.enumerated().map { CommitFacts(id: "commit\($0)", tree: "", seal: $1, summary: "s", reverts: []) },
      files: differences(to: after), before: state().state, after: loaded.state, problems: loaded.diagnostics)
  }
}

extension Verdict {
  /// The ids of the reasons; empty when accepted.
  var ids: [String] { if case .refused(let reasons) = self { reasons.map(\.id) } else { [] } }
  var acceptance: Acceptance? { if case .accepted(let acceptance) = self { acceptance } else { nil } }
}
