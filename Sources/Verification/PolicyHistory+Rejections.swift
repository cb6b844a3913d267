import Approvals
import DesiredState
import DesiredStateFiles
import Digest
import Git
import Operations

/// What is known of rejections, so that each is read and compared once.
struct KnownRejections {
  /// The statements by their ids, each with the key that signed it; nil for what rejects no change.
  var said: [SHA256Digest: (statement: Statement, signer: String)?] = [:]
  var outlines: [ChangeSpan: Change] = [:]
  /// Whether a record is judged again, which says why it passed commits over, where perhaps not all is at hand that was then.
  var isVerifying = false
  /// Whether what a record accepted is taken at its word as to what of it was rejected: an earlier version of Purser asked
  /// less.
  var trustsRecord = false
  /// What was rejected of commits that a record accepted, and let through all the same: it holds these rejections.
  var lifted: [ObjectID: Set<SHA256Digest>] = [:]
  /// The ends of rejected changes that are not at hand.
  var missing: Set<String> = []
}

/// What people rejected, as changes that may come in within others: every standing rejection of the log whose commits are in
/// the repository, whatever branch, merge or base they came with.
extension PolicyHistory {
  /// Finds those of which a change brings something.
  ///
  /// Who speaks is asked first, then what of the files differs, and the states only of what is brought: a log holds many
  /// rejections that have nothing to do with it.
  /// - Parameter end: the last commit of the change.
  func rejected(within change: Change, upTo end: ObjectID, _ evidence: Evidence) throws -> [RejectedChange] {
    guard !evidence.rejections.isEmpty, !(rejections.trustsRecord && recorded.contains(end)) else { return [] }
    let own = change.digest
    var found: [RejectedChange] = []
    for (digest, statements) in evidence.rejections where digest != own {
      for span in Set(statements.compactMap { span(of: $0, in: change) }) {
        if let outline = try outline(of: span) {
          guard change.brings(anythingOf: outline), let whole = try whole(outline) else { continue }
          found.append(RejectedChange(digest: digest, change: whole))
        } else if rejections.isVerifying,
          !recorded.contains(end) || rejections.lifted[end]?.contains(digest) ?? false
        {
          // A clone may not have what was rejected; that it was is then why a commit was passed over.
          rejections.missing.insert(span.to)
          found.append(RejectedChange(digest: digest, change: change))
        }
      }
    }
    return found.sorted { $0.digest.description < $1.digest.description }
  }

  /// Those that a proposal holds as commits before its last, where they were rejected as they are there: a commit that was
  /// made anew is the same change.
  func rejected(among commits: [CommitFacts], onto pin: PolicyPin, _ evidence: Evidence) throws -> [RejectedChange] {
    guard !evidence.rejections.isEmpty else { return [] }
    let (base, trees) = (try id(pin.commit), try id(pin.tree))
    var found: [RejectedChange] = []
    for commit in commits.dropLast().suffix(Self.earlierLimit) {
      let end = try id(commit.id)
      let files = try ifReadable { () throws(GitError) -> [FileChange]? in
        guard try repository.isAncestor(base, of: end) else { return nil }
        return try FileChange.list(from: trees, to: repository.commit(end).tree, in: repository)
      }
      guard let files = files ?? nil, evidence.rejections[SHA256Digest(ofChange: files)] != nil else { continue }
      let change = try change(from: pin, to: end, [commit], evidence)
      found.append(RejectedChange(digest: change.digest, change: change))
    }
    return found
  }

  /// Between which commits somebody rejected a change; nil where it is not the word of a person who is known.
  private func span(of signed: SignedStatement, in change: Change) -> ChangeSpan? {
    let known = rejections.said[signed.id]
    let said = known ?? Self.said(signed)
    if known == nil { rejections.said[signed.id] = .some(said) }
    guard let (statement, signer) = said, change.speakers(of: statement, signedWith: signer) == [statement.person]
    else {
      return nil
    }
    return ChangeSpan(from: statement.base, to: statement.head)
  }

  private static func said(_ signed: SignedStatement) -> (statement: Statement, signer: String)? {
    guard let statement = try? signed.statement(), statement.kind == .reject, statement.about == nil,
      let signer = signed.signer()
    else { return nil }
    return (statement, signer)
  }

  /// What a commit has that another has not, with the states of the files that differ and nothing else. A branch that began
  /// before its base is looked at from where it began: so nothing need be merged to see what is its own.
  /// - Returns: nil where a commit is not there, or cannot be read.
  private func outline(of span: ChangeSpan) throws -> Change? {
    if let known = rejections.outlines[span] { return known }
    guard let base = ObjectID(span.from), let head = ObjectID(span.to), repository.contains(base),
      repository.contains(head)
    else { return nil }
    let outline = try ifReadable { () throws(GitError) -> Change? in
      guard let start = try repository.isAncestor(base, of: head) ? base : repository.mergeBase(base, head) else {
        return nil
      }
      let (old, new) = (try repository.commit(start).tree, try repository.commit(head).tree)
      let changes = try repository.changes(from: old, to: new)
      let files = changes.map(FileChange.init)
      func state(_ entry: (PathChange) -> TreeEntry?) throws(GitError) -> DesiredState {
        var resources: [Resource] = []
        for change in changes { resources += try loader.resources(of: entry(change), at: change.path) }
        return DesiredState(resources)
      }
      return Change(
        base: PolicyPin(commit: start.description, tree: old.description, version: 0),
        commits: [try CommitFacts(head, in: repository)], files: files, before: try state(\.old),
        after: try state(\.new), problems: [])
    }
    guard let outline = outline ?? nil else { return nil }
    if rejections.outlines.count >= Self.outlineLimit { rejections.outlines.removeAll() }
    rejections.outlines[span] = outline
    return outline
  }

  /// The same with the whole states, which say who could reject it.
  private func whole(_ outline: Change) throws -> Change? {
    guard let end = outline.commits.last else { return nil }
    var whole = outline
    let states = try ifReadable { () throws(GitError) in
      (try load(ObjectID(outline.base.commit)), try load(ObjectID(end.id)))
    }
    guard let (before, after) = states, let before, let after else { return nil }
    (whole.before, whole.after) = (before.state, after.state)
    return whole
  }

  private func load(_ commit: ObjectID?) throws(GitError) -> LoadedState? {
    guard let commit else { return nil }
    return try load(commit)
  }

  /// What cannot be read was seen by nobody.
  private func ifReadable<Value>(_ body: () throws(GitError) -> Value) throws(GitError) -> Value? {
    do throws(GitError) { return try body() } catch {
      guard error.isOfTheCommit else { throw error }
      return nil
    }
  }

  /// Changes that are kept to compare others with.
  private static let outlineLimit = 1000
  /// Commits of one change that are looked at for what was rejected as it is there.
  private static let earlierLimit = 100
}
