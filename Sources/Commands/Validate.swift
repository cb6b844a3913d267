import ArgumentParser
import DesiredState
import DesiredStateFiles
import Diagnostics
import Glibc
import Operations

/// `purser validate DIR`: every problem of a work folder in one run.
struct Validate: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Check an operations repository's state/ folder.")

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, github, sarif }

  @Argument(help: "The operations repository.") var folder = "."
  @Option(name: .shortAndLong, help: "text, json, github (workflow annotations) or sarif.") var output = Format.text

  func run() throws {
    // A folder that is no repository may be checked, too.
    let work = WorkFolder(path: access("\(folder)/state", F_OK) == 0 ? folder : CloneTop.of(folder))
    let loaded = work.load()
    switch output {
    case .text:
      if !loaded.diagnostics.isEmpty { Output.words(ShownPlaces(work).render(loaded.diagnostics)) }
    case .json: Output.data(DiagnosticFormats.json(loaded.diagnostics).pretty() + "\n")
    case .github: Output.data(DiagnosticFormats.github(loaded.diagnostics.map(ShownPlaces(work).shown)))
    case .sarif: Output.data(DiagnosticFormats.sarif(loaded.diagnostics).pretty() + "\n")
    }
    let errors = loaded.diagnostics.count { $0.severity == .error }
    let warnings = loaded.diagnostics.count - errors
    guard errors == 0 else {
      Output.words("\(counted(errors, "error")), \(counted(warnings, "warning"))\n")
      throw ExitCode(1)
    }
    let count = loaded.state.resources.values.reduce(0) { $0 + $1.count }
    let more = warnings > 0 ? ", \(counted(warnings, "warning"))" : ""
    Output.words("\(counted(count, "resource")), no errors\(more)\n")
  }
}
