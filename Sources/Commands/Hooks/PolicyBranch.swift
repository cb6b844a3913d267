import ArgumentParser
import Diagnostics
import Git

/// The name of the policy branch as a server's settings give it. One that no push ever names would leave every push
/// unjudged.
enum PolicyBranch {
  /// - Throws: `Diagnostic` for what is no name of a branch, and for a branch that is not there while others are.
  static func check(_ name: String, in repository: Repository) throws {
    let branches = try repository.references(prefix: prefix).map { String($0.dropFirst(prefix.count)) }
    if let problem = problem(name) { throw problem }
    guard !branches.isEmpty, !branches.contains(name) else { return }
    let head = repository.resolved("HEAD")
    let current = head.hasPrefix(prefix) ? String(head.dropFirst(prefix.count)) : nil
    let near = didYouMean(name, among: branches).map { "\($0) " } ?? ""
    let named = current.flatMap { branches.contains($0) ? $0 : nil } ?? branches[0]
    throw Diagnostic(
      "hooks.no_branch", "there is no branch '\(name)', and the gate would not check pushes to any other",
      hint: "\(near)install with --branch \(named), or push '\(name)' first and then install")
  }

  /// - Throws: `ValidationError` for an option that names no branch that can be policy.
  static func checkOption(_ name: String) throws {
    guard let problem = problem(name) else { return }
    throw ValidationError(problem.message + (problem.hint.map { "; \($0)" } ?? ""))
  }

  /// Why a text is no name of a branch that can be policy; nil for one that is.
  static func problem(_ name: String) -> Diagnostic? {
    if name.hasPrefix("refs/") {
      let short = name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : "main"
      return Diagnostic(
        "hooks.branch_name", "'\(name)' is a full reference name, not a branch name",
        hint: "use the short name: \(short)")
    }
    guard Repository.isBranchName(name) else {
      return Diagnostic("hooks.branch_name", "'\(name)' is not a branch name", hint: "for example main")
    }
    guard name.lowercased() != audit else {
      return Diagnostic(
        "hooks.branch_name", "the branch '\(name)' contains the audit trail, not policy", hint: "for example main")
    }
    return nil
  }

  private static let prefix = "refs/heads/"
  private static let audit = "audit"
}
