import ActualState
public import ArgumentParser
import Diagnostics
import FoundationEssentials
import Git
import Glibc
import Reconciling

/// `purser`: the root of all subcommands.
public struct Purser: AsyncParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "purser", abstract: "GitOps for ecommerce operations.",
    discussion: """
      Data goes to stdout, messages to stderr. Exit codes: 0 success, 1 refused or failed, 2 there are changes (only \
      with --detailed-exitcode), 64 usage error, 70 internal error, 130 interrupted.
      """,
    version: "0.1.0",
    subcommands: [
      Init.self, Validate.self, Explain.self, SchemaCommand.self, Import.self, PlanCommand.self, DrillCommand.self,
      DriftCommand.self, Run.self, Wake.self, Restore.self, Propose.self, Changes.self, Approve.self, Reject.self,
      Revoke.self, RevertCommand.self, Get.self, Why.self, Audit.self, Hooks.self, Hook.self, Demo.self,
    ])

  public init() {}

  /// Parses the command line, runs the subcommand and exits with its code.
  public static func start() async {
    // A reader that goes early, such as `head`, and a git server that hangs up must not end the process: writing to them
    // fails instead.
    signal(SIGPIPE, SIG_IGN)
    do {
      try checkSubcommand(CommandLine.arguments.dropFirst())
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
    } catch let problem as Diagnostic {
      report([problem])
    } catch let problems as Diagnostics {
      report(problems.all)
    } catch let problem as GitError {
      report([Diagnostic("git.failed", problem.message, hint: hint(problem))])
    } catch let trouble as Trouble {
      report([Diagnostic("run.\(trouble.kind.rawValue)", trouble.message, hint: trouble.hint)])
    } catch let problem as StoreError {
      report([Diagnostic("store.failed", problem.message, hint: problem.hint)])
    } catch let problem as CocoaError {
      report([fileProblem(problem)])
    } catch {
      guard exitCode(for: error) == .failure, !(error is ExitCode) else { exit(withError: error) }
      Output.words("internal error: \(error)\nThis is a bug in Purser. Please report it, with what you did.\n")
      exit(withError: ExitCode(70))
    }
  }

  /// Says what a mistyped subcommand may have meant: the argument parser does not.
  static func checkSubcommand(_ arguments: some Sequence<String>) throws {
    var command: any ParsableCommand.Type = Purser.self
    for argument in arguments {
      let subcommands = command.configuration.subcommands
      guard !subcommands.isEmpty, !argument.hasPrefix("-"), argument != "help" else { return }
      guard let next = subcommands.first(where: { $0._commandName == argument }) else {
        let names = subcommands.map { $0._commandName }
        throw ValidationError(
          "there is no command '\(argument)'; "
            + (didYouMean(argument, among: names) ?? "the commands are \(names.joined(separator: ", "))"))
      }
      command = next
    }
  }

  private static func hint(_ problem: GitError) -> String? {
    guard problem.kind == .notFound, problem.message.hasPrefix("cannot open the repository") else { return nil }
    return CommandLine.arguments.dropFirst().first == Audit._commandName
      ? "give the operations repository (a folder) after the command" : "give the operations repository with --repo"
  }

  private static func fileProblem(_ problem: CocoaError) -> Diagnostic {
    let reason = (problem.underlying as? POSIXError).map { ": \(String(cString: strerror($0.code.rawValue)))" } ?? ""
    return Diagnostic(
      "file.failed", "'\(problem.filePath ?? "a file")' cannot be used\(reason)",
      hint: "check that its folder exists and is writable")
  }

  private static func report(_ problems: [Diagnostic]) -> Never {
    Output.words(DiagnosticRenderer(colour: Output.hasColour(2)).render(problems))
    exit(withError: ExitCode(1))
  }
}
