import DesiredState
import DesiredStateFiles
import Diagnostics
import Git
import TestSupport
import Testing

/// Keeping count must give the same answer as looking at everything. The companies are small, so that names, windows and
/// targets clash often.
@Suite struct CheckedStateTests {
  @Test(arguments: 0..<300 as Range<UInt64>)
  func countingAgreesWithLookingAtEverything(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var checked = CheckedState()
    var present: [Resource] = []
    for step in 0..<40 {
      if !present.isEmpty, Int.random(in: 0..<3, using: &random) == 0 {
        checked.remove(present.remove(at: Int.random(in: 0..<present.count, using: &random)))
      } else {
        let file = SourceFile(path: "f\(step).yaml", bytes: Array(Self.document(using: &random).utf8))
        let decoded = DecodedFile(decoding: file)
        #expect(decoded.diagnostics.isEmpty, "seed \(seed): \(decoded.diagnostics)")
        for resource in decoded.resources {
          checked.insert(resource)
          present.append(resource)
        }
      }
      let fresh = DesiredState(present)
      #expect(checked.isSound == fresh.validate().isEmpty, "seed \(seed), step \(step): \(fresh.validate())")
      #expect(checked.state.resources == fresh.resources, "seed \(seed), step \(step)")
      #expect(CheckedState(present).isSound == checked.isSound, "seed \(seed), step \(step)")
      for kind in Kind.allCases { #expect(checked.state.names(of: kind) == fresh.names(of: kind), "seed \(seed)") }
    }
  }

  @Test(arguments: 0..<3 as Range<UInt64>)
  func aLoaderThatFollowsAgreesWithAFreshOne(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let scratch = try ScratchFolder()
    let repository = try Repository.create(path: scratch.path("repo"), bare: true)
    let following = StateLoader(repository: repository)
    var tree: ObjectID?
    for step in 0..<25 {
      let path = "state/\(Int.random(in: 0..<3, using: &random))/\(Int.random(in: 0..<4, using: &random)).yaml"
      let isGone = Int.random(in: 0..<5, using: &random) == 0
      var text = Self.document(using: &random)
      if Int.random(in: 0..<8, using: &random) == 0 { text += "nonsense: true\n" }
      let file = isGone ? nil : try repository.writeBlob(Array(text.utf8))
      let next = try repository.writeTree(base: tree, files: [path: file])
      tree = next
      let commit = try repository.writeCommit(
        tree: next, parents: [], author: Person(name: "a", email: "a@example.test"), time: Int64(step), message: "m")
      let followed = try following.load(commit)
      let fresh = try StateLoader(repository: repository).load(commit)
      #expect(followed.diagnostics == fresh.diagnostics, "seed \(seed), step \(step)")
      #expect(followed.state.resources == fresh.state.resources, "seed \(seed), step \(step)")
    }
  }

  /// One small document of any kind that others can clash with or refer to.
  private static func document(using random: inout SplitMix64) -> String {
    func pick(_ choices: String...) -> String { choices.randomElement(using: &random) ?? "" }
    let window = pick(
      "", "", "effective: {until: 2026-02-01T00:00:00Z}\n",
      "effective: {from: 2026-01-01T00:00:00Z, until: 2026-03-01T00:00:00Z}\n",
      "effective: {from: 2026-03-01T00:00:00Z}\n")
    let text =
      switch Int.random(in: 0..<20, using: &random) {
      case 0:
        "kind: Repository\nname: \(pick("shop", "shop", "other"))\nschema_version: 1\ncurrency: EUR\n"
          + pick("", "mode: {allocation: observe}\n", "mode: {allocation: propose}\n", "held: [{review: {\(pick("r", "o")): 1}}]\n")
      case 1: "kind: Node\nname: \(pick("a", "b"))\ntype: dc\nregion: north\n"
      case 2: "kind: AllocationTier\nname: \(pick("t", "u"))\nrank: 1\nrule: \(pick("strict", "fair_share"))\n"
      case 3: "kind: ProductClass\nname: \(pick("c", "d"))\n"
      case 4:
        "kind: Channel\nname: \(pick("web", "shop"))\ntype: dtc\ntier: \(pick("t", "u"))\n"
          + pick("", "share: {weight: 2}\n", "share: {min_units: \(pick("2", "9")), max_units: 5}\n")
          + pick("", "max_publish: \(pick("5", "20"))\n")
      case 5:
        "kind: Channel\nname: web\nscope: {\(pick("class: c", "sku: A", "brand: A"))}\n"
          + pick("exposure: 90%\n", "min_publish: 9\n")
      case 6:
        "kind: Protection\nname: \(pick("p", "q"))\nchannel: web\n\(pick("", "class: c\n", "sku: A\n", "brand: A\n"))units: 4\n"
      case 7: "kind: SafetyStock\nname: \(pick("r", "s"))\n\(pick("node: a\n", "", "sku: A\n"))units: 2\n"
      case 8:
        "kind: SafetyStock\nname: \(pick("v", "w"))\nrows:\n  - {sku: \(pick("A", "B")), node: a, units: 1}\n"
          + "  - {sku: \(pick("A", "C")), \(pick("", "node: a, "))units: 1}\n"
      case 9:
        "kind: Person\nname: \(pick("ann", "bob"))\nemail: a@b\nkeys: [\(pick(Self.key("A"), Self.key("A"), Self.key("B"), ""))]\n"
      case 10:
        "kind: Role\nname: \(pick("r", "o"))\npeople: [\(pick("ann", "ann", "bob", ""))]\n"
          + "kinds: [\(pick("\"*\"", "\"*\"", "Person"))]\npaths: [\(pick("\"**\"", "\"**\"", ""))]\n"
      case 11: "kind: ApprovalRule\nname: \(pick("w", "x"))\nkinds: [\(pick("\"*\"", "Channel"))]\nreview: none\n"
      case 12:
        "kind: Calendar\nname: \(pick("k", "l"))\n\(pick("", "extends: l\n", "extends: k\n"))\(pick("", Self.open))"
      case 13: "kind: Calendar\nname: l\nopen: {\(pick("mon", "2026-02-01")): \"08:00-18:00\"}\nclosed: [2026-02-01]\n"
      case 14:
        "kind: Node\nname: \(pick("a", "b"))\ntype: dc\nregion: north\ncalendar: \(pick("k", "l"))\ncut_off: \"19:00\"\n"
      case 15:
        "kind: FallbackRule\nname: \(pick("f", "g"))\nwhen: stale_feed\n\(pick("", "node: a\n"))max_age: 5h\n"
          + "then: \(pick("zero", "zero", "haircut"))\n"
      case 16:
        "kind: ReleaseRule\nname: \(pick("e", "f"))\nchannel: \(pick("web", "shop"))\nabove_units: 5\n"
          + "role: \(pick("r", "o"))\n"
      case 17: "kind: Supplier\nname: m\nlead_time: 5d\nconfidence: 90%\n"
      case 18:
        "kind: ReplenishmentPolicy\nname: \(pick("r", "s"))\nsupplier: m\nnode: \(pick("a", "b"))\n"
          + pick("", "class: c\n", "sku: A\n") + pick("service: {cycle: 95%}\n", "service: {cycle: 0%}\n")
      default:
        "kind: Integration\nname: \(pick("i", "j"))\nsource: \(pick("/i", "/j"))\nowns: [\(pick("", "order.placed"))]\n"
      }
    // Governance takes no window.
    return ["Repository", "Person", "Role", "ApprovalRule"].contains { text.hasPrefix("kind: \($0)\n") }
      ? text : text + window
  }

  private static let open = "open: {mon-fri: \"08:00-20:00\"}\n"

  private static func key(_ letter: Character) -> String {
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + String(repeating: letter, count: 43)
  }
}
