import DesiredState
import DesiredStateFiles
import Diagnostics
import Digest
import Git
import Operations
import Planning

/// The change that makes git say what a channel shows of some items, worked out and not yet committed.
struct Adoption {
  /// Of one channel, in the order in which they are listed; at least one.
  private let drifts: [Drift]
  private let channel: ChannelID
  private let repository: Repository
  private let head: ObjectID
  private let tree: ObjectID
  private let now: Instant

  /// - Parameters:
  ///   - drifts: of the channel; at least one.
  ///   - branch: the policy branch, where the change starts.
  /// - Throws: `Diagnostic` where it cannot be made; nothing has been changed then.
  init(_ drifts: [Drift], of channel: ChannelID, in repository: Repository, branch: String, at now: Instant) throws {
    self.drifts = drifts
    self.channel = channel
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
    var tree = try repository.commit(head).tree
    var paths: [String] = []
    for drift in drifts {
      let (path, edited) = try Self.edit(tree, drift, repository, loader, branch: branch)
      paths.append(path)
      tree = edited
    }
    self.tree = tree
    let loaded = try loader.load(tree: tree)
    for (drift, path) in zip(drifts, paths) { try Self.check(loaded, drift, path, at: now) }
  }

  /// What an item has of its own is edited where it stands. Else it gets a file of its own: two changes that each added to
  /// the end of one file could not both be merged.
  private static func edit(
    _ tree: ObjectID, _ drift: Drift, _ repository: Repository, _ loader: StateLoader, branch: String
  ) throws -> (path: String, tree: ObjectID) {
    let key = Resource.Key(.channel, drift.key.channel.rawValue)
    guard let variants = try loader.load(tree: tree).state.resources[key],
      let broadest = variants.min(by: { $0.scope.specificity < $1.scope.specificity })
    else {
      throw Diagnostic("drift.no_channel", "there is no \(key) on '\(branch)'", hint: "'purser validate' shows more")
    }
    let own = variants.first { variant in
      variant.scope == .item(drift.sku) && !variant.effective.isBounded
        && (variant.region ?? "") == drift.key.region.rawValue
    }
    let path = own?.location.file ?? newFile(of: drift, beside: broadest.location.file)
    let text = try repository.entry(at: path, inTree: tree)
      .map { String(decoding: try repository.blob($0.id), as: UTF8.self) }
    guard text != nil || own == nil else { throw byHand(drift, path) }
    let blob = try repository.writeBlob(Array(AdoptedText(text ?? "", drift, own: own).text.utf8))
    return (path, try repository.writeTree(base: tree, files: [path: blob]))
  }

  /// `state/channels/adopted/marketplace-b/TENT-2P-1a2b3c4d.yaml`, in the folder of the channel's own file.
  private static func newFile(of drift: Drift, beside file: String) -> String {
    let folder = file.lastIndex(of: "/").map { file[...$0] } ?? ""
    let digest = SHA256Digest(of: drift.sku.rawValue).description.prefix(8)
    return "\(folder)adopted/\(drift.key.channel)/\(plain(drift.sku.rawValue).prefix(60))-\(digest).yaml"
  }

  /// What was edited must say the one thing and be sound: however the file was written, nothing else comes of it.
  private static func check(_ loaded: LoadedState, _ drift: Drift, _ path: String, at now: Instant) throws {
    let region = drift.key.region.isEverywhere ? nil : drift.key.region.rawValue
    let part = CatalogPart(sku: drift.sku, region: region)
    let key = Resource.Key(.channel, drift.key.channel.rawValue)
    guard loaded.isUsable,
      loaded.state.effective(key, for: part, at: now)?[drift.key.field.rawValue]?.integer == drift.observed
    else { throw byHand(drift, path) }
  }

  private static func byHand(_ drift: Drift, _ path: String) -> Diagnostic {
    Diagnostic(
      "drift.by_hand",
      "'\(path)' cannot be edited automatically to set \(drift.key.field.rawValue) \(drift.observed) for \(drift.sku)",
      hint: "nothing was changed; edit it by hand: add an overlay of the channel with scope: {sku: …}")
  }

  /// What it takes over, a line for each difference.
  var summary: String {
    let lines = drifts.map {
      "\($0.key.field.rawValue) of \($0.sku) on \(channel) is \($0.observed) instead of \($0.reference)"
    }
    guard lines.count > 1 else { return lines.joined() }
    return "\(lines.count) differences on \(channel)" + lines.map { "\n  " + $0 }.joined()
  }

  /// One name for the same differences, so that nobody opens them twice.
  var branchName: String {
    let names = drifts.map { drift in
      [channel.rawValue, drift.sku.rawValue, drift.key.field.rawValue]
        + (drift.key.region.isEverywhere ? [] : [drift.key.region.rawValue])
    }
    let title = names.count == 1 ? names[0].joined(separator: "-") : "\(channel)-\(names.count)-differences"
    let all = names.map { JSONValue.array($0.map { .string($0) }) }
    let digest = SHA256Digest(of: (all.count == 1 ? all[0] : .array(all)).canonicalBytes).description.prefix(8)
    return PolicySource.proposalPrefix + "drift-" + Self.plain(title).prefix(60) + "-" + digest
  }

  private static func plain(_ text: String) -> String {
    String(
      text.utf8.map { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
          ? Character(UnicodeScalar(byte)) : "-"
      })
  }

  /// Writes and signs the commit, and makes its branch.
  func make(signedWith key: SigningKey) throws -> ObjectID {
    let reference = "refs/heads/\(branchName)"
    guard try repository.reference(reference) == nil else {
      throw Diagnostic(
        "drift.proposed",
        "'\(branchName)' already proposes a change for \(drifts.count == 1 ? "this difference" : "these differences")",
        hint: "merge it, or start over: git branch -D \(branchName)")
    }
    let author = try repository.author()
    let commit = try repository.writeCommit(
      tree: tree, parents: [head], author: author, at: now, message: message, signedWith: key)
    try repository.setReference(
      reference, to: commit, expecting: nil, by: author, reason: "purser drift adopt \(channel)")
    return commit
  }

  private var message: String {
    func said(_ drift: Drift) -> String {
      "Git said \(drift.reference). '\(drift.source)' has seen the other since \(drift.since), written by \(drift.writerWords)."
    }
    if drifts.count == 1, let drift = drifts.first {
      return escaped("Adopt what \(channel) shows of \(drift.sku): \(drift.key.field.rawValue) \(drift.observed)")
        + "\n\n" + escaped(said(drift)) + "\n"
    }
    return "Adopt \(drifts.count) differences that \(channel) shows\n\n"
      + drifts.map { escaped("\($0.sku): \($0.key.field.rawValue) \($0.observed). \(said($0))") + "\n" }.joined()
  }
}
