import Diagnostics
import FoundationEssentials

#if canImport(Glibc)
  import Glibc
#endif

/// `1 record`, `2 records`.
func counted(_ count: some BinaryInteger, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

/// Where a command writes: data on stdout, words on stderr.
enum Output {
  /// Ends the command when the text cannot be written, as on a full disk. A reader that has seen enough and went is no
  /// error: the command goes on and says by its exit code what it found.
  static func data(_ text: String) {
    let code = write(text, to: 1)
    guard code != 0, code != EPIPE else { return }
    words("error: the output cannot be written: \(String(cString: strerror(code)))\n")
    exit(1)
  }

  /// Words end up in logs, so that what looks like a secret is hidden in them.
  static func words(_ text: String) { _ = write(withoutSecrets(text), to: 2) }

  /// Colour only on a terminal, and not when `NO_COLOR` is set.
  static func hasColour(_ descriptor: Int32) -> Bool {
    let asked = ProcessInfo.processInfo.environment["NO_COLOR"] ?? ""
    return asked.isEmpty && isatty(descriptor) == 1
  }

  /// Returns 0, or the system's number for what went wrong.
  private static func write(_ text: String, to descriptor: Int32) -> Int32 {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return errno }
      bytes = bytes.dropFirst(count)
    }
    return 0
  }
}
