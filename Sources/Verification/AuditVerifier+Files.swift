import Diagnostics
import Git
import Operations

/// What no judgement reads of a policy, and what git may show in its place.
extension AuditVerifier {
  /// Files larger than this are not read, in bytes.
  private static let fileLimit = 64 << 20

  /// Reads every file that a policy brought, once: whoever may change a hook or the list of signers is judged by their ids,
  /// and an id says nothing as long as nobody compares it with the bytes.
  /// - Parameter known: the policy up to which all files were read before; nil for none.
  func checkFiles(after known: PolicyPin?, upTo pin: PolicyPin, _ report: inout VerificationReport) throws {
    guard let head = ObjectID(pin.commit) else { return }
    let start = known.flatMap { ObjectID($0.commit) }
    var before = known.flatMap { ObjectID($0.tree) }
    for commit in try repository.firstParentLine(from: start, to: head) ?? [] {
      // What cannot be read never took effect: a later commit has put it right, and brings the rest of it.
      guard let tree = (try? repository.commit(commit))?.tree else { continue }
      do throws(GitError) {
        guard let changes = try changes(from: before, to: tree) else { continue }
        before = tree
        for change in changes { try read(change, commit, &report) }
      } catch {
        report.problems.append(
          Diagnostic(
            "audit.policy_file", "policy commit \(commit): \(error.message)",
            hint: "every record holds; put the object back from another clone"))
        return
      }
    }
  }

  private func changes(from before: ObjectID?, to tree: ObjectID) throws(GitError) -> [PathChange]? {
    do throws(GitError) {
      return try repository.changes(from: before, to: tree)
    } catch {
      guard error.kind == .malformed || error.kind == .limit else { throw error }
      return nil
    }
  }

  private func read(_ change: PathChange, _ commit: ObjectID, _ report: inout VerificationReport) throws(GitError) {
    guard let entry = change.new, entry.mode != .submodule else { return }
    do throws(GitError) {
      if try repository.size(of: entry.id) > Self.fileLimit {
        report.unseen.append(
          "'\(change.path)' of policy commit \(commit) is larger than \(Self.fileLimit >> 20) MB and was not read")
      } else {
        _ = try repository.blob(entry.id)
      }
    } catch {
      throw GitError(kind: error.kind, message: "'\(change.path)' is not as it was: \(error.message)")
    }
  }

  /// Names by what git shows people another history than the one that was verified.
  func noteReplacements(_ report: inout VerificationReport) throws {
    let names = try repository.replacements()
    guard let first = names.first else { return }
    let more = names.count > 1 ? " and \(names.count - 1) more" : ""
    report.problems.append(
      Diagnostic(
        "audit.replaced",
        "git shows people here other objects than those that were verified, by \(first)\(more)",
        severity: .warning,
        hint:
          "look at what was verified with 'git --no-replace-objects', and take these away: git replace -d, or remove the"
          + " file of grafts"))
  }
}
