public import ArgumentParser

/// `purser`: the root of all subcommands.
public struct Purser: ParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "purser", abstract: "GitOps for ecommerce operations.",
    subcommands: [Validate.self, Explain.self])

  public init() {}
}
