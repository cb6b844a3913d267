import Glibc

/// A process that the test started: a command that ends by itself, or a server that the test stops by its id.
public final class ChildProcess {
  /// What a finished command left behind.
  public struct Result: Sendable {
    /// The exit code; 128 + the signal for a process that was killed.
    public let status: Int32
    public let output: String
    public let errors: String
  }

  public let id: pid_t
  private let output: UnsafeMutablePointer<FILE>
  private let errors: UnsafeMutablePointer<FILE>
  private var status: Int32?

  /// Starts a program with `environment` and no other variables; standard input is empty.
  public init(_ program: String, _ arguments: [String], in folder: String = "/", environment: [String: String]) throws {
    guard let output = tmpfile(), let errors = tmpfile() else { throw SystemFailure("cannot catch the output") }
    (self.output, self.errors) = (output, errors)
    for file in [output, errors] { _ = fcntl(fileno(file), F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, fileno(output), 1)
    posix_spawn_file_actions_adddup2(&actions, fileno(errors), 2)
    // Nothing else is inherited: a server that outlived a crashed test would hold its locks and pipes open.
    for descriptor in 3..<min(getdtablesize(), 1_024) { posix_spawn_file_actions_addclose(&actions, descriptor) }
    // Worker threads block every signal, and a child inherits that: unblock them, or it could not be stopped.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    // A group of its own, so that its children end with it.
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
    // `env` changes the folder and then becomes the program, under the same id.
    let starter = "/usr/bin/env"
    let words = CStrings([starter, "-C", folder, program] + arguments)
    let variables = CStrings(environment.map { "\($0)=\($1)" })
    var id: pid_t = 0
    let code = posix_spawn(&id, starter, &actions, &attributes, words.pointers, variables.pointers)
    self.id = id
    guard code == 0 else { throw SystemFailure("cannot start '\(program)'", code: code) }
  }

  deinit {
    if id > 0 { stop() }
    fclose(output)
    fclose(errors)
  }

  /// Waits for the end of the process.
  public func wait() -> Result {
    if status == nil {
      var raw: Int32 = 0
      while waitpid(id, &raw, 0) < 0 && errno == EINTR {}
      status = raw & 0x7F == 0 ? raw >> 8 & 0xFF : 128 + raw & 0x7F
    }
    return Result(status: status ?? -1, output: text(output), errors: text(errors))
  }

  /// Whether the process still runs.
  public var isRunning: Bool {
    guard status == nil else { return false }
    var information = siginfo_t()
    return waitid(P_PID, id_t(id), &information, WEXITED | WNOHANG | WNOWAIT) == 0
      && information._sifields._sigchld.si_pid == 0
  }

  /// Ends the process and its children, if they still run, and waits until it has gone.
  public func stop() {
    guard status == nil else { return }
    kill(-id, SIGTERM)
    _ = wait()
    kill(-id, SIGKILL)
  }

  private func text(_ file: UnsafeMutablePointer<FILE>) -> String {
    rewind(file)
    return String(decoding: readToEnd(file), as: UTF8.self)
  }

  /// Runs a program to its end.
  public static func run(
    _ program: String, _ arguments: [String], in folder: String = "/", environment: [String: String] = [:]
  ) throws -> Result {
    try ChildProcess(program, arguments, in: folder, environment: environment).wait()
  }
}

/// A null-terminated list of C strings, for as long as the object lives.
private final class CStrings {
  let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  private let count: Int

  init(_ texts: [String]) {
    count = texts.count
    pointers = .allocate(capacity: count + 1)
    for (index, text) in texts.enumerated() { pointers[index] = strdup(text) }
    pointers[count] = nil
  }

  deinit {
    for index in 0..<count { free(pointers[index]) }
    pointers.deallocate()
  }
}
