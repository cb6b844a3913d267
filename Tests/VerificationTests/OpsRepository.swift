import Digest
import Git
import TestSupport
import Testing

/// A small operations repository whose commits are written and signed without the git command line.
///
/// `anna` may change everything, `ben` only channels; both stand in the first commit.
final class OpsRepository {
  enum Signer { case anna, ben, stranger, nobody, forged }

  let git: GitCommand
  let repository: Repository
  private var time: Int64 = 1_795_500_000

  static let auditKey = PrivateKey(seed: Array(repeating: 1, count: 32))
  static let anna = PrivateKey(seed: Array(repeating: 2, count: 32))
  static let ben = PrivateKey(seed: Array(repeating: 3, count: 32))
  static let stranger = PrivateKey(seed: Array(repeating: 4, count: 32))

  init(_ scratch: ScratchFolder, _ folder: String = "ops") throws {
    git = try GitCommand.initialise(scratch, folder)
    repository = try Repository(path: git.folder)
  }

  static func text(_ key: PrivateKey?) -> String { key?.publicKey.description ?? "" }

  static func purserYAML(auditKey: PrivateKey? = auditKey) -> String {
    "kind: Repository\nname: shop\nschema_version: 1\ncurrency: EUR\nmode: enforce\naudit_key: \(text(auditKey))\n"
  }

  static func governance(benMayChange kinds: String = "Channel, Protection") -> String {
    """
    kind: Person
    name: anna
    email: anna@example.test
    keys: [\(text(anna))]
    ---
    kind: Person
    name: ben
    email: ben@example.test
    keys: [\(text(ben))]
    ---
    kind: Role
    name: owner
    people: [anna]
    kinds: ["*"]
    paths: ["**"]
    ---
    kind: Role
    name: channels
    people: [ben]
    kinds: [\(kinds)]
    paths: [state/channels/**]
    ---
    kind: ApprovalRule
    name: start
    kinds: ["*"]
    review: none

    """
  }

  static func channels(cap: Int) -> String {
    """
    kind: Channel
    name: web
    type: dtc
    tier: growth
    cap: {units: \(cap), window: 7d}

    """
  }

  static var firstFiles: [String: String] {
    [
      "state/purser.yaml": purserYAML(), "state/governance/people.yaml": governance(),
      "state/channels/web.yaml": channels(cap: 100),
      "state/network/nodes.yaml": "kind: Node\nname: dc\ntype: dc\nregion: north\n",
      "state/allocation/tiers.yaml": "kind: AllocationTier\nname: growth\nrank: 1\nrule: strict\n",
    ]
  }

  /// Commits files (nil removes one) onto `parents`, the head of main by default, and moves main there.
  @discardableResult
  func commit(
    _ files: [String: String?], by signer: Signer = .anna, parents: [ObjectID]? = nil, message: String = "Change",
    branch: String = "refs/heads/main", author: String = "person"
  ) throws -> ObjectID {
    let head = try repository.reference(branch)
    let parents = parents ?? head.map { [$0] } ?? []
    let base = try parents.first.map { try repository.commit($0).tree }
    var blobs: [String: ObjectID?] = [:]
    for (path, text) in files {
      blobs.updateValue(try text.map { try repository.writeBlob(Array($0.utf8)) }, forKey: path)
    }
    return try commit(
      tree: try repository.writeTree(base: base, files: blobs), by: signer, parents: parents, message: message,
      branch: branch, author: author)
  }

  @discardableResult
  func commit(
    tree: ObjectID, by signer: Signer = .anna, parents: [ObjectID], message: String,
    branch: String = "refs/heads/main", author: String = "person"
  ) throws -> ObjectID {
    time += 60
    let id = try repository.writeCommit(
      tree: tree, parents: parents, author: Person(name: "Test Person", email: "\(author)@example.test"), time: time,
      message: message + "\n", sign: try sign(signer))
    try point(branch, to: id)
    return id
  }

  private func sign(_ signer: Signer) throws -> (([UInt8]) -> String)? {
    let key: PrivateKey? =
      switch signer {
      case .anna, .forged: Self.anna
      case .ben: Self.ben
      case .stranger: Self.stranger
      case .nobody: nil
      }
    guard signer != .nobody else { return nil }
    let known = try #require(key)
    // A signature over other bytes than those of the commit.
    return { SSHSignature.sign(signer == .forged ? $0 + [0x0A] : $0, with: known) }
  }

  /// Moves a branch wherever a test wants it.
  func point(_ branch: String, to target: ObjectID) throws {
    let person = Person(name: "t", email: "t@t")
    try repository.setReference(
      branch, to: target, expecting: try repository.reference(branch), by: person, reason: "test")
  }

  var head: ObjectID {
    get throws { try #require(try repository.reference("refs/heads/main")) }
  }
}
