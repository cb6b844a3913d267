internal import Clibgit2

/// What libgit2 reported. The daemon chooses between retrying, waiting and stopping by `kind`.
public struct GitError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Kind: Sendable {
    /// There is no such repository, object or reference.
    case notFound
    /// Another writer moved the reference first: read it again and rebuild.
    case moved
    /// The other side refused who we are, or we refused its host key or certificate: a person must act.
    case authentication
    /// The other side cannot be reached or hung up; trying again may help.
    case unreachable
    /// Objects are missing or broken.
    case damaged
    /// A folder is there and is none that git would write: somebody made it by hand, or it is broken. Or an object is there
    /// and is not the commit that it should be.
    case malformed
    /// A tree is larger or deeper than what is asked for allows.
    case limit
    /// Anything else, such as a full disk, a refused push or a wrong argument.
    case other
  }

  public let kind: Kind
  public let message: String

  public init(kind: Kind, message: String) {
    self.kind = kind
    self.message = message
  }

  public var description: String { "git: \(message)" }

  /// Takes the message that libgit2 left on this thread, so that a later failure without one cannot show it again.
  static func last(_ code: Int32, _ action: String) -> GitError {
    let error = git_error_last()
    let text = error.flatMap { $0.pointee.message }.map { String(cString: $0) } ?? "error \(code)"
    let category = error.map { git_error_t(rawValue: UInt32(bitPattern: $0.pointee.klass)) }
    git_error_clear()
    // Where no trusted folder is set at all, libgit2 1.5 reports that and hides the other owner behind it.
    if code == GIT_EOWNER.rawValue || text.contains("'safe.directory'") {
      return GitError(
        kind: .other,
        message: "\(action): it belongs to another user; if you trust it, run:"
          + " git config --global --add safe.directory <that folder>")
    }
    return GitError(kind: kind(code, category, text), message: "\(action): \(text)\(hint(text))")
  }

  private static func kind(_ code: Int32, _ category: git_error_t?, _ text: String) -> Kind {
    switch (code, category) {
    // A fetch that finds a reference locked has no code of its own for that.
    case _ where text.contains("failed to lock file"): .moved
    case (GIT_EAUTH.rawValue, _), (GIT_ECERTIFICATE.rawValue, _): .authentication
    case (GIT_EMODIFIED.rawValue, _), (GIT_ENONFASTFORWARD.rawValue, _), (GIT_EEXISTS.rawValue, _),
      (GIT_ELOCKED.rawValue, _):
      .moved
    case (_, GIT_ERROR_HTTP), (_, GIT_ERROR_NET), (_, GIT_ERROR_SSL), (_, GIT_ERROR_SSH): remoteKind(text)
    case (GIT_ENOTFOUND.rawValue, _): .notFound
    // A folder that is not there has no code of its own.
    case (_, GIT_ERROR_OS) where text.contains("failed to resolve path"): .notFound
    // A socket that cannot connect is reported as an error of the operating system.
    case (_, GIT_ERROR_OS) where text.contains("failed to connect"): .unreachable
    case (_, GIT_ERROR_ODB), (_, GIT_ERROR_OBJECT), (_, GIT_ERROR_ZLIB), (_, GIT_ERROR_INDEXER): .damaged
    default: .other
    }
  }

  /// libgit2 has one code for all that a server says, so its words decide.
  private static func remoteKind(_ text: String) -> Kind {
    func says(_ words: String...) -> Bool { words.contains { text.contains($0) } }
    if says("status code: 404", "not found", "does not appear to be a git repository") { return .notFound }
    if says("status code: 401", "status code: 403", "uthenticat") { return .authentication }
    return .unreachable
  }

  private static func hint(_ text: String) -> String {
    if text.contains("unsupported extension name extensions.objectformat") {
      return "; the repository uses SHA-256 object names, which libgit2 cannot read: create it with"
        + " git init --object-format=sha1"
    }
    return ""
  }
}

func check(_ code: Int32, _ action: @autoclosure () -> String) throws(GitError) {
  if code < 0 { throw GitError.last(code, action()) }
}
