internal import Clibgit2

/// A git repository, read and written through its object database; the work tree and HEAD are never touched.
///
/// It may stay open: references and objects that other processes write, pack or move are seen. Not thread-safe: it
/// belongs to whoever opened it.
public final class Repository {
  let handle: OpaquePointer
  let database: OpaquePointer

  /// Opens the repository at `path` (its folder or its `.git`), without looking in the folders above it.
  ///
  /// - Throws: `.notFound` when there is none; `.other` when it belongs to another user or uses SHA-256 names.
  public init(path: String) throws(GitError) {
    if let refusal = RemoteAddress.refusal(of: path) {
      throw GitError(kind: .notFound, message: "cannot open the repository '\(path)': \(refusal)")
    }
    Library.start()
    var pointer: OpaquePointer?
    // `git_repository_open_bare` would open a SHA-256 repository and misread it later: always `open_ext`.
    try check(
      git_repository_open_ext(&pointer, path, UInt32(GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue), nil),
      "cannot open the repository '\(path)'")
    guard let pointer else { throw GitError(kind: .other, message: "cannot open the repository '\(path)'") }
    var database: OpaquePointer?
    guard git_repository_odb(&database, pointer) == 0, let database else {
      git_repository_free(pointer)
      throw GitError(kind: .damaged, message: "cannot read the objects of '\(path)'")
    }
    handle = pointer
    self.database = database
    try BrokenOffFiles.refuse(in: database, String(cString: git_repository_commondir(pointer)) + "objects/")
  }

  /// Makes an empty repository whose first branch is `branch`.
  public static func create(path: String, bare: Bool = false, branch: String = "main") throws(GitError) -> Repository {
    Library.start()
    var options = git_repository_init_options()
    git_repository_init_options_init(&options, UInt32(GIT_REPOSITORY_INIT_OPTIONS_VERSION))
    options.flags = UInt32(GIT_REPOSITORY_INIT_MKPATH.rawValue | (bare ? GIT_REPOSITORY_INIT_BARE.rawValue : 0))
    let code = branch.withCString { name in
      options.initial_head = name
      var pointer: OpaquePointer?
      let code = git_repository_init_ext(&pointer, path, &options)
      git_repository_free(pointer)
      return code
    }
    try check(code, "cannot create the repository '\(path)'")
    return try Repository(path: path)
  }

  deinit {
    git_odb_free(database)
    git_repository_free(handle)
  }

  /// The folder that holds the objects and references, with a slash at its end.
  public var gitDirectory: String { String(cString: git_repository_path(handle)) }

  public func setConfiguration(_ values: [(key: String, value: String)]) throws(GitError) {
    var configuration: OpaquePointer?
    try check(git_repository_config(&configuration, handle), "cannot open the configuration")
    defer { git_config_free(configuration) }
    for (key, value) in values {
      try check(git_config_set_string(configuration, key, value), "cannot set \(key)")
    }
  }

  /// Takes settings of the repository away; one that is not there is no error.
  public func removeConfiguration(_ keys: [String]) throws(GitError) {
    var configuration: OpaquePointer?
    try check(git_repository_config(&configuration, handle), "cannot open the configuration")
    defer { git_config_free(configuration) }
    for key in keys {
      let code = git_config_delete_entry(configuration, key)
      if code != GIT_ENOTFOUND.rawValue { try check(code, "cannot take away \(key)") }
    }
  }

  /// A setting of the repository, the user or the system; nil if it is not set.
  public func configuration(_ key: String) -> String? {
    var configuration: OpaquePointer?
    guard git_repository_config_snapshot(&configuration, handle) == 0 else { return nil }
    defer { git_config_free(configuration) }
    var value: UnsafePointer<CChar>?
    guard git_config_get_string(&value, configuration, key) == 0, let value else { return nil }
    return String(cString: value)
  }
}
