import Approvals
import DesiredState
import Digest
import Git
import Operations

/// What people's statements about one change say of it beside its digest, worked out again from git.
///
/// Only from what every clone of the branch has, now and later, so that the daemon and all who verify it find the same: the
/// bases are on the branch, the tree follows from base and files, and a head is looked at if the change contains it. One
/// that was squashed, rebased or never pushed cannot be looked at by everybody: the digest alone counts then.
struct StatementSpans {
  private(set) var trees: [String: String] = [:]
  private(set) var others: Set<ChangeSpan> = []

  /// - Parameters:
  ///   - files: of the change, from its base.
  ///   - bases: on the line that ends with the base of the change, and that one.
  ///   - end: of the change.
  init(
    of files: [FileChange], from base: ObjectID, to end: ObjectID, bases: Set<String>, said: [SignedStatement],
    by people: DesiredState, in repository: Repository
  ) throws(GitError) {
    guard !said.isEmpty else { return }
    let digest = SHA256Digest(ofChange: files)
    let changes = try repository.changes(from: repository.commit(base).tree, to: repository.commit(end).tree)
    for signed in said {
      // Who has no key here is not listened to, and must not keep anybody busy.
      guard let statement = try? signed.statement(), statement.forge == nil, statement.about == nil,
        let start = ObjectID(statement.base), let head = ObjectID(statement.head),
        start == base || bases.contains(statement.base), let key = signed.signer(), !people.owners(of: key).isEmpty
      else { continue }
      if trees[statement.base] == nil {
        trees[statement.base] = try repository.name(ofTree: repository.commit(start).tree, with: changes)?.description
      }
      let span = ChangeSpan(from: statement.base, to: statement.head)
      guard !others.contains(span), (try? repository.isAncestor(head, of: end)) == true else { continue }
      do throws(GitError) {
        if let brought = try Self.brought(by: head, to: start, in: repository), brought != digest {
          others.insert(span)
        }
      } catch  where error.kind == .malformed || error.kind == .limit {
        // What was refused stays in the history; nobody can have seen this change there.
        others.insert(span)
      }
    }
  }

  /// What a commit brings to another; nil where they do not merge.
  private static func brought(
    by head: ObjectID, to base: ObjectID, in repository: Repository
  ) throws(GitError) -> SHA256Digest? {
    if try repository.isAncestor(base, of: head) {
      let trees = (try repository.commit(base).tree, try repository.commit(head).tree)
      return SHA256Digest(ofChange: try FileChange.list(from: trees.0, to: trees.1, in: repository))
    }
    guard try repository.mergeBase(base, head) != nil else { return nil }
    return try repository.changes(merging: head, into: base).map { SHA256Digest(ofChange: $0.map(FileChange.init)) }
  }
}
