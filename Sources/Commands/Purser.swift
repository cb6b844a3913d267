import ActualState
public import ArgumentParser
import Diagnostics
import Git
import Reconciling

/// `purser`: the root of all subcommands.
public struct Purser: AsyncParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "purser", abstract: "GitOps for ecommerce operations.",
    subcommands: [
      Init.self, Validate.self, Explain.self, SchemaCommand.self, Import.self, PlanCommand.self, Run.self, Wake.self,
      Get.self, Audit.self, Demo.self,
    ])

  public init() {}

  /// Parses the command line, runs the subcommand and exits with its code.
  public static func start() async {
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
    } catch let problem as Diagnostic {
      report([problem])
    } catch let problems as Diagnostics {
      report(problems.all)
    } catch let problem as GitError {
      report([Diagnostic("git.failed", problem.message)])
    } catch let trouble as Trouble {
      report([Diagnostic("run.\(trouble.kind.rawValue)", trouble.message, hint: trouble.hint)])
    } catch let problem as StoreError {
      report([Diagnostic("store.failed", problem.message, hint: problem.hint)])
    } catch {
      exit(withError: error)
    }
  }

  private static func report(_ problems: [Diagnostic]) -> Never {
    Output.words(DiagnosticRenderer(colour: Output.hasColour(2)).render(problems))
    exit(withError: ExitCode(1))
  }
}
