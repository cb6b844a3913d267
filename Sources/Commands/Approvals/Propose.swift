import Approvals
import ArgumentParser
import Diagnostics
import Git
import Verification

/// `purser propose [REV]`: a change that others are to look at before it is merged.
struct Propose: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Push a change as a proposal branch, and show what review it needs.",
    discussion: """
      Pushes REV as the branch proposal/NAME to the remote that the policy branch follows, or creates it in the repository \
      itself. Exits with 1, and pushes nothing, if the change would be refused whoever approves it.
      """)

  @Argument(help: "The commit at the end of the change.") var revision = "HEAD"
  @OptionGroup var options: ReviewOptions
  @Option(name: .customLong("as"), help: "The name of the proposal (default: from the branch or the commit).")
  var name: String?

  func validate() throws {
    guard let name, !Self.isName(name) else { return }
    throw ValidationError("--as can contain letters, digits and .-_/, not '\(name)'")
  }

  func run() throws {
    let desk = try ReviewDesk(options)
    let head = try desk.commit(named: revision)
    let reviewed = try desk.review(head)
    if case .refused(let reasons) = reviewed.verdict {
      let lasting = reasons.filter { !$0.canBeApprovedAway }
      if !lasting.isEmpty { throw Diagnostics(lasting) }
    }
    let name = try self.name ?? Self.name(of: head, revision, in: desk)
    let repository = desk.repository
    let person = Git.Person(
      name: repository.configuration("user.name") ?? "purser",
      email: repository.configuration("user.email") ?? "purser@localhost")
    do throws(GitError) {
      try desk.source.propose(head, as: name, by: person)
    } catch {
      guard error.kind == .moved else { throw error }
      throw Diagnostic(
        "propose.name_taken", error.message, hint: "use another name: --as \(name)-2")
    }
    let branch = PolicySource.proposalPrefix + name
    Output.words("proposed \(head.short) as \(branch)\(desk.remote.map { " on \($0.name)" } ?? "")\n")
    Output.words(reviewed.carriedLines.map { "  with \($0)\n" }.joined() + desk.standing(reviewed))
  }

  /// The name of the branch that is proposed, else the first words of the commit.
  private static func name(of head: ObjectID, _ revision: String, in desk: ReviewDesk) throws -> String {
    let current = try desk.repository.currentBranch().map { String($0.dropFirst("refs/heads/".count)) }
    let branch = revision == "HEAD" ? current : revision
    if let branch, branch != desk.options.branch, isName(branch),
      try desk.repository.reference("refs/heads/\(branch)") == head
    {
      return branch.hasPrefix(PolicySource.proposalPrefix)
        ? String(branch.dropFirst(PolicySource.proposalPrefix.count)) : branch
    }
    let words = try desk.repository.commit(head).summary.lowercased().split {
      !($0.isASCII && ($0.isLetter || $0.isNumber))
    }
    let name = words.joined(separator: "-").prefix(40)
    return name.isEmpty ? head.short : String(name)
  }

  /// What git takes for a part of a branch's name, and a little less.
  private static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 100 && !text.hasPrefix("-") && !text.contains("..")
      && text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
        !$0.isEmpty && !$0.hasPrefix(".") && !$0.hasSuffix(".") && !$0.hasSuffix(".lock")
      }
      && text.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
          || ".-_/".utf8.contains($0)
      }
  }
}
