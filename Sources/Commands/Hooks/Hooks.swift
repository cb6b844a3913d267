import ArgumentParser

/// `purser hooks install|uninstall`: git hooks in a work tree or on a server.
struct Hooks: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Put Purser's git hooks in place, or take them away.",
    subcommands: [HooksInstall.self, HooksUninstall.self])
}

/// Which hooks of which repository.
struct HooksOptions: ParsableArguments {
  @Argument(help: "The repository: a work tree, or a bare repository that people push to.") var folder = "."
  @Flag(help: "The hooks of a server, also where the repository has a work tree.") var server = false
}
