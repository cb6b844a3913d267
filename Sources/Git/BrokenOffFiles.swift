internal import Clibgit2

/// Refuses objects whose file breaks off, as a crash may leave one and anyone with the disk can make one: libgit2 1.5 waits
/// for the rest of such a file for ever.
///
/// It is asked between packs and files, so that what lies in a pack costs nothing.
enum BrokenOffFiles {
  /// What libgit2 holds: its own part first, so that a pointer to that is a pointer to all of it.
  private struct Backend {
    var base: git_odb_backend
    var folder: String
  }

  /// That of packs; among equals the first that was added is asked first.
  private static let priority: Int32 = 2

  /// - Parameter folder: that of the objects, with a slash at its end.
  static func refuse(in database: OpaquePointer, _ folder: String) throws(GitError) {
    var base = git_odb_backend()
    try check(git_odb_init_backend(&base, UInt32(GIT_ODB_BACKEND_VERSION)), "cannot read objects")
    base.read = { _, _, _, backend, id in BrokenOffFiles.answer(backend, id) }
    base.read_header = { _, _, backend, id in BrokenOffFiles.answer(backend, id) }
    base.free = { backend in
      guard let backend else { return }
      let own = UnsafeMutableRawPointer(backend).assumingMemoryBound(to: Backend.self)
      own.deinitialize(count: 1)
      own.deallocate()
    }
    let backend = UnsafeMutablePointer<Backend>.allocate(capacity: 1)
    backend.initialize(to: Backend(base: base, folder: folder))
    let code = UnsafeMutableRawPointer(backend).withMemoryRebound(to: git_odb_backend.self, capacity: 1) {
      git_odb_add_backend(database, $0, priority)
    }
    try check(code, "cannot read objects")
  }

  /// Leaves what is whole, or not there, to those who are asked next.
  private static func answer(
    _ backend: UnsafeMutablePointer<git_odb_backend>?, _ id: UnsafePointer<git_oid>?
  ) -> Int32 {
    guard let backend, let id else { return GIT_ENOTFOUND.rawValue }
    let own = UnsafeMutableRawPointer(backend).assumingMemoryBound(to: Backend.self)
    let name = ObjectID(id.pointee).description
    guard purser_git_is_whole("\(own.pointee.folder)\(name.prefix(2))/\(name.dropFirst(2))") == 0 else {
      return GIT_ENOTFOUND.rawValue
    }
    git_error_set_str(Int32(GIT_ERROR_ODB.rawValue), "its file is truncated or damaged")
    return GIT_ERROR.rawValue
  }
}
