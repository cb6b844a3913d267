import ActualState
import Approvals
import ArgumentParser
import DesiredState
import Diagnostics
import Operations

/// `purser get held`: what waits for people, and what is missing.
struct GetHeld: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "held", abstract: "Plans that are waiting for approval, why, and who may approve them.",
    discussion:
      "The list is computed now, as the next cycle would. A plan with all its approvals stays in the list until a cycle"
      + " applies it, and can be rejected until then. JSON also shows who said what.")

  @OptionGroup var options: ReviewOptions
  @Option(name: .shortAndLong, help: "table, json or name.") var output = ListFormat.table
  @Flag(help: "A table without its heading.") var noHeaders = false

  private static let columns = [
    Column(name: "hold", isNumber: true, isKey: true), Column(name: "cause"), Column(name: "policy"),
    Column(name: "since"), Column(name: "does"), Column(name: "missing"), Column(name: "what", isJSONOnly: true),
    Column(name: "measures", isJSONOnly: true), Column(name: "review", isJSONOnly: true),
    Column(name: "reasons", isJSONOnly: true), Column(name: "statements", isJSONOnly: true),
    Column(name: "waits_for", isJSONOnly: true),
  ]

  func run() throws {
    let desk = try ReviewDesk(options)
    var writer = RowWriter(Self.columns, format: output, hasHeading: !noHeaders)
    for one in try HeldDesk(desk).waiting {
      try writer.add([
        .integer(one.hold.number), .string(one.hold.cause.rawValue), .string(String(one.hold.policy.prefix(10))),
        JSONValue(one.hold.since), .string(Topic.words(one.measures)), .string(one.missing), .string(one.what),
        .object(one.measures.mapValues { .integer($0) }),
        .object(one.review.requirement.slots.counts.mapValues { .integer(Int64($0)) }),
        DiagnosticFormats.json(one.review.reasons),
        .array(Topic(one, desk).said.map(\.json)), .string(one.standing.rawValue),
      ])
    }
    try writer.finish()
    if writer.count == 0 { Output.words("nothing is waiting\n") }
  }
}
