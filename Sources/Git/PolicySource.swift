internal import Glibc

/// Where the operations repository is: a local folder, used in place, or a remote, mirrored into a bare repository.
///
/// The mirror holds what the remote had when it was last looked at, and nothing is ever taken out of it:
///
/// - `refs/remotes/origin/<branch>` and `refs/remotes/origin/audit`: the remote's heads;
/// - `refs/purser/approvals`: the remote's log of approvals;
/// - `refs/purser/pull-requests/<commit>`: heads of pull requests, which lie on no branch;
/// - `refs/purser/replaced/<commit>`: heads that a rewritten branch no longer reaches;
/// - `refs/purser/outgoing`: the audit commit that was last offered to the remote, accepted or not;
/// - `refs/purser/offered/<commit>`: a commit of the log of approvals, or a proposal, on its way to the remote.
///
/// Only `refs/heads/audit`, `refs/purser/approvals` and `refs/heads/proposal/*` are ever written to the remote or the local
/// folder. HEAD and work trees are never touched.
/// Blocks while it talks to a remote, for as long as the remote takes: libgit2 1.5 knows no time limit.
public final class PolicySource {
  /// The local folder or the mirror: whatever `refresh` and `auditHead` return can be read from it.
  public let repository: Repository
  /// Nil for a local folder.
  public let address: String?
  let credentials: Credentials
  /// The remote's heads when they were last listed.
  private var remoteHeads: [String: ObjectID]?

  private static let audit = "refs/heads/audit"
  private static let outgoing = "refs/purser/outgoing"
  private static let approvals = "refs/purser/approvals"
  private static let writer = Person(name: "Purser", email: "purser@localhost")

  /// Opens a local folder (work tree or bare), or the mirror of a remote, which is made when it is missing.
  ///
  /// The remote itself is not asked before `refresh`, so that a daemon can start while it is down.
  public init(address: String, mirrorPath: String, credentials: Credentials = Credentials()) throws(GitError) {
    self.credentials = credentials
    guard Repository.isRemote(address) else {
      self.address = nil
      repository = try Repository(path: address)
      return
    }
    self.address = address
    do {
      repository = try Repository(path: mirrorPath)
    } catch  where error.kind == .notFound {
      repository = try Repository.create(path: mirrorPath, bare: true)
    }
  }

  /// The head of the policy branch; nil when the repository has no such branch (or no commit at all).
  ///
  /// Local: one read of a reference. Remote: one round trip; a fetch only when the policy or audit branch moved.
  ///
  /// - Throws: `.notFound` when the repository is not there, `.unreachable`, `.authentication`.
  public func refresh(branch: String) throws(GitError) -> ObjectID? {
    guard let address else {
      let head = try repository.reference("refs/heads/\(branch)")
      // A folder that has gone reads like an empty one: look again before saying so.
      if head == nil { _ = try Repository(path: repository.gitDirectory) }
      return head
    }
    return try look(address, for: ["refs/heads/\(branch)", Self.audit, Self.approvals])["refs/heads/\(branch)"]
  }

  /// The head of the audit branch; nil when there is none. Of a remote: as it was at the last `refresh`.
  public func auditHead() throws(GitError) -> ObjectID? {
    guard let address else { return try repository.reference(Self.audit) }
    if let remoteHeads { return remoteHeads[Self.audit] }
    return try look(address, for: [Self.audit])[Self.audit]
  }

  /// Moves the audit branch from `expected` (nil: there is none) to `commit`, which is in `repository` already.
  /// A branch that is there already counts as done, so that a crash after the move does no harm.
  ///
  /// - Throws: `.moved` when another writer was first: refresh, rebuild the commit on the new head, and publish that.
  public func publish(audit commit: ObjectID, expecting expected: ObjectID?) throws(GitError) {
    guard let address else {
      if try repository.reference(Self.audit) == commit { return }
      return try repository.setReference(
        Self.audit, to: commit, expecting: expected, by: Self.writer, reason: "purser: publish", isOurs: true)
    }
    try point(Self.outgoing, to: commit)
    try repository.push(address, Self.outgoing, to: Self.audit, expecting: expected, credentials: credentials)
    try point(Self.tracking(Self.audit), to: commit)
    remoteHeads?[Self.audit] = commit
  }

