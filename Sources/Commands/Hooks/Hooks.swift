import ArgumentParser

/// `purser hooks install|uninstall`: git hooks in a work tree or on a server.
struct Hooks: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Install or remove Purser's git hooks.",
    subcommands: [HooksInstall.self, HooksUninstall.self])
}

/// Which hooks of which repository.
struct HooksOptions: ParsableArguments {
  @Argument(help: "The repository: a work tree, or a bare repository that people push to.") var folder = "."
  @Flag(help: "Install the server hooks, even if the repository has a work tree.") var server = false

  mutating func validate() throws { folder = CloneTop.of(folder) }
}
