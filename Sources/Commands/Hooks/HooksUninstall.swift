import ArgumentParser
import Git

/// `purser hooks uninstall DIR`: takes Purser's hooks away and puts back what they replaced.
struct HooksUninstall: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "uninstall", abstract: "Take Purser's hooks away, and put back those that they replaced.")

  @OptionGroup var options: HooksOptions

  func run() throws {
    let files = try HookFiles(options)
    let done = try files.uninstall()
    try files.repository.removeConfiguration(["purser.program"])
    Output.words(done.isEmpty ? "there are no hooks of Purser's\n" : done.map { "\($0)\n" }.joined())
  }
}
