import Diagnostics
import Digest
import FoundationEssentials

#if canImport(Glibc)
  import Glibc
#endif

/// The keys that Purser keeps for the user of this computer, in the user's configuration directory.
///
/// There are two: `signing_key` signs the user's changes, where the user has no SSH signing key that Purser can use;
/// `audit_key` is the daemon's own and signs the audit branch. Both are Ed25519 keys in OpenSSH's format, so that git
/// and ssh-keygen read them too.
struct KeyStore {
  /// `$XDG_CONFIG_HOME/purser`, else `~/.config/purser`.
  let folder: String

  init(folder: String) { self.folder = folder }

  init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    if let configuration = environment["XDG_CONFIG_HOME"], configuration.hasPrefix("/") {
      folder = configuration + "/purser"
    } else {
      let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? User.current.home
      folder = home + "/.config/purser"
    }
  }

  /// A private key and the file that holds it; the public half stands beside it in `<path>.pub`.
  struct StoredKey {
    var key: PrivateKey
    var path: String
    /// Whether this call made it.
    var isNew = false
  }

  var auditKeyPath: String { folder + "/audit_key" }
  var signingKeyPath: String { folder + "/signing_key" }

  /// The daemon's key, from `path` or else from the configuration directory.
  ///
  /// A missing key is an error here and never made: its public half must already stand in the operations repository.
  func auditKey(path: String?) throws(Diagnostic) -> PrivateKey {
    let path = path ?? auditKeyPath
    guard access(path, F_OK) == 0 else {
      throw Diagnostic(
        "key.unreadable", "the daemon's key is not at '\(path)'",
        hint:
          "give its file with --audit-key: the private key to the 'audit_key' in state/purser.yaml, which 'purser init' wrote"
          + " on the computer where it ran")
    }
    return try Self.read(path)
  }

  /// The daemon's key for a new operations repository: the one at `path`, or the user's, made when missing.
  func auditKeyOrNew(path: String?) throws(Diagnostic) -> StoredKey {
    if let path { return StoredKey(key: try Self.read(path), path: path) }
    return try keyOrNew(at: auditKeyPath, comment: "purser audit")
  }

  func signingKeyOrNew(comment: String) throws(Diagnostic) -> StoredKey {
    try keyOrNew(at: signingKeyPath, comment: comment)
  }

  private func keyOrNew(at path: String, comment: String) throws(Diagnostic) -> StoredKey {
    if access(path, F_OK) == 0 { return StoredKey(key: try Self.read(path), path: path) }
    guard let key = PrivateKey.generate() else {
      throw Diagnostic("key.no_random_source", "the operating system returned no random bytes")
    }
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw Diagnostic(
        "key.cannot_write", "the folder '\(folder)' cannot be created",
        hint: "set XDG_CONFIG_HOME to a writable folder")
    }
    try Self.write(key.openSSH(comment: comment), to: path)
    try Self.write("\(key.publicKey) \(comment)\n", to: path + ".pub")
    return StoredKey(key: key, path: path, isNew: true)
  }

  /// Reads a private key that only its owner can read.
  static func read(_ path: String) throws(Diagnostic) -> PrivateKey {
    var status = stat()
    guard stat(path, &status) == 0, let content = FileManager.default.contents(atPath: path) else {
      throw Diagnostic(
        "key.unreadable", "there is no readable key at '\(path)'",
        hint: "create one with 'purser init', or give the path of the key file")
    }
    guard status.st_mode & 0o077 == 0 else {
      throw Diagnostic("key.too_open", "others can read the key '\(path)'", hint: "chmod 600 '\(path)'")
    }
    do throws(KeyFileProblem) {
      return try PrivateKey(openSSH: String(decoding: content, as: UTF8.self))
    } catch {
      throw Diagnostic(
        "key.unusable", "'\(path)' \(explanation(error))", hint: "'ssh-keygen -t ed25519' creates a usable key")
    }
  }

  static func explanation(_ problem: KeyFileProblem) -> String {
    switch problem {
    case .notOpenSSH: "is not a private key in OpenSSH's format"
    case .encrypted: "is protected by a passphrase"
    case .notEd25519: "is not an Ed25519 key"
    case .damaged: "is damaged"
    }
  }

  /// Writes a new file that only its owner can read, whole or not at all; an existing file is never replaced.
  private static func write(_ text: String, to path: String) throws(Diagnostic) {
    let temporary = "\(path).\(getpid())"
    defer { unlink(temporary) }
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    let bytes = Array(text.utf8)
    let isWritten =
      descriptor >= 0 && Glibc.write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
    if descriptor >= 0 { close(descriptor) }
    guard isWritten, link(temporary, path) == 0 else {
      throw Diagnostic(
        "key.cannot_write", "'\(path)' cannot be written: \(String(cString: strerror(errno)))",
        hint: "check the folder's permissions")
    }
  }
}
