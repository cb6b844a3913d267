internal import Clibgit2

/// One file as it would be committed.
public struct StagedFile: Hashable, Sendable {
  public var path: String
  public var id: ObjectID
  public var mode: TreeEntry.Mode
  /// Whether a merge left several versions of it.
  public var isConflicted: Bool
}

extension Repository {
  /// The files of an index in byte order of their paths, without those that `git add --intent-to-add` only announces.
  ///
  /// - Parameter path: an index file; nil for the repository's own.
  /// - Throws: `.other` when it cannot be read.
  public func stagedFiles(index path: String? = nil) throws(GitError) -> [StagedFile] {
    var index: OpaquePointer?
    let code = path.map { git_index_open(&index, $0) } ?? git_repository_index(&index, handle)
    defer { git_index_free(index) }
    if code < 0 {
      let error = GitError.last(code, "cannot read the index")
      guard error.message.contains("unsupported mandatory extension") else { throw error }
      return try filesOfTree(ofIndex: path)
    }
    var files: [StagedFile] = []
    files.reserveCapacity(git_index_entrycount(index))
    for position in 0..<git_index_entrycount(index) {
      guard let entry = git_index_get_byindex(index, position) else { continue }
      if UInt32(entry.pointee.flags_extended) & GIT_INDEX_ENTRY_INTENT_TO_ADD.rawValue != 0 { continue }
      guard let name = entry.pointee.path else { continue }
      let path = String(gitPath: name)
      let isConflicted = git_index_entry_stage(entry) != 0
      // The versions of one conflict stand side by side.
      if isConflicted, let last = files.last, last.isConflicted, last.path.utf8.elementsEqual(path.utf8) { continue }
      files.append(
        StagedFile(
          path: path, id: ObjectID(entry.pointee.id), mode: .init(git_filemode_t(rawValue: entry.pointee.mode)),
          isConflicted: isConflicted))
    }
    return files
  }

  /// The files of an index of a form that only git itself knows, one that is split or sparse: of the tree that git writes for
  /// it, which is the one that it is about to commit.
  private func filesOfTree(ofIndex path: String?) throws(GitError) -> [StagedFile] {
    let words = ["--git-dir", gitDirectory, "write-tree"]
    let printed = try GitProgram.run(words, variables: path.map { ["GIT_INDEX_FILE": $0] } ?? [:])
    let id = printed.map { String(decoding: $0, as: UTF8.self) }?.split(whereSeparator: \.isNewline).first
    guard let tree = id.flatMap({ ObjectID(String($0)) }) else {
      throw GitError(
        kind: .other,
        message: "cannot read the index, which is split or sparse: 'git \(words.joined(separator: " "))' failed")
    }
    return try files(inTree: tree, limit: .max).compactMap { file in
      file.new.map { StagedFile(path: file.path, id: $0.id, mode: $0.mode, isConflicted: false) }
    }
  }
}
