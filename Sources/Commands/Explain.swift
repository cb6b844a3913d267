import ArgumentParser
import DesiredState
import DesiredStateFiles
import Diagnostics
import FoundationEssentials
import Operations

/// `purser explain Channel/marketplace-a`: what holds, where it comes from and what it overrode.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show a resource's effective values and where they come from.")

  @Argument(help: "KIND/NAME, for example Channel/marketplace-a.") var resource: String
  @Option(help: "The operations repository.") var repo = "."
  @Option(name: .customLong("class"), help: "For items of this product class.") var productClass: String?
  @Option(help: "For this item.") var sku: String?
  @Option(help: "At this moment (RFC 3339); now, if left out.") var now: String?

  func run() throws {
    let work = WorkFolder(path: repo)
    let loaded = work.load()
    guard loaded.isUsable else {
      Output.words(DiagnosticRenderer(colour: Output.hasColour(2), sourceLine: work.line).render(loaded.diagnostics))
      throw ExitCode(1)
    }
    let parts = resource.split(separator: "/", maxSplits: 1).map(String.init)
    guard parts.count == 2, let kind = Kind(rawValue: parts[0]) else {
      throw ValidationError(
        "'\(resource)' is not KIND/NAME; the kinds are \(Kind.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    guard let moment = now.map(Instant.init) ?? Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) else {
      throw ValidationError("--now '\(now ?? "")' is not RFC 3339, for example 2026-11-20T00:00:00Z")
    }
    let key = Resource.Key(kind, parts[1])
    guard let effective = loaded.state.effective(key, productClass: productClass, sku: sku.map { SKU($0) }, at: moment)
    else {
      let hint = didYouMean(parts[1], among: loaded.state.names(of: kind)).map { "; \($0)" } ?? ""
      Output.words("error: no \(key) holds at \(moment)\(hint)\n")
      throw ExitCode(1)
    }
    Output.data("\(key) at \(moment)\n")
    for value in effective.values {
      Output.data("  \(value.name): \(value.field)    # \(value.field.location) (\(value.scope))\n")
      for loser in value.overridden {
        Output.data("      overrides \(loser.field)    # \(loser.field.location) (\(loser.scope))\n")
      }
    }
  }
}
