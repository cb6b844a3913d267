import FoundationEssentials

#if canImport(Glibc)
  import Glibc
#endif

/// Where a command writes: data on stdout, words on stderr.
enum Output {
  static func data(_ text: String) { write(text, to: 1) }
  static func words(_ text: String) { write(text, to: 2) }

  /// Colour only on a terminal, and not when `NO_COLOR` is set.
  static func hasColour(_ descriptor: Int32) -> Bool {
    let asked = ProcessInfo.processInfo.environment["NO_COLOR"] ?? ""
    return asked.isEmpty && isatty(descriptor) == 1
  }

  private static func write(_ text: String, to descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }
}
