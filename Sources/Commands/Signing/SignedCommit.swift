import Diagnostics
import Digest
import Git
import Operations

extension Repository {
  /// Whom git takes for the author of what is committed here.
  func author() throws(Diagnostic) -> Person {
    guard let name = configuration("user.name"), let email = configuration("user.email"), !name.isEmpty,
      !email.isEmpty
    else {
      throw Diagnostic(
        "key.no_identity", "git has no user.name and user.email here",
        hint: "git config user.name NAME, and git config user.email ADDRESS")
    }
    return Person(name: name, email: email)
  }

  /// Writes a signed commit that nothing leads to yet.
  func writeCommit(
    tree: ObjectID, parents: [ObjectID], author: Person, at now: Instant, message: String, signedWith key: SigningKey
  ) throws -> ObjectID {
    var failure: Diagnostic?
    let commit = try writeCommit(
      tree: tree, parents: parents, author: author, time: now.seconds, message: message
    ) { bytes in
      do throws(Diagnostic) { return try key.sign(bytes, namespace: SSHSignature.gitNamespace) } catch {
        failure = error
        return ""
      }
    }
    // Without a signature it is as if it had not been written.
    if let failure { throw failure }
    return commit
  }
}
