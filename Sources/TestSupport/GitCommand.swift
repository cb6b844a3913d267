/// The `git` command line in one folder, with a home of its own and a fixed identity and clock, so that equal commands
/// make equal commits on every machine.
public struct GitCommand: Sendable {
  public let folder: String
  /// The folder that stands for the user's home: `.gitconfig` and `.ssh` are read there and nowhere else.
  public let home: String
  /// Author and committer date of the next commits, in seconds since the epoch.
  public var time: Int64 = 1_767_225_600
  public var name = "Test Person"
  public var email = "person@example.test"

  public init(folder: String, home: String) {
    self.folder = folder
    self.home = home
  }

  /// Makes a repository in `folder` of a scratch folder whose first branch is `main`.
  public static func initialise(_ scratch: ScratchFolder, _ folder: String = "repo", bare: Bool = false) throws
    -> GitCommand
  {
    let outside = GitCommand(folder: scratch.path, home: scratch.path)
    try outside(["init", "-q", "-b", "main"] + (bare ? ["--bare"] : []) + [folder])
    return GitCommand(folder: scratch.path(folder), home: scratch.path)
  }

  /// Runs `git` and returns what it printed, without the last line break.
  ///
  /// - Throws: `GitCommandFailed` when it ends with anything but 0.
  @discardableResult
  public func callAsFunction(_ arguments: [String]) throws -> String {
    let result = try run(arguments)
    guard result.status == 0 else { throw GitCommandFailed(arguments: arguments, result: result) }
    return result.output.last == "\n" ? String(result.output.dropLast()) : result.output
  }

  @discardableResult
  public func callAsFunction(_ arguments: String...) throws -> String { try self(arguments) }

  /// Runs `git` to its end, whatever its exit code.
  public func run(_ arguments: [String]) throws -> ChildProcess.Result {
    try ChildProcess.run(
      "git", arguments, in: folder,
      environment: [
        "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": home, "LC_ALL": "C", "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0", "GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": email, "GIT_COMMITTER_NAME": name,
        "GIT_COMMITTER_EMAIL": email, "GIT_AUTHOR_DATE": "@\(time) +0000", "GIT_COMMITTER_DATE": "@\(time) +0000",
      ])
  }

  /// Commits everything in the work tree and returns the commit's id.
  @discardableResult
  public func commitAll(_ message: String) throws -> String {
    try self("add", "-A")
    try self("commit", "-q", "--allow-empty", "-m", message)
    return try self("rev-parse", "HEAD")
  }
}

/// A `git` command that ended badly.
public struct GitCommandFailed: Error, CustomStringConvertible {
  public let arguments: [String]
  public let result: ChildProcess.Result

  public var description: String {
    "git \(arguments.joined(separator: " ")) ended with \(result.status): \(result.errors)"
  }
}
