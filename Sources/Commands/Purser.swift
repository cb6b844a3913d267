public import ArgumentParser

/// `purser`: the root of all subcommands.
public struct Purser: ParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "purser", abstract: "GitOps for ecommerce operations.",
    subcommands: [Validate.self, Explain.self])

  public init() {}

  /// Parses the command line, runs the subcommand and exits with its code.
  public static func start() { main() }
}
