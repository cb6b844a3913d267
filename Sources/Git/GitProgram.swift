internal import Clibgit2
internal import Glibc

/// The `git` program, for what libgit2 does not know: some forms of an index, and the helpers that keep passwords.
enum GitProgram {
  /// Runs it to its end; errors and questions go to the terminal.
  ///
  /// Input and output are files in memory: neither can block, and a helper that goes on in the background may keep them open.
  /// - Parameter variables: added to the environment.
  /// - Returns: what it printed; nil where it ended with anything but 0.
  static func run(_ words: [String], input: String = "", variables: [String: String] = [:]) throws(GitError) -> [UInt8]?
  {
    let (given, printed) = (purser_memory_file(), purser_memory_file())
    defer { for file in [given, printed] where file >= 0 { close(file) } }
    let text = Array(input.utf8)
    guard given >= 0, printed >= 0, write(given, text, text.count) == text.count, lseek(given, 0, SEEK_SET) == 0 else {
      throw GitError(kind: .other, message: "cannot run 'git': \(String(cString: strerror(errno)))")
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, given, 0)
    posix_spawn_file_actions_adddup2(&actions, printed, 1)
    var arguments: [UnsafeMutablePointer<CChar>?] = (["git"] + words).map { strdup($0) } + [nil]
    var environment = Self.environment(with: variables)
    defer { for text in arguments + environment { free(text) } }
    var child: pid_t = 0
    guard posix_spawnp(&child, "git", &actions, nil, &arguments, &environment) == 0 else {
      throw GitError(kind: .other, message: "'git' cannot be started, which is needed here: apt-get install git")
    }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return status == 0 ? content(of: printed) : nil
  }

  private static func environment(with variables: [String: String]) -> [UnsafeMutablePointer<CChar>?] {
    var lines: [UnsafeMutablePointer<CChar>?] = variables.map { strdup("\($0)=\($1)") }
    var next = environ
    while let line = next.pointee {
      let name = String(cString: line).prefix { $0 != "=" }
      if variables[String(name)] == nil { lines.append(strdup(line)) }
      next += 1
    }
    return lines + [nil]
  }

  private static func content(of file: Int32) -> [UInt8] {
    let size = Int(lseek(file, 0, SEEK_END))
    guard size > 0 else { return [] }
    var bytes = [UInt8](repeating: 0, count: size)
    let count = pread(file, &bytes, size, 0)
    return Array(bytes.prefix(max(count, 0)))
  }
}
