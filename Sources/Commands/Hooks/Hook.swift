import ArgumentParser
import FoundationEssentials
import Git

/// `purser hook NAME`: what the shell files in `hooks/` call. Git starts it and tells it by its environment what it is
/// about.
struct Hook: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run a git hook; started by git.",
    discussion: "'purser hooks install' installs the hooks.", shouldDisplay: false,
    subcommands: [HookPreCommit.self, HookPreReceive.self, HookPostReceive.self])

  static var environment: HookEnvironment { HookEnvironment(ProcessInfo.processInfo.environment) }
}
