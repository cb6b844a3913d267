import Approvals
import ArgumentParser
import Daemon
import Diagnostics
import FoundationEssentials
import Git
import Operations
import Planning
import Reconciling
import Reports

/// `purser plan`: what the next cycle would do, or what a change would do that nobody has judged yet.
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Show what the next cycle, or a change, would do. Changes nothing.",
    discussion: """
      Without an argument, shows what the next cycle would do with the branch as it is. With BASE..HEAD, shows what would \
      happen now if the policy at HEAD replaced the policy at BASE, separated from what would change anyway. As Markdown, \
      this is the comment for a pull request. A HEAD that does not contain BASE is test-merged into it, as its pull request \
      would be.

      Exits 0, or 1 if the head of the branch is refused or a commit has errors. With --detailed-exitcode: 0 no changes, \
      1 error or refused, 2 changes.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, markdown }

  @Argument(
    help: """
      BASE..HEAD: commits, branches or tags of the repository. BASE defaults to the policy in force, HEAD to the head of \
      the branch. BASE...HEAD starts where HEAD branched off from BASE, as in git.
      """)
  var change: RevisionRange?
  @OptionGroup var options: RepositoryOptions
  @OptionGroup var clock: ClockOptions
  @Option(name: .shortAndLong, help: "text, json or markdown.") var output = Format.text
  @Option(help: "Also write the plan as JSON to this file.") var out: String?
  @Option(help: "The https:// address of the --out file, for a link in the comment.") var artifactURL: String?
  @Option(help: "The folder with Purser's templates/ (default: next to the program).") var share: String?
  @Flag(help: "Exit with 2 if there are changes.") var detailedExitcode = false

  func validate() throws {
    guard let artifactURL else { return }
    guard change?.isChange ?? false else { throw ValidationError("--artifact-url needs a change, BASE..HEAD") }
    guard ChangeReport.isLinkable(artifactURL) else {
      throw ValidationError("--artifact-url must be an https:// address; write spaces and brackets as %20, %28, …")
    }
  }

  func run() throws {
    if let change, change.isChange { return try run(change) }
    let preview = try Preview(
      repository: options.repo, storePath: options.store, branch: options.branch,
      trustRoot: try options.trustRootID(), credentials: options.credentials, at: try clock.clock()())
    let report = PlanReport(
      preview.plan, impact: preview.impact, accepted: preview.movesPolicy ? preview.judged.judgement.accepted : [])
    switch output {
    case .text: Output.data(report.text)
    case .markdown: Output.data(report.markdown)
    case .json: Output.data(json(preview).pretty() + "\n")
    }
    if let out { try write(json(preview), to: out) }
    if let refused = preview.judged.judgement.refused {
      Output.words("refused \(refused.commit.id.prefix(10)); the plan is for the policy in force\n")
      Output.words(DiagnosticRenderer(colour: Output.hasColour(2)).render(refused.reasons))
      throw ExitCode(1)
    }
    let gate = preview.gate
    for one in gate.waiting where one.hold.cause != .limits {
      Output.words("\(one.hold.cause.rawValue) is waiting for approval; see 'purser get held'\n")
    }
    if let held = gate.held { throw held.trouble }
    if let trouble = preview.trouble {
      Output.words("the plan is for the last accepted policy\n")
      throw trouble
    }
    if detailedExitcode, !preview.plan.isEmpty || preview.movesPolicy { throw ExitCode(2) }
  }

  private func run(_ change: RevisionRange) throws {
    // First what needs no work: a template that is missing is told at once.
    let template = output == .markdown ? try Share.find(share).template("comment/plan.md") : nil
    let report: ChangeReport
    do {
      report = try ChangePreview(
        repository: options.repo, storePath: options.store, branch: options.branch, base: change.base,
        head: change.head, startsAtFork: change.startsAtFork, credentials: options.credentials, at: try clock.clock()()
      ).report
    } catch let unusable as UnusableState {
      Output.words(
        "\(unusable.commit.id.short) \u{201C}\(escapedLine(unusable.commit.summary))\u{201D} cannot be planned\n")
      let renderer = DiagnosticRenderer(colour: Output.hasColour(2)) { unusable.lines[$0] }
      Output.words(renderer.render(unusable.diagnostics))
      throw ExitCode(1)
    }
    switch output {
    case .text: Output.data(report.text)
    case .markdown: if let template { Output.data(try report.markdown(template, artifact: artifactURL)) }
    case .json: Output.data(report.json.pretty() + "\n")
    }
    if let out { try write(report.json, to: out) }
    if detailedExitcode, !report.isEmpty { throw ExitCode(2) }
  }

  private func json(_ preview: Preview) -> JSONValue {
    guard case .object(var members) = preview.plan.json else { return .null }
    members["impact"] = preview.impact.json
    members["accepted"] = .array(
      preview.movesPolicy
        ? preview.judged.judgement.accepted.map {
          ["commit": .string($0.commit.id), "summary": .string($0.commit.summary)]
        } : [])
    members["refused"] =
      preview.judged.judgement.refused.map {
        ["commit": .string($0.commit.id), "reasons": DiagnosticFormats.json($0.reasons)]
      } ?? .null
    return .object(members)
  }

  private func write(_ json: JSONValue, to path: String) throws {
    do {
      try Data((json.pretty() + "\n").utf8).write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw Diagnostic(
        "plan.cannot_write", "'\(path)' cannot be written", hint: "the folder must exist and be writable")
    }
  }
}
