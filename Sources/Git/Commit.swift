/// Who wrote a commit, as the commit says it; only a signature proves it.
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

  /// The times that a commit can be written with: libgit2 1.5 keeps 32 bits of others without a word.
  public static let times: ClosedRange<Int64> = 0...Int64(UInt32.max)

  public var summary: String { String(message.prefix { $0 != "\n" }) }

  /// The message of a commit that takes this one back, as `git revert` writes it: the line by which the two are linked,
  /// and `Reapply` for what takes a revert back.
  public var revertMessage: String {
    let isRevert = summary.hasPrefix("Revert \"") && summary.hasSuffix("\"")
    let title = isRevert ? "Reapply " + summary.dropFirst("Revert ".count) : "Revert \"\(summary)\""
    let merged = parents.count > 1 ? parents.first.map { ", reversing\nchanges made to \($0)" } ?? "" : ""
    return "\(title)\n\nThis reverts commit \(id)\(merged).\n"
  }

  /// The commits that the message says it reverts, as `git revert` writes it.
  public var reverts: [String] {
    message.split(separator: "\n").compactMap { line in
      guard line.hasPrefix("This reverts commit ") else { return nil }
      let id = line.dropFirst("This reverts commit ".count).prefix { $0.isHexDigit }
      return id.count == 40 ? String(id) : nil
    }
  }
}
