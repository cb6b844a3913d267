internal import Clibgit2

/// The SHA-1 name of a git object.
public struct ObjectID: Hashable, Sendable, CustomStringConvertible {
  private let high: UInt64
  private let middle: UInt64
  private let low: UInt32

  init(_ oid: git_oid) {
    (high, middle, low) = withUnsafeBytes(of: oid) {
      (
        $0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
        $0.loadUnaligned(fromByteOffset: 16, as: UInt32.self)
      )
    }
  }

  var oid: git_oid {
    var result = git_oid()
    withUnsafeMutableBytes(of: &result) {
      $0.storeBytes(of: high, as: UInt64.self)
      $0.storeBytes(of: middle, toByteOffset: 8, as: UInt64.self)
      $0.storeBytes(of: low, toByteOffset: 16, as: UInt32.self)
    }
    return result
  }

  /// Parses 40 hexadecimal digits.
  public init?(_ text: String) {
    var oid = git_oid()
    guard text.utf8.count == 40, git_oid_fromstr(&oid, text) == 0 else { return nil }
    self.init(oid)
  }

  public var description: String {
    var oid = oid
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 41) { buffer in
      git_oid_tostr(buffer.baseAddress, 41, &oid)
      return buffer.baseAddress.map { String(cString: $0) } ?? ""
    }
  }

  /// The first ten digits: enough for people.
  public var short: String { String(description.prefix(10)) }
}

public struct Person: Hashable, Sendable {
  public var name: String
  public var email: String

  public init(name: String, email: String) {
    self.name = name
    self.email = email
  }
}

public struct Commit: Sendable {
  public var id: ObjectID
  public var tree: ObjectID
  public var parents: [ObjectID]
  public var author: Person
  public var committer: Person
  /// Seconds since the epoch.
  public var time: Int64
  public var message: String

  public var summary: String { String(message.prefix { $0 != "\n" }) }

  /// The commits that the message says it reverts, as `git revert` writes it.
  public var reverts: [String] {
    message.split(separator: "\n").compactMap { line in
      guard line.hasPrefix("This reverts commit ") else { return nil }
      let id = line.dropFirst("This reverts commit ".count).prefix { $0.isHexDigit }
      return id.count == 40 ? String(id) : nil
    }
  }
}

/// A commit's signature and the bytes that it covers.
public struct CommitSignature: Sendable {
  public var armoured: String
  public var payload: [UInt8]
}

public struct TreeEntry: Hashable, Sendable {
  public enum Mode: Hashable, Sendable {
    case file
    case executable
    case symlink
    case submodule
    case tree
    case other(UInt32)

    init(_ mode: git_filemode_t) {
      self =
        switch mode {
        case GIT_FILEMODE_BLOB: .file
        case GIT_FILEMODE_BLOB_EXECUTABLE: .executable
        case GIT_FILEMODE_LINK: .symlink
        case GIT_FILEMODE_COMMIT: .submodule
        case GIT_FILEMODE_TREE: .tree
        default: .other(mode.rawValue)
        }
    }
  }

  public var name: String
  public var id: ObjectID
  public var mode: Mode

  public init(name: String, id: ObjectID, mode: Mode) {
    self.name = name
    self.id = id
    self.mode = mode
  }
}
