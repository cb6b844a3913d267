import DesiredState
import DesiredStateFiles
import Diagnostics
import Digest
import Git
import Operations
import Planning

/// The change that makes git say what a channel shows of one item, worked out and not yet committed.
struct Adoption {
  let drift: Drift
  private let repository: Repository
  private let head: ObjectID
  private let tree: ObjectID
  private let now: Instant

  /// - Parameter branch: the policy branch, where the change starts.
  /// - Throws: `Diagnostic` where it cannot be made; nothing has been changed then.
  init(_ drift: Drift, in repository: Repository, branch: String, at now: Instant) throws {
    self.drift = drift
    self.repository = repository
    self.now = now
    guard let head = try repository.reference("refs/heads/\(branch)") else {
      throw Diagnostic(
        "repo.no_branch", "there is no branch '\(branch)' here",
        hint: "fetch it, or name the policy branch with --branch"
      )
    }
    self.head = head
    let loader = StateLoader(repository: repository)
    let base = try repository.commit(head).tree
    let key = Resource.Key(.channel, drift.key.channel.rawValue)
    guard let variants = try loader.load(tree: base).state.resources[key], let first = variants.first else {
      throw Diagnostic("drift.no_channel", "there is no \(key) on '\(branch)'", hint: "'purser validate' shows more")
    }
    let own = variants.first { variant in
      variant.scope == .item(drift.sku) && !variant.effective.isBounded
        && (variant.region ?? "") == drift.key.region.rawValue
    }
    let path = (own ?? first).location.file
    guard let entry = try repository.entry(at: path, inTree: base) else { throw Self.byHand(drift, path) }
    let text = String(decoding: try repository.blob(entry.id), as: UTF8.self)
    let edited = AdoptedText(text, drift, own: own).text
    let blob = try repository.writeBlob(Array(edited.utf8))
    tree = try repository.writeTree(base: base, files: [path: blob])
    try check(loader.load(tree: tree), key, path)
  }

  /// What was edited must say the one thing and be sound: however the file was written, nothing else comes of it.
  private func check(_ loaded: LoadedState, _ key: Resource.Key, _ path: String) throws {
    let region = drift.key.region.isEverywhere ? nil : drift.key.region.rawValue
    let part = CatalogPart(sku: drift.sku, region: region)
    guard loaded.isUsable,
      loaded.state.effective(key, for: part, at: now)?[drift.key.field.rawValue]?.integer == drift.observed
    else { throw Self.byHand(drift, path) }
  }

  private static func byHand(_ drift: Drift, _ path: String) -> Diagnostic {
    Diagnostic(
      "drift.by_hand",
      "'\(path)' cannot be edited automatically to set \(drift.key.field.rawValue) \(drift.observed) for \(drift.sku)",
      hint: "nothing was changed; edit it by hand: add an overlay of the channel with scope: {sku: …}")
  }

  var summary: String {
    "\(drift.key.field.rawValue) of \(drift.sku) on \(drift.key.channel) is \(drift.observed) instead of \(drift.reference)"
  }

  /// One name for one drift, so that nobody opens it twice.
  var branchName: String {
    let key = drift.key
    let name =
      [key.channel.rawValue, drift.sku.rawValue, key.field.rawValue]
      + (key.region.isEverywhere ? [] : [key.region.rawValue])
    let plain = name.joined(separator: "-").utf8.map { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
        ? Character(UnicodeScalar(byte)) : "-"
    }
    let digest = SHA256Digest(of: JSONValue.array(name.map { .string($0) }).canonicalBytes).description.prefix(8)
    return PolicySource.proposalPrefix + "drift-" + String(plain).prefix(60) + "-" + digest
  }

  /// Writes and signs the commit, and makes its branch.
  func make(signedWith key: SigningKey) throws -> ObjectID {
    let reference = "refs/heads/\(branchName)"
    guard try repository.reference(reference) == nil else {
      throw Diagnostic(
        "drift.proposed", "'\(branchName)' already proposes a change for this difference",
        hint: "merge it, or start over: git branch -D \(branchName)")
    }
    let author = try repository.author()
    let commit = try repository.writeCommit(
      tree: tree, parents: [head], author: author, at: now, message: message, signedWith: key)
    try repository.setReference(
      reference, to: commit, expecting: nil, by: author, reason: "purser drift adopt \(drift.key.channel)")
    return commit
  }

  private var message: String {
    escaped("Adopt what \(drift.key.channel) shows of \(drift.sku): \(drift.key.field.rawValue) \(drift.observed)")
      + "\n\n"
      + escaped(
        "Git said \(drift.reference). '\(drift.source)' has seen the other since \(drift.since), written by "
          + "\(drift.writerWords).") + "\n"
  }
}
