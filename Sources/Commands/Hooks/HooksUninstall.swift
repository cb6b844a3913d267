import ArgumentParser
import Git

/// `purser hooks uninstall DIR`: takes Purser's hooks away and puts back what they replaced.
struct HooksUninstall: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "uninstall", abstract: "Remove Purser's hooks, and restore those that they replaced.")

  @OptionGroup var options: HooksOptions

  func run() throws {
    let files = try HookFiles(options)
    let done = try files.uninstall()
    try files.repository.removeConfiguration(["purser.program"])
    Output.words(done.isEmpty ? "Purser's hooks are not installed\n" : done.map { "\($0)\n" }.joined())
  }
}
