import Approvals
import ArgumentParser
import Daemon
import Diagnostics
import FoundationEssentials
import Operations
import Planning
import Reconciling
import Reports

/// `purser plan`: what the next cycle would do.
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Show what the next cycle would change, and change nothing.",
    discussion: """
      Exits 0, or 1 when the head of the branch is refused. With --detailed-exitcode: 0 no changes, 1 error or refused, \
      2 changes.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, markdown }

  @OptionGroup var options: RepositoryOptions
  @OptionGroup var clock: ClockOptions
  @Option(name: .shortAndLong, help: "text, json or markdown.") var output = Format.text
  @Option(help: "Also write the plan as JSON to this file.") var out: String?
  @Flag(help: "Exit 2 when there are changes.") var detailedExitcode = false

  func run() throws {
    let preview = try Preview(
      repository: options.repo, storePath: options.store, branch: options.branch,
      trustRoot: try options.trustRootID(), credentials: options.credentials, at: try clock.clock()())
    let report = PlanReport(preview.plan, accepted: preview.movesPolicy ? preview.judged.judgement.accepted : [])
    switch output {
    case .text: Output.data(report.text)
    case .markdown: Output.data(report.markdown)
    case .json: Output.data(json(preview).pretty() + "\n")
    }
    if let out { try write(json(preview), to: out) }
    if let refused = preview.judged.judgement.refused {
      Output.words("refused \(refused.commit.id.prefix(10)); the plan is for the policy that stays in force\n")
      Output.words(DiagnosticRenderer(colour: Output.hasColour(2)).render(refused.reasons))
      throw ExitCode(1)
    }
    if let held = preview.held { throw held.trouble }
    if let trouble = preview.trouble {
      Output.words("the plan is for the last accepted policy\n")
      throw trouble
    }
    if detailedExitcode, !preview.plan.isEmpty || preview.movesPolicy { throw ExitCode(2) }
  }

  private func json(_ preview: Preview) -> JSONValue {
    guard case .object(var members) = preview.plan.json else { return .null }
    members["impact"] = PlanImpact(preview.plan).json
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
      throw Diagnostic("plan.cannot_write", "'\(path)' cannot be written", hint: "name a file in a folder that exists")
    }
  }
}
