import DesiredStateFiles
import Diagnostics

/// The places of a work folder's problems as a person can open them: with the folder before the path.
struct ShownPlaces {
  private let work: WorkFolder
  private let prefix: String

  init(_ work: WorkFolder) {
    self.work = work
    var folder = work.path[...]
    while folder.hasPrefix("./") { folder = folder.dropFirst(2) }
    while folder.count > 1, folder.hasSuffix("/") { folder = folder.dropLast() }
    prefix = folder.isEmpty || folder == "." ? "" : folder == "/" ? "/" : folder + "/"
  }

  func render(_ diagnostics: [Diagnostic]) -> String {
    DiagnosticRenderer(colour: Output.hasColour(2), sourceLine: line).render(diagnostics.map(shown))
  }

  func shown(_ diagnostic: Diagnostic) -> Diagnostic {
    var shown = diagnostic
    shown.location?.file = prefix + (diagnostic.location?.file ?? "")
    for index in shown.notes.indices { shown.notes[index].location.file = prefix + shown.notes[index].location.file }
    return shown
  }

  private func line(at shown: SourceLocation) -> String? {
    var location = shown
    location.file = String(shown.file.dropFirst(prefix.count))
    return work.line(at: location)
  }
}
