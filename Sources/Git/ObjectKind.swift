internal import Clibgit2

/// What an object is.
public enum ObjectKind: String, Sendable {
  case commit, tree, blob, tag

  /// With its article, for sentences.
  var words: String { "a \(rawValue)" }
}

extension Repository {
  /// Nil for an object that is missing or cannot be read.
  public func kind(of id: ObjectID) -> ObjectKind? {
    var (oid, length, type) = (id.oid, 0, git_object_t(rawValue: 0))
    guard git_odb_read_header(&length, &type, database, &oid) == 0 else {
      git_error_clear()
      return nil
    }
    return switch type {
    case GIT_OBJECT_COMMIT: .commit
    case GIT_OBJECT_TREE: .tree
    case GIT_OBJECT_BLOB: .blob
    case GIT_OBJECT_TAG: .tag
    default: nil
    }
  }

  /// Why a reference cannot be used that should lead to a commit, with what it leads to; nil where it does, and where that
  /// is missing.
  public func problem(with id: ObjectID, at reference: String) -> String? {
    guard let kind = kind(of: id), kind != .commit else { return nil }
    return "\(reference) points to \(id.short), which is \(kind.words), not a commit"
  }

  /// What a person can do about that where the repository is.
  public static func remedy(forReference name: String) -> String {
    "where the repository is, move it back to its last commit, which another clone may know: git update-ref \(name) COMMIT"
  }
}
