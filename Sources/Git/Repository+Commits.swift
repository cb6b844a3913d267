internal import Clibgit2

extension Repository {
  public func commit(_ id: ObjectID) throws(GitError) -> Commit {
    try withCommit(id) { commit in
      func person(_ signature: UnsafePointer<git_signature>?) -> Person {
        guard let signature else { return Person(name: "", email: "") }
        return Person(name: String(cString: signature.pointee.name), email: String(cString: signature.pointee.email))
      }
      return Commit(
        id: id, tree: ObjectID(git_commit_tree_id(commit).pointee),
        parents: (0..<git_commit_parentcount(commit)).map { ObjectID(git_commit_parent_id(commit, $0).pointee) },
        author: person(git_commit_author(commit)), committer: person(git_commit_committer(commit)),
        time: git_commit_time(commit), message: git_commit_message(commit).map { String(cString: $0) } ?? "")
    }
  }

  /// The commit's signature; nil when it has none.
  public func signature(of id: ObjectID) throws(GitError) -> CommitSignature? {
    try withCommit(id) { _ in }
    return CommitSignature(commit: try blob(id))
  }

  /// Writes a commit, signed by `sign` when given, synced to disk; no reference moves. Equal arguments give the same
  /// commit.
  ///
  /// - Parameter time: seconds since the epoch, within `Commit.times`.
  /// - Throws: `.other` for another time, and for a name that could forge a header line, or a message with a NUL, where git
  ///   would cut it off.
  public func writeCommit(
    tree: ObjectID, parents: [ObjectID], author: Person, time: Int64, message: String,
    sign: (([UInt8]) -> String)? = nil
  ) throws(GitError) -> ObjectID {
    guard !message.utf8.contains(0), !(author.name + author.email).utf8.contains(where: { $0 < 0x20 }) else {
      throw GitError(kind: .other, message: "cannot make a commit: control characters in the author or the message")
    }
    guard Commit.times.contains(time) else {
      throw GitError(kind: .other, message: "cannot make a commit: its time, \(time), is not between 1970 and 2106")
    }
    let content = try commitBytes(tree: tree, parents: parents, author: author, time: time, message: message)
    var oid = git_oid()
    if let sign {
      // git leaves out the line break that ends the armour when it continues a header line.
      var armoured = sign(content)
      while armoured.hasSuffix("\n") { armoured.removeLast() }
      let text = String(decoding: content, as: UTF8.self)
      try check(
        git_commit_create_with_signature(&oid, handle, text, armoured, "gpgsig"), "cannot write a commit")
    } else {
      try check(
        git_odb_write(&oid, database, content, content.count, GIT_OBJECT_COMMIT), "cannot write a commit")
    }
    return ObjectID(oid)
  }

  private func commitBytes(tree: ObjectID, parents: [ObjectID], author: Person, time: Int64, message: String)
    throws(GitError) -> [UInt8]
  {
    try withTree(tree) { _ in }
    for parent in parents where !contains(parent) {
      throw GitError(kind: .notFound, message: "cannot make a commit: its parent \(parent.short) does not exist")
    }
    var signature: UnsafeMutablePointer<git_signature>?
    try check(git_signature_new(&signature, author.name, author.email, time, 0), "not a usable author")
    defer { git_signature_free(signature) }
    guard let written = signature?.pointee else { throw GitError(kind: .other, message: "not a usable author") }
    let person = "\(String(cString: written.name)) <\(String(cString: written.email))> \(time) +0000"
    // Written out, and not by libgit2: that cannot follow a commit that it cannot parse, and git and everybody who pushes
    // can. No encoding header: without one git reads UTF-8.
    let header =
      ["tree \(tree)"] + parents.map { "parent \($0)" } + ["author \(person)", "committer \(person)"]
    return Array((header.joined(separator: "\n") + "\n\n" + message).utf8)
  }

  func withCommit<Result>(_ id: ObjectID, _ body: (OpaquePointer?) -> Result) throws(GitError) -> Result {
    var oid = id.oid
    var commit: OpaquePointer?
    try checkRead(git_commit_lookup(&commit, handle, &oid), of: "commit", id)
    defer { git_commit_free(commit) }
    return body(commit)
  }
}
