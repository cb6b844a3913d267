import ArgumentParser
import DesiredStateFiles
import Diagnostics
import Git

/// `purser hook pre-commit`: checks what is staged, whatever lies in the work tree beside it.
struct HookPreCommit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pre-commit",
    abstract: "Reject a commit with errors in state/, or with a key, a token or a submodule anywhere.")

  func run() throws {
    let hook = Hook.environment
    let repository = try Repository(hook: hook)
    let staged = try StagedFolder(repository: repository, index: hook.index)
    let loaded = try staged.load()
    let brought = try staged.problems(notIn: repository.commit(named: "HEAD"))
    // The line with a secret is not shown: what hooks print ends up in logs.
    let renderer = DiagnosticRenderer(colour: Output.hasColour(2), sourceLine: staged.line)
    Output.words(renderer.render(loaded.diagnostics))
    Output.words(DiagnosticRenderer(colour: Output.hasColour(2)).render(brought))
    let errors = (loaded.diagnostics + brought).count { $0.severity == .error }
    guard errors == 0 else {
      Output.words("purser: \(counted(errors, "error")) in the staged files; nothing was committed\n")
      throw ExitCode(1)
    }
  }
}
