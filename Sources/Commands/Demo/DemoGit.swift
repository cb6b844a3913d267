import Diagnostics
import Glibc

/// The user's own `git` in the demo's repository: its story is told with the commands that a manager would type.
struct DemoGit {
  let folder: String

  @discardableResult
  func callAsFunction(_ arguments: String...) throws -> String {
    let (status, output) = try Self.run(["git", "-C", folder] + arguments)
    guard status == 0 else {
      throw Diagnostic(
        "demo.git_failed", "git \(arguments.joined(separator: " ")): \(output)",
        hint: "the demo needs git and ssh-keygen: apt-get install git openssh-client")
    }
    return output.split(separator: "\n").last.map(String.init) ?? ""
  }

  /// Runs a program to its end and returns its exit code and what it wrote.
  private static func run(_ words: [String]) throws -> (status: Int32, output: String) {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw Diagnostic("demo.pipe", String(cString: strerror(errno))) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    for descriptor in [Int32(1), 2] { posix_spawn_file_actions_adddup2(&actions, ends[1], descriptor) }
    for end in ends { posix_spawn_file_actions_addclose(&actions, end) }
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var child: pid_t = 0
    let code = posix_spawnp(&child, words[0], &actions, nil, &arguments, environ)
    close(ends[1])
    defer { close(ends[0]) }
    guard code == 0 else {
      throw Diagnostic("demo.no_git", "cannot start git", hint: "apt-get install git openssh-client")
    }
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(ends[0], &buffer, buffer.count)
      guard count > 0 else { break }
      output += buffer.prefix(count)
    }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return (status & 0x7F == 0 ? status >> 8 & 0xFF : 128, String(decoding: output, as: UTF8.self))
  }
}
