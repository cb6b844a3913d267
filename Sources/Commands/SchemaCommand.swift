import ArgumentParser
import DesiredState
import Diagnostics
import Operations

/// `purser schema [KIND]`: JSON Schema for editors.
struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the JSON Schema of the resources, for editors.")

  @Argument(help: "One kind, for example Channel (default: all kinds in one schema, for files that mix them).")
  var kind: String?

  func run() throws {
    guard let name = kind else { return Output.data(JSONSchema.bundle().pretty() + "\n") }
    guard let kind = Kind(rawValue: name) else {
      let kinds = Kind.allCases.map(\.rawValue)
      throw ValidationError(
        "there is no kind '\(name)'; "
          + (didYouMean(name, among: kinds) ?? "the kinds are \(kinds.joined(separator: ", "))"))
    }
    Output.data(JSONSchema.schema(of: kind).pretty() + "\n")
  }
}
