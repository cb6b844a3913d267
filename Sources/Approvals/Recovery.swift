public import Diagnostics
public import Operations

/// The commands that lead out of a refusal. They work when they are followed literally, wherever the refused commit lies
/// below the head and whatever was merged: bringing back the tree in force always passes, and the change is judged
/// again from there.
enum Recovery {
  /// The branch that marks the commit which brings back what is in force; what was refused lies before it.
  private static let branch = "restored"

  /// Brings the whole refused series back as one signed commit. What came in between stays.
  static let again = "git revert -S --no-edit \(branch)"

  /// A command on a line of its own, so that it can be copied.
  static func line(_ command: String) -> String { "\n      " + command }

  /// Takes some paths as they were refused and commits them, signed.
  static func redo(_ paths: [String], _ message: String) -> String {
    "git restore --source=\(branch)~1 --staged --worktree \(paths.map(quoted).joined(separator: " "))"
      + " && git commit -S -m '\(message)'"
  }

  static func restore(_ commit: String) -> String {
    "git restore --source=\(commit.prefix(10)) --staged --worktree :/ && git commit -m 'Bring back what is in force'"
      + " && git branch -f \(branch)"
  }

  /// A branch whose head git cannot read takes no commit on top of it.
  static func reset(_ commit: String) -> String { "git update-ref HEAD \(commit) && git reset --hard" }

  /// From the top of the work tree, as one word of a shell.
  private static func quoted(_ path: String) -> String {
    "':/" + path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}

extension Diagnostic {
  /// Reasons that the branch can wait with: what people say, time, or a daemon that is started anew can still put them right.
  public static let waiting: Set = [
    "approval.tombstone", "approval.review_needed", "approval.rejected", "approval.void", "approval.expired",
    "approval.author", "approval.no_role", "approval.own_cause", "approval.ignored", FreezeHold.id, auditKeyID,
  ]

  /// Whether what people say can still put it right: the branch can wait with it.
  public var canBeApprovedAway: Bool { Self.waiting.contains(id) }

  /// The reason with a hint that begins where its reader stands: on a branch that must first come back to what is in
  /// force. What is wrong inside files is put right by one more commit.
  public func leadingBack(to pin: PolicyPin) -> Diagnostic {
    var reason = self
    if id == "history.unreadable" {
      reason.hint = "reset the branch to the policy in force, and push it with --force: " + Recovery.reset(pin.commit)
    } else if id.hasPrefix("approval."), !canBeApprovedAway {
      reason.hint =
        "first restore the policy in force:" + Recovery.line(Recovery.restore(pin.commit))
        + (hint.map { "\n    then " + $0 } ?? "")
    }
    return reason
  }
}
