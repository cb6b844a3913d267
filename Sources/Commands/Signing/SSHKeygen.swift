import Diagnostics
import Digest
import FoundationEssentials
import Glibc

/// Signing with `ssh-keygen -Y sign`, as git does it.
struct SSHKeygen {
  enum Key {
    /// The private key's path; an agent that holds the key is asked first.
    case file(String)
    /// A key that only an agent holds.
    case agent(PublicKey)
  }

  /// The id of the problem that the key's holder did not sign.
  static let didNotSign = "key.not_signed"

  let program: String
  let key: Key

  /// - Returns: what it wrote. Passphrases are asked for on the terminal, by the program itself.
  func sign(_ text: [UInt8], namespace: String) throws(Diagnostic) -> String {
    let folder = try Self.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let (input, output) = (folder + "/message", folder + "/signature")
    var words = [program, "-q", "-Y", "sign", "-n", namespace]
    switch key {
    case .file(let path): words += ["-f", path]
    case .agent(let key):
      let path = folder + "/key.pub"
      try Self.write(Array("\(key)\n".utf8), to: path)
      words += ["-U", "-f", path]
    }
    try Self.write(text, to: input)
    let status = try Self.run(words, input: input, output: output)
    guard status == 0, let armoured = FileManager.default.contents(atPath: output),
      !armoured.isEmpty
    else {
      throw Diagnostic(
        Self.didNotSign, "'\(words.joined(separator: " "))' did not sign and exited with \(status)",
        hint: "'ssh-add -L' lists the keys that your agent holds")
    }
    return String(decoding: armoured, as: UTF8.self)
  }

  /// What another program of the user's prints; nil where it does not end with 0.
  static func output(of words: [String]) throws(Diagnostic) -> Data? {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    guard try run(words, input: "/dev/null", output: folder + "/output") == 0 else { return nil }
    return FileManager.default.contents(atPath: folder + "/output")
  }

  private static func temporaryFolder() throws(Diagnostic) -> String {
    let base =
      ProcessInfo.processInfo.environment["TMPDIR"].flatMap { $0.hasPrefix("/") ? $0 : nil }
      ?? "/tmp"
    var template = Array("\(base)/purser-sign-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw Diagnostic(
        "key.no_folder",
        "cannot create a temporary folder in '\(base)': \(String(cString: strerror(errno)))",
        hint: "set TMPDIR to a writable folder")
    }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func write(_ content: [UInt8], to path: String) throws(Diagnostic) {
    guard FileManager.default.createFile(atPath: path, contents: Data(content)) else {
      throw Diagnostic("key.no_folder", "'\(path)' cannot be written", hint: "is the disk full?")
    }
  }

  /// Runs a program to its end, with files for its input and output; errors and questions go to the terminal.
  private static func run(_ words: [String], input: String, output: String) throws(Diagnostic)
    -> Int32
  {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var child: pid_t = 0
    guard posix_spawnp(&child, words[0], &actions, nil, &arguments, environ) == 0 else {
      throw Diagnostic(
        "key.no_program", "cannot start '\(words[0])'",
        hint: "it is needed to sign with your key: apt-get install openssh-client")
    }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
  }
}