  /// The branches that leave git no room for the audit branch, since its name is that of their folder; in byte order.
  public func branchesBeneathAudit() throws(GitError) -> [String] {
    let prefix = Self.audit + "/"
    let names: [String]
    if let address {
      names = try repository.remoteReferences(of: address, credentials: credentials).keys.filter {
        $0.hasPrefix(prefix)
      }
    } else {
      names = try repository.references(prefix: prefix)
    }
    return names.map { String($0.dropFirst("refs/heads/".count)) }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The head of the log of approvals; nil when there is none. Of a remote: as it was at the last look.
  ///
  /// - Parameter again: whether the remote is to be asked now, because another writer was first.
  public func approvalsHead(again: Bool = false) throws(GitError) -> ObjectID? {
    guard let address else { return try repository.reference(Self.approvals) }
    if let remoteHeads, !again { return remoteHeads[Self.approvals] }
    return try look(address, for: [Self.approvals])[Self.approvals]
  }

  /// Moves the log of approvals from `expected` (nil: there is none) to `commit`, which is in `repository` already.
  ///
  /// - Throws: `.moved` when another writer was first.
  public func publish(approvals commit: ObjectID, expecting expected: ObjectID?) throws(GitError) {
    guard address != nil else {
      return try repository.setReference(
        Self.approvals, to: commit, expecting: expected, by: Self.writer, reason: "purser: publish", isOurs: true)
    }
    try offer(commit, to: Self.approvals, expecting: expected)
    try point(Self.approvals, to: commit)
    remoteHeads?[Self.approvals] = commit
  }

  /// Pushes a commit under a name of its own: several people's commands may share this repository.
  func offer(_ commit: ObjectID, to reference: String, expecting expected: ObjectID?) throws(GitError) {
    guard let address else { return }
    let offered = "refs/purser/offered/\(commit)"
    try point(offered, to: commit)
    do throws(GitError) {
      try repository.push(address, offered, to: reference, expecting: expected, credentials: credentials)
    } catch {
      try repository.removeReference(offered)
      throw error
    }
    try repository.removeReference(offered)
  }

  /// Whether the repository holds a commit; one of a remote is fetched from the reference there that leads to it.
  public func holds(_ commit: ObjectID, fetching reference: String) throws(GitError) -> Bool {
    guard !repository.contains(commit), let address else { return repository.contains(commit) }
    let kept = (source: reference, target: "refs/purser/pull-requests/\(commit)")
    try repository.fetch(address, [kept], credentials: credentials)
    return repository.contains(commit)
  }

  /// Keeps a commit of a log that was rewritten, so that what it holds can still be read.
  public func keep(_ commit: ObjectID) throws(GitError) { try point("refs/purser/replaced/\(commit)", to: commit) }

  /// Lists the remote's heads, fetches those of `wanted` that moved, and returns the heads as they are now in the mirror.
  func look(_ address: String, for wanted: [String]) throws(GitError) -> [String: ObjectID] {
    var heads = try repository.remoteReferences(of: address, credentials: credentials)
    var stale: [(name: String, before: ObjectID?)] = []
    for name in wanted where heads[name] != nil {
      let before = try repository.reference(Self.tracking(name))
      if before != heads[name] { stale.append((name, before)) }
    }
    if !stale.isEmpty {
      for (name, _) in stale { repository.removeStaleLock(Self.tracking(name)) }
      try fetch(address, stale.map { (source: $0.name, target: Self.tracking($0.name)) })
      for (name, before) in stale {
        let now = try repository.reference(Self.tracking(name))
        // The branch may have moved on between the two looks.
        heads[name] = now
        guard let now, isCommit(now) else {
          // With a reference to something else nothing more could be fetched here from a server.
          try restore(Self.tracking(name), to: before)
          continue
        }
        if let before, isCommit(before), (try? repository.isAncestor(before, of: now)) != true { try keep(before) }
      }
    }
    remoteHeads = heads
    return heads
  }

  private func restore(_ name: String, to before: ObjectID?) throws(GitError) {
    guard let before, isCommit(before) else { return try repository.removeReference(name) }
    try point(name, to: before)
  }

  private func isCommit(_ id: ObjectID) -> Bool { (try? repository.commit(id)) != nil }

  /// Another command in the same checkout may hold a reference for a moment.
  private func fetch(_ address: String, _ references: [(source: String, target: String)]) throws(GitError) {
    for _ in 0..<Self.fetchTries {
      do throws(GitError) {
        return try repository.fetch(address, references, credentials: credentials)
      } catch {
        guard error.kind == .moved else { throw error }
        usleep(Self.fetchPauseMicroseconds)
      }
    }
    try repository.fetch(address, references, credentials: credentials)
  }

  private static let fetchTries = 20
  private static let fetchPauseMicroseconds: UInt32 = 50_000

  private func point(_ name: String, to target: ObjectID) throws(GitError) {
    let current = try repository.reference(name)
    if current == target { return }
    try repository.setReference(name, to: target, expecting: current, by: Self.writer, reason: "purser", isOurs: true)
  }

  /// `refs/heads/main` → `refs/remotes/origin/main`; the log of approvals has one name everywhere.
  private static func tracking(_ name: String) -> String {
    name == approvals ? name : "refs/remotes/origin/" + name.dropFirst("refs/heads/".count)
  }
}
