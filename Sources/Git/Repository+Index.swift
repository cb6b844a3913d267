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
  /// - Throws: `.damaged` when it cannot be read, as one that is split or sparse.
  public func stagedFiles(index path: String? = nil) throws(GitError) -> [StagedFile] {
    var index: OpaquePointer?
    try check(
      path.map { git_index_open(&index, $0) } ?? git_repository_index(&index, handle), "cannot read the index")
    defer { git_index_free(index) }
    var files: [StagedFile] = []
    files.reserveCapacity(git_index_entrycount(index))
    for position in 0..<git_index_entrycount(index) {
      guard let entry = git_index_get_byindex(index, position) else { continue }
      if UInt32(entry.pointee.flags_extended) & GIT_INDEX_ENTRY_INTENT_TO_ADD.rawValue != 0 { continue }
      guard let name = entry.pointee.path, let path = String(validatingCString: name) else {
        throw GitError(kind: .damaged, message: "the index holds a name that is not UTF-8")
      }
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
}
