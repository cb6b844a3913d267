import TestSupport

/// What a person sees who types commands: each command, what it prints on stdout (`1|`) and stderr (`2|`), and its exit
/// code. Commit ids, keys and folders differ from run to run and are shown as `<id>`, `<key>` and `~`.
struct Transcript {
  private let company: CompanyFolder
  private(set) var text = ""

  init(_ company: CompanyFolder) { self.company = company }

  /// Runs the lines of a script in the company's folder, one after another.
  mutating func run(_ script: String) throws {
    for line in script.split(separator: "\n") {
      let result = try company.purser.shell(String(line), in: company.name)
      text += "$ \(line)\n"
      for (mark, output) in [("1", result.output), ("2", result.errors)] {
        for line in output.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
          text += "\(mark)| \(masked(String(line)))\n"
        }
        if output.last.map({ $0 != "\n" }) ?? false { text += "\(mark)| \(masked(output)) (no line break)\n" }
      }
      text += "= \(result.status)\n"
    }
  }

  private func masked(_ line: String) -> String {
    line.replacing(company.scratch.path, with: "~")
      .replacing(#/SHA256:[A-Za-z0-9+\/]+/#, with: "<key>")
      .replacing(#/\b[0-9a-f]{10,64}\b/#, with: "<id>")
  }
}
