import Diagnostics

/// What is wrong with one file. More than so many problems help nobody, and a hostile file could have millions, each larger
/// than what is wrong there.
struct FileProblems {
  private(set) var all: [Diagnostic] = []
  private var errors = 0
  private var warnings = 0
  private let limit: Int

  /// - Parameter size: of the file in bytes: what is kept of problems must stay in proportion to it.
  init(size: Int) { limit = min(100, max(10, size / 64)) }

  /// Whether no more errors are kept: then nothing more is to be read, and no resource comes of what was read in part.
  var isFull: Bool { errors >= limit }

  mutating func add(_ problem: Diagnostic) {
    let isError = problem.severity == .error
    if isError { errors += 1 } else { warnings += 1 }
    if (isError ? errors : warnings) <= limit { all.append(problem) }
  }

  /// Says that there may be more than what is listed.
  mutating func noteTheRest(of file: String) {
    guard isFull || warnings > limit else { return }
    all.append(
      Diagnostic(
        "state.more_problems",
        isFull ? "this file may have more errors" : "\(warnings - limit) more warnings in this file",
        at: SourceLocation(file: file), severity: isFull ? .error : .warning,
        hint: isFull ? "correct these first; the rest of the file was not checked" : "correct these first"))
  }
}
