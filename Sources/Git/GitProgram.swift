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
    var attributes = usualSignals()
    defer { posix_spawnattr_destroy(&attributes) }
    guard posix_spawnp(&child, "git", &actions, &attributes, &arguments, &environment) == 0 else {
      throw GitError(kind: .other, message: "'git' cannot be started, which is needed here: apt-get install git")
    }
    guard let status = end(of: child) else {
      throw GitError(
        kind: .other,
        message: "'git \(words.joined(separator: " "))' did not end within \(patienceSeconds / 60) minutes")
    }
    return status == 0 ? content(of: printed) : nil
  }

  /// Long enough for a person who looks for a password.
  private static let patienceSeconds = 300
  private static let pauseMicroseconds: UInt32 = 10_000

  /// Waits for a program; one that never ends, as a helper that waits for a window that nobody sees, is stopped.
  private static func end(of child: pid_t) -> Int32? {
    let start = time(nil)
    var status: Int32 = 0
    while time(nil) - start < patienceSeconds {
      let ended = waitpid(child, &status, WNOHANG)
      if ended == child { return status }
      if ended < 0, errno != EINTR { return nil }
      usleep(pauseMicroseconds)
    }
    kill(child, SIGKILL)
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return nil
  }

  /// Signals as a program expects them: threads here block some, and ignore those of pipes.
  private static func usualSignals() -> posix_spawnattr_t {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    var (none, all) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    return attributes
  }

  /// That of this process without what is Purser's alone, such as tokens: helpers may be anybody's.
  private static func environment(with variables: [String: String]) -> [UnsafeMutablePointer<CChar>?] {
    var lines: [UnsafeMutablePointer<CChar>?] = variables.map { strdup("\($0)=\($1)") }
    var next = environ
    while let line = next.pointee {
      let name = String(cString: line).prefix { $0 != "=" }
      if variables[String(name)] == nil, !name.hasPrefix("PURSER_") { lines.append(strdup(line)) }
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
