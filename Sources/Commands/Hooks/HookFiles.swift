import Diagnostics
import FoundationEssentials
import Git
import Glibc

/// The hook files of a repository: which are Purser's, and which are somebody else's.
struct HookFiles {
  let repository: Repository
  let isServer: Bool
  private let folder: String
  private var names: [String] { isServer ? ["pre-receive", "post-receive"] : ["pre-commit", "pre-merge-commit"] }

  /// What every hook file of Purser's says in its second line.
  private static let mark = "# Purser's "
  /// What stood in the place of a hook is kept under this name, and the hook runs it after itself.
  private static let chained = ".local"

  /// - Throws: `Diagnostic` where git looks for hooks in a folder that several repositories share.
  init(_ options: HooksOptions) throws {
    repository = try Repository(path: options.folder)
    isServer = options.server || repository.workTree == nil
    let place = try repository.hooksFolder(ofServer: isServer)
    guard !place.isShared else {
      throw Diagnostic(
        "hooks.shared", "git uses '\(place.path)' for the hooks of all your repositories (core.hooksPath)",
        hint:
          "give this repository a hooks folder of its own and install again: git -C '\(options.folder)' config --local"
          + " core.hooksPath '\(repository.ownHooksFolder)'")
    }
    folder = place.path.hasSuffix("/") ? String(place.path.dropLast()) : place.path
  }

  /// The program that runs, for hooks whose `PATH` is a server's.
  static var program: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "purser"
  }

  /// - Parameter files: Purser's own, by their names.
  /// - Returns: what was done, in words. Nothing is done when this throws because of a hook that stands in the way.
  func install(_ files: [Share.File], force: Bool) throws -> [String] {
    let wanted = try names.map { name in
      guard let file = files.first(where: { $0.path == name }) else {
        throw Diagnostic(
          "hooks.missing", "Purser's own hook '\(name)' is missing", hint: "give --share, or set PURSER_SHARE")
      }
      return file
    }
    let foreign = names.filter { isThere($0) && !isOurs($0) }
    if let first = foreign.first, !force {
      throw Diagnostic(
        "hooks.foreign", "'\(path(first))' is not a Purser hook and was left in place",
        hint: "--force moves it to \(first)\(Self.chained) and runs it after Purser's")
    }
    if let first = foreign.first(where: { isThere($0 + Self.chained) }) {
      throw Diagnostic(
        "hooks.foreign",
        "both '\(path(first))' and '\(path(first + Self.chained))' exist, and neither is a Purser hook",
        hint: "combine them into one, and install again")
    }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return try wanted.map { file in
      let name = file.path
      if isThere(name), FileManager.default.contents(atPath: path(name)) == Data(file.content), isExecutable(name) {
        return "\(path(name)) is already installed"
      }
      var words = isThere(name) ? "updated \(path(name))" : "installed \(path(name))"
      if foreign.contains(name) {
        try move(name, to: name + Self.chained)
        words = "installed \(path(name)); the previous hook is now \(name)\(Self.chained) and runs after it"
      }
      try write(file.content, to: name)
      return words
    }
  }

  /// - Returns: what was done, in words.
  func uninstall() throws -> [String] {
    try names.filter(isOurs).map { name in
      guard unlink(path(name)) == 0 else { throw failure("cannot remove", name) }
      guard isThere(name + Self.chained) else { return "removed \(path(name))" }
      try move(name + Self.chained, to: name)
      return "restored the previous \(path(name))"
    }
  }

  private func path(_ name: String) -> String { folder + "/" + name }

  /// Whether anything is there, be it a link that leads nowhere.
  private func isThere(_ name: String) -> Bool {
    var status = stat()
    return lstat(path(name), &status) == 0
  }

  private func isOurs(_ name: String) -> Bool {
    guard let content = FileManager.default.contents(atPath: path(name)) else { return false }
    let lines = String(decoding: content.prefix(200), as: UTF8.self).split(separator: "\n")
    return lines.count > 1 && lines[1].hasPrefix(Self.mark + name + " hook")
  }

  private func isExecutable(_ name: String) -> Bool { access(path(name), X_OK) == 0 }

  private func move(_ name: String, to other: String) throws(Diagnostic) {
    guard rename(path(name), path(other)) == 0 else { throw failure("cannot move", name) }
  }

  /// Replaces the file in one step: git may be about to run it.
  private func write(_ content: [UInt8], to name: String) throws(Diagnostic) {
    let temporary = path(".\(name).\(getpid())")
    defer { unlink(temporary) }
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o755)
    let isWritten =
      descriptor >= 0 && Glibc.write(descriptor, content, content.count) == content.count
      && fchmod(descriptor, 0o755) == 0 && fsync(descriptor) == 0
    let code = errno
    if descriptor >= 0 { close(descriptor) }
    errno = code
    guard isWritten, rename(temporary, path(name)) == 0 else { throw failure("cannot write", name) }
  }

  private func failure(_ action: String, _ name: String) -> Diagnostic {
    Diagnostic(
      "hooks.failed", "\(action) '\(path(name))': \(String(cString: strerror(errno)))",
      hint: "check the folder's permissions")
  }
}
