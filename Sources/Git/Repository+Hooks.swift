internal import Clibgit2

/// What git tells a hook that it starts: which repository, which index, and where the pushed objects wait.
public struct HookEnvironment: Sendable {
  /// `GIT_DIR`; without it the hook's folder.
  public var repository: String
  /// `GIT_INDEX_FILE`: the index that is about to be committed, which need not be the repository's own
  /// (`git commit PATH`, `git commit --all`); nil for that.
  public var index: String?
  /// Where the objects of a push lie until its hook accepts them (`GIT_QUARANTINE_PATH`, `GIT_OBJECT_DIRECTORY`), and
  /// what stands beside them (`GIT_ALTERNATE_OBJECT_DIRECTORIES`).
  public var objectFolders: [String]

  /// - Parameter variables: the process's environment.
  public init(_ variables: [String: String]) {
    func given(_ name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }
    repository = given("GIT_DIR") ?? "."
    index = given("GIT_INDEX_FILE")
    var folders: [String] = []
    for folder in [given("GIT_QUARANTINE_PATH"), given("GIT_OBJECT_DIRECTORY")].compactMap({ $0 })
      + Self.list(given("GIT_ALTERNATE_OBJECT_DIRECTORIES") ?? "") where !folders.contains(folder)
    {
      folders.append(folder)
    }
    objectFolders = folders
  }

  /// Folders divided by colons; one that holds a colon stands in double quotes with C's escapes (git(1)).
  static func list(_ text: String) -> [String] {
    var folders: [String] = []
    var folder = ""
    var isQuoted = false
    var rest = Substring(text)
    while let character = rest.popFirst() {
      switch character {
      case "\"" where folder.isEmpty || isQuoted: isQuoted.toggle()
      case "\\" where isQuoted: if let next = rest.popFirst() { folder.append(next) }
      case ":" where !isQuoted:
        folders.append(folder)
        folder = ""
      default: folder.append(character)
      }
    }
    return (folders + [folder]).filter { !$0.isEmpty }
  }
}

extension Repository {
  /// Opens the repository in which git started a hook, with the objects of a push that are still in quarantine.
  public convenience init(hook: HookEnvironment) throws(GitError) {
    try self.init(path: hook.repository)
    for folder in hook.objectFolders {
      try check(git_odb_add_disk_alternate(database, folder), "cannot read the pushed objects in '\(folder)'")
    }
  }

  /// The name that a reference stands for: a symbolic one is followed, as git does when it is pushed to.
  public func resolved(_ name: String) -> String {
    var reference: OpaquePointer?
    var name = name
    for _ in 0..<Self.symbolicLimit {
      guard git_reference_lookup(&reference, handle, name) == 0 else { return name }
      defer { git_reference_free(reference) }
      guard let target = git_reference_symbolic_target(reference) else { return name }
      name = String(cString: target)
    }
    return name
  }

  private static let symbolicLimit = 5

  /// Where git looks for hooks, and whether that was said outside of the repository, for several at once.
  public struct HooksFolder: Sendable {
    public var path: String
    public var isShared: Bool
  }

  /// `hooks` in the folder that all work trees of the repository share.
  public var ownHooksFolder: String { String(cString: git_repository_commondir(handle)) + "hooks" }

  /// `core.hooksPath`, as git reads it: relative to where it runs hooks, which is the top of the work tree, and for what
  /// a server runs the repository's own folder. Without it `ownHooksFolder`.
  public func hooksFolder(ofServer: Bool) throws(GitError) -> HooksFolder {
    var configuration: OpaquePointer?
    try check(git_repository_config_snapshot(&configuration, handle), "cannot open the configuration")
    defer { git_config_free(configuration) }
    var entry: UnsafeMutablePointer<git_config_entry>?
    guard git_config_get_entry(&entry, configuration, "core.hooksPath") == 0, let entry else {
      return HooksFolder(path: ownHooksFolder, isShared: false)
    }
    let isShared = entry.pointee.level.rawValue < GIT_CONFIG_LEVEL_LOCAL.rawValue
    git_config_entry_free(entry)
    var buffer = git_buf()
    defer { git_buf_dispose(&buffer) }
    try check(git_config_get_path(&buffer, configuration, "core.hooksPath"), "cannot read core.hooksPath")
    let path = String(decoding: bytes(buffer), as: UTF8.self)
    let base = ofServer ? gitDirectory : workTree ?? gitDirectory
    return HooksFolder(path: path.hasPrefix("/") ? path : base + path, isShared: isShared)
  }

  /// The top of the work tree, with a slash at its end; nil for a bare repository.
  public var workTree: String? { git_repository_workdir(handle).map { String(cString: $0) } }
}
