internal import Clibgit2

/// What libgit2 reported. The daemon chooses between retrying, waiting and stopping by `kind`.
public struct GitError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Kind: Sendable {
    case notFound
    /// Another writer moved the reference first.
    case moved
    case authentication
    /// The other side cannot be reached or hung up; trying again may help.
    case unreachable
    case damaged
    /// A tree is larger or deeper than what is asked for allows.
    case limit
    case other
  }

  public let kind: Kind
  public let message: String

  public init(kind: Kind, message: String) {
    self.kind = kind
    self.message = message
  }

  public var description: String { "git: \(message)" }

  static func last(_ code: Int32, _ action: String) -> GitError {
    let error = git_error_last()
    let text = error.flatMap { $0.pointee.message }.map { String(cString: $0) } ?? "error \(code)"
    let category = error.map { git_error_t(rawValue: UInt32(bitPattern: $0.pointee.klass)) }
    let kind: Kind =
      switch (code, category) {
      case (GIT_ENOTFOUND.rawValue, _): .notFound
      case (GIT_EMODIFIED.rawValue, _), (GIT_ENONFASTFORWARD.rawValue, _), (GIT_EEXISTS.rawValue, _),
        (GIT_ELOCKED.rawValue, _):
        .moved
      case (GIT_EAUTH.rawValue, _), (GIT_ECERTIFICATE.rawValue, _): .authentication
      case (_, GIT_ERROR_NET), (_, GIT_ERROR_SSL), (_, GIT_ERROR_HTTP): .unreachable
      case (_, GIT_ERROR_SSH): text.contains("uthenticat") ? .authentication : .unreachable
      case (_, GIT_ERROR_ODB), (_, GIT_ERROR_OBJECT), (_, GIT_ERROR_ZLIB), (_, GIT_ERROR_INDEXER): .damaged
      default: .other
      }
    return GitError(kind: kind, message: "\(action): \(text)")
  }
}

func check(_ code: Int32, _ action: @autoclosure () -> String) throws(GitError) {
  if code < 0 { throw GitError.last(code, action()) }
}
