import Diagnostics
import Digest
import FoundationEssentials

#if canImport(Glibc)
  import Glibc
#endif

/// Tokens and passwords that Purser is given: from a file or from the environment, where no process list shows them.
enum SecretFile {
  /// Reads a secret from a file that only its owner can read.
  static func read(_ path: String) throws(Diagnostic) -> Secret {
    var status = stat()
    guard stat(path, &status) == 0, status.st_size <= Secret.lengthLimit + 2,
      let content = FileManager.default.contents(atPath: path)
    else {
      throw Diagnostic(
        "secret.unreadable", "there is no readable secret at '\(path)'",
        hint: "write it there on one line of at most \(Secret.lengthLimit) bytes")
    }
    guard status.st_mode & 0o077 == 0 else {
      throw Diagnostic("secret.too_open", "others can read the secret '\(path)'", hint: "chmod 600 '\(path)'")
    }
    guard let secret = Secret(String(decoding: content, as: UTF8.self)) else {
      throw Diagnostic(
        "secret.unusable", "'\(path)' does not contain a secret",
        hint: "write it on one line of printable ASCII without spaces")
    }
    return secret
  }

  /// The token for the forge: from a file, else from the environment; nil for none.
  static func forgeToken(
    _ path: String?, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(Diagnostic) -> Secret? {
    if let path { return try read(path) }
    guard let text = environment["PURSER_FORGE_TOKEN"], !text.isEmpty else { return nil }
    guard let secret = Secret(text) else {
      throw Diagnostic(
        "secret.unusable", "PURSER_FORGE_TOKEN is not a token", hint: "a token is printable ASCII without spaces")
    }
    return secret
  }
}
