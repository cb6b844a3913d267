import DesiredState
import DesiredStateFiles
import Diagnostics
import Git
import TestSupport
import Testing

/// Folders that git would never write: none is loaded, whatever was loaded before it.
@Suite struct MalformedTreeTests {
  private let scratch: ScratchFolder
  private let git: GitCommand
  private let repository: Repository

  init() throws {
    scratch = try ScratchFolder()
    git = try GitCommand.initialise(scratch)
    repository = try Repository(path: git.folder)
  }

  private struct Line: Equatable {
    var mode: String
    var name: String
    var id: ObjectID
  }

  private func tree(_ lines: [Line]) throws -> ObjectID {
    let bytes = lines.flatMap { line -> [UInt8] in Array("\(line.mode) \(line.name)".utf8) + [0] + line.id.bytes }
    try scratch.write(bytes: bytes, to: "raw")
    return try #require(ObjectID(git("hash-object", "-t", "tree", "-w", "--literally", scratch.path("raw"))))
  }

  private func blob(_ text: String) throws -> ObjectID { try repository.writeBlob(Array(text.utf8)) }

  private func said(_ loaded: LoadedState) -> [String] {
    loaded.diagnostics.map { "\($0.id) \($0.location?.description ?? "") \($0.message)" }
      + loaded.state.names(of: .node)
  }

  /// The one that is found by its name stands first or last, and only the other differs from what was there.
  @Test(arguments: [true, false]) func aFileThatStandsTwiceIsRefusedWithItsFolder(isOldFirst: Bool) throws {
    let purser = Line(
      mode: "100644", name: "purser.yaml",
      id: try blob("kind: Repository\nname: shop\nschema_version: 1\ncurrency: EUR\n"))
    let (old, new) = try (
      Line(mode: "100644", name: "dc.yaml", id: blob("kind: Node\nname: old\ntype: dc\nregion: north\n")),
      Line(mode: "100644", name: "dc.yaml", id: blob("kind: Node\nname: new\ntype: dc\nregion: north\n"))
    )
    func root(_ nodes: [Line]) throws -> ObjectID {
      let folder = Line(mode: "40000", name: "nodes", id: try tree(nodes))
      return try tree([Line(mode: "40000", name: "state", id: try tree([folder, purser]))])
    }
    let good = try root([old])
    let twice = try root(isOldFirst ? [old, new] : [new, old])
    let loader = StateLoader(repository: repository)
    #expect(try loader.load(tree: good).isUsable)
    for loader in [loader, StateLoader(repository: repository)] {
      let problem = try #require(try loader.load(tree: twice).diagnostics.first)
      #expect(problem.id == "state.malformed" && problem.message.contains("'state/nodes' contains 'dc.yaml' twice"))
    }
    #expect(try loader.load(tree: good).isUsable, "the way back is open")
  }

  /// What git would write in other bytes: one folder must have one meaning and one id.
  @Test(arguments: ["0100644", "00100644"]) func aModeWithZerosBeforeItIsRefused(mode: String) throws {
    let node = try blob("kind: Node\nname: new\ntype: dc\nregion: north\n")
    func root(_ folder: String, _ file: String) throws -> ObjectID {
      let state = try tree([Line(mode: file, name: "dc.yaml", id: node)])
      return try tree([Line(mode: folder, name: "state", id: state)])
    }
    for (root, place) in [
      (try root("40000", mode), "the folder 'state'"), (try root("040000", "100644"), "the top folder"),
    ] {
      let problems = try StateLoader(repository: repository).load(tree: root).diagnostics
      #expect(problems.map(\.id) == ["state.malformed"])
      #expect(problems.first?.message.contains("\(place) contains") == true, "\(problems)")
    }
    #expect(
      try StateLoader(repository: repository).load(tree: root("40000", "100644")).state.names(of: .node) == ["new"])
  }

  /// What was loaded before never decides what is loaded: a seeded walk through trees of which most are malformed.
  @Test(arguments: [1, 2, 3, 4] as [UInt64]) func itDoesNotMatterWhatWasLoadedBefore(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let blobs = try (0..<3).map { try blob("kind: Node\nname: n\($0)\ntype: dc\nregion: north\n") }
    let purser = try blob("kind: Repository\nname: shop\nschema_version: 1\ncurrency: EUR\n")
    let kept = StateLoader(repository: repository)
    func lines() -> [Line] {
      // In git's order; one step in three is left so.
      var lines = ["a.yaml", "a", "b.yaml"].filter { _ in Bool.random(using: &random) }.map {
        Line(mode: "100644", name: $0, id: blobs.randomElement(using: &random) ?? purser)
      }.sorted { Array($0.name.utf8).lexicographicallyPrecedes(Array($1.name.utf8)) }
      switch Int.random(in: 0..<6, using: &random) {
      case 0: if let line = lines.randomElement(using: &random) { lines.append(line) }
      case 1: lines.shuffle(using: &random)
      case 2: if !lines.isEmpty { lines[0].mode = ["100664", "100600", "0"].randomElement(using: &random) ?? "0" }
      case 3: if let line = lines.first { lines.insert(Line(mode: "100644", name: line.name, id: purser), at: 0) }
      default: break
      }
      return lines
    }
    var (usable, malformed) = (0, 0)
    for step in 0..<60 {
      let folder = Line(mode: "40000", name: "a", id: try tree(lines()))
      let top = lines().filter { $0.name != "a" } + [Line(mode: "100644", name: "p.yaml", id: purser)]
      let state = try tree(Bool.random(using: &random) ? top + [Line(mode: "40000", name: "z", id: folder.id)] : top)
      let root = try tree([Line(mode: "40000", name: "state", id: state)])
      let (one, other) = try (kept.load(tree: root), StateLoader(repository: repository).load(tree: root))
      #expect(said(one) == said(other), "seed \(seed), step \(step)")
      usable += other.isUsable ? 1 : 0
      malformed += other.diagnostics.contains { $0.id == "state.malformed" } ? 1 : 0
    }
    #expect(usable > 0 && malformed > 0, "seed \(seed): \(usable) usable, \(malformed) malformed")
  }
}

extension ObjectID {
  /// As it stands in a folder.
  fileprivate var bytes: [UInt8] {
    let text = description
    return stride(from: 0, to: 40, by: 2).compactMap { UInt8(text.dropFirst($0).prefix(2), radix: 16) }
  }
}
