internal import Clibgit2

extension Repository {
  /// The commit that a text names: an id or its first digits, a branch, a tag, `HEAD~2`; nil if it names none.
  ///
  /// Git takes a tag before a branch, and both before the first digits of an id: whoever may push a tag could have others
  /// approve another commit than the one that they name. Here a full id is always that object, and a name that could be
  /// two commits is neither.
  /// - Parameter tags: whether a tag counts; one that is named in full always does.
  /// - Throws: `.other` for a name that could be several commits: the message names them.
  public func commit(named text: String, tags: Bool = true) throws(GitError) -> ObjectID? {
    let (name, rest) = Self.parts(text)
    // What is no name: the log of HEAD, and a search by message.
    if name.isEmpty { return text.isEmpty ? nil : try look(up: text) }
    if let id = ObjectID(name) { return try look(up: "\(id)" + rest) }
    var found = try candidates(name)
    if !tags, !name.hasPrefix("refs/") { found.removeAll { $0.name.hasPrefix("refs/tags/") } }
    guard let first = found.first else { return nil }
    guard found.allSatisfy({ $0.commit == first.commit }) else {
      let list = found.map { "\($0.name) (\($0.commit.short))" }.joined(separator: ", ")
      throw GitError(
        kind: .other, message: "'\(name)' could be \(found.count) commits: \(list); give the full name or id of one")
    }
    // The log of a reference is asked for by the reference.
    if rest.hasPrefix("@{") { return try look(up: first.name + rest) }
    return rest.isEmpty ? first.commit : try look(up: "\(first.commit)" + rest)
  }

  /// Something that a name stands for.
  private struct Candidate {
    /// A full name of a reference, or a full id.
    var name: String
    var commit: ObjectID
  }

  /// A name, and what is asked of it: `main`, `~2`.
  private static func parts(_ text: String) -> (name: String, rest: String) {
    var end = text.startIndex
    while end < text.endIndex, !"~^:".contains(text[end]), !text[end...].hasPrefix("@{") {
      end = text.index(after: end)
    }
    return (String(text[..<end]), String(text[end...]))
  }

  private func candidates(_ name: String) throws(GitError) -> [Candidate] {
    if name == "HEAD" || name == "@" || name.hasPrefix("refs/") {
      return try commit(at: name == "@" ? "HEAD" : name).map { [Candidate(name: name, commit: $0)] } ?? []
    }
    var found: [Candidate] = []
    if let id = try self.commit(beginningWith: name) { found.append(Candidate(name: "\(id)", commit: id)) }
    for prefix in ["", "refs/", "refs/heads/", "refs/tags/", "refs/remotes/"] {
      // Only git's own names, such as FETCH_HEAD, stand outside of all folders.
      if prefix.isEmpty, !name.allSatisfy({ $0.isASCII && ($0.isUppercase || $0 == "_") }) { continue }
      if let commit = try self.commit(at: prefix + name) {
        found.append(Candidate(name: prefix + name, commit: commit))
      }
    }
    if found.isEmpty, let commit = try self.commit(at: "refs/remotes/\(name)/HEAD") {
      found.append(Candidate(name: "refs/remotes/\(name)/HEAD", commit: commit))
    }
    return found
  }

  /// The commit that a reference of this full name leads to.
  private func commit(at name: String) throws(GitError) -> ObjectID? {
    guard let id = try? reference(name) else { return nil }
    return try look(up: "\(id)")
  }

  /// The commit whose id begins so, with four digits or more.
  private func commit(beginningWith digits: String) throws(GitError) -> ObjectID? {
    guard (4..<40).contains(digits.utf8.count), digits.allSatisfy({ $0.isASCII && $0.isHexDigit }) else { return nil }
    var id = git_oid()
    guard git_oid_fromstrn(&id, digits.lowercased(), digits.utf8.count) == 0 else { return nil }
    var object: OpaquePointer?
    let code = git_object_lookup_prefix(&object, handle, &id, digits.utf8.count, GIT_OBJECT_ANY)
    if code == GIT_ENOTFOUND.rawValue { return nil }
    if code == GIT_EAMBIGUOUS.rawValue {
      throw GitError(kind: .other, message: "several ids begin with '\(digits)': write more digits")
    }
    try check(code, "cannot look up '\(digits)'")
    defer { git_object_free(object) }
    return Self.peeled(object)
  }

  /// What git itself makes of a text that can mean only one thing.
  private func look(up text: String) throws(GitError) -> ObjectID? {
    var object: OpaquePointer?
    let code = git_revparse_single(&object, handle, text)
    if code == GIT_ENOTFOUND.rawValue || code == GIT_EINVALIDSPEC.rawValue { return nil }
    try check(code, "cannot look up '\(text)'")
    defer { git_object_free(object) }
    return Self.peeled(object)
  }

  private static func peeled(_ object: OpaquePointer?) -> ObjectID? {
    var commit: OpaquePointer?
    guard git_object_peel(&commit, object, GIT_OBJECT_COMMIT) == 0, let id = git_object_id(commit) else { return nil }
    defer { git_object_free(commit) }
    return ObjectID(id.pointee)
  }
}
