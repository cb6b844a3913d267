import ArgumentParser
import Diagnostics
import FoundationEssentials

/// `purser demo`: a company, a promotion, a change, a refusal and a revert, told with real figures.
struct Demo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Play through a promotion, and leave a folder to explore.",
    discussion:
      "Creates an operations repository and a store in DIR and runs the real daemon on them, with a simulated clock."
  )

  @Argument(help: "A new folder.") var folder = "purser-demo"
  @Option(help: "The folder with Purser's state/, templates/ and hooks/.") var share: String?
  @Option(help: "The seed; a different seed plays a different promotion.") var seed: UInt64 = 2026

  func run() async throws {
    guard !FileManager.default.fileExists(atPath: folder) else {
      throw Diagnostic(
        "demo.exists", "'\(folder)' already exists", hint: "remove it, or name another folder: purser demo DIR")
    }
    try await DemoStory(folder: folder, seed: seed).tell(share: try Share.find(share))
  }
}
