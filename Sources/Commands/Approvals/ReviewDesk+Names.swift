import Approvals
import Diagnostics
import Digest
import Git

extension ReviewDesk {
  /// The commit that a person means who is about to sign something. The name of a proposal is that of the remote's branch of
  /// this moment: nobody signs about commits that they have not seen, or rejects some that are not asked for any more.
  /// - Throws: a `Diagnostic` where the branch has moved since it was last seen here. Then it is fetched.
  func commit(toSignAbout revision: String) throws -> ObjectID {
    guard let remote else { return try commit(named: revision) }
    let seen = try? commit(named: revision)
    // By its id a commit is always itself.
    if let seen, seen.description.hasPrefix(revision.lowercased()) { return seen }
    let name = [remote.name + "/", PolicySource.proposalPrefix].reduce(revision) { name, prefix in
      name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
    }
    guard let current = try source.proposals()[name] else { return try seen ?? commit(named: revision) }
    guard let seen, seen != current else { return current }
    throw Diagnostic(
      "change.moved",
      "'\(escaped(revision))' was \(seen.short) when it was last seen here, and is \(current.short) now",
      hint: "nothing was signed; look at what was added: git diff \(seen.short) \(current.short)")
  }

  /// The commit at the end of the pending change whose digest begins so: `purser changes` and statements name changes by it.
  /// - Throws: a `Diagnostic` where several do.
  func commit(ofChange digits: String) throws -> ObjectID? {
    guard (Self.digitCounts).contains(digits.utf8.count), digits.allSatisfy({ $0.isASCII && $0.isHexDigit }) else {
      return nil
    }
    var found: [String: ObjectID] = [:]
    for head in try waiting() + proposals().map(\.head) {
      // One that cannot be judged has no digest.
      guard let digest = try? review(head).change.digest.description, digest.hasPrefix(digits.lowercased()) else {
        continue
      }
      found[digest] = found[digest] ?? head
    }
    guard found.count > 1 else { return found.first?.value }
    throw Diagnostic(
      "change.ambiguous", "several pending changes begin with '\(digits)'",
      hint: "write more digits, or the commit: "
        + found.sorted { $0.key < $1.key }.map { "\($0.key.prefix(16)) is \($0.value.short)" }.joined(separator: ", "))
  }

  private static let digitCounts = 7...64
}
