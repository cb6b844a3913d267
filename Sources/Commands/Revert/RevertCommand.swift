import ArgumentParser
import Diagnostics
import FoundationEssentials
import Git
import Operations
import Planning
import Reports

/// `purser revert CHANGE`: the signed commit that takes a change back, and what that restores as things are today.
struct RevertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revert", abstract: "Revert a change with a signed commit, and show what that restores.",
    discussion: """
      The revert is a change like any other: it is planned against current stock and orders, and approval rules apply to \
      it. It is created on a new branch that starts at the current one, or with --commit on the current branch itself. \
      Reverting a merge reverts everything that it brought in. With --store, also shows which units come back, which do \
      not, and what can be done about those.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, markdown }

  @Argument(help: "The commit to revert: a commit id (may be abbreviated), a tag, or HEAD~2.") var change: String
  @Option(help: "The operations repository (a folder).") var repo = "."
  @Option(help: "The name of the new branch (default: revert-COMMIT).") var branch: String?
  @Flag(help: "Commit to the current branch instead of a new one.") var commit = false
  @Flag(help: "Show what would be restored, without making a commit.") var dryRun = false
  @Option(help: "The store (a SQLite file), to work out what comes back; it is not changed.")
  var store: String?
  @Option(help: "The key to sign with (default: git's signing key).") var key: String?
  @OptionGroup var clock: ClockOptions
  @Option(name: .shortAndLong, help: "How to show what is restored: text, json or markdown.") var output = Format.text

  mutating func validate() throws {
    repo = CloneTop.of(repo)
    if let branch { try PolicyBranch.checkOption(branch) }
    if commit, branch != nil { throw ValidationError("give --commit or --branch, not both") }
    if dryRun, store == nil { throw ValidationError("--dry-run shows what comes back, which needs --store") }
    if Repository.isRemote(repo) {
      throw ValidationError("--repo takes a folder: clone '\(withoutSecrets(repo))' first")
    }
  }

  func run() throws {
    let repository = try Repository(path: repo)
    if dryRun { try repository.keepNewObjectsInMemory() }
    let revert = try Revert(change, in: repository)
    let now = try clock.clock()()
    // The report comes first: where the store cannot be read, nothing has been done.
    let restored = try store.map { try RevertPreview(revert, storePath: $0, in: repository, at: now) }
    if !dryRun {
      let target: Revert.Target = commit ? .currentBranch : .newBranch(branch ?? "revert-\(revert.change.id.short)")
      let key = try SigningKey.find(given: key, in: repository)
      Output.words(words(try revert.make(target, signedWith: key, at: now)))
    }
    if let restored { show(restored) }
  }

  private func words(_ made: Revert.Made) -> String {
    var lines = [
      "Created \(made.commit.short) on \(made.branch): it reverts \(made.change.id.short)"
        + " \u{201C}\(made.change.summary)\u{201D}."
    ]
    if !commit { lines.append("It takes effect once it is merged: git merge --no-ff \(made.branch)") }
    return escaped(lines.joined(separator: "\n")) + "\n"
  }

  private func show(_ preview: RevertPreview) {
    let plan = PlanReport(preview.after, impact: preview.impact)
    let restoration = preview.restoration.map { RestorationReport($0) }
    switch output {
    case .text:
      if let restoration { Output.data(restoration.text + "\n") }
      Output.data(plan.text)
    case .markdown: Output.data((restoration.map { $0.markdown + "\n" } ?? "") + plan.markdown)
    case .json:
      Output.data(
        JSONValue.object(["restoration": restoration?.json ?? .null, "plan": preview.after.json]).pretty() + "\n")
    }
    if restoration == nil {
      Output.words("The store has no record of \(escaped(change)) taking effect, so it is unknown what it took away.\n")
    }
  }
}
