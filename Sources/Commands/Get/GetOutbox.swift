import ActualState
import ArgumentParser
import Operations

/// `purser get outbox`: what applied plans have other programs told, for those that deliver it.
struct GetOutbox: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "outbox", abstract: "Messages for other programs to deliver, oldest first.",
    discussion: """
      Every message is written in the transaction that applies its plan, together with all messages of the same record, \
      and is never removed. A program that delivers messages stores the number of the last record it has delivered, and \
      asks for messages --after it. Each message is delivered at least once, and again if the program crashes before it \
      stores the number. KEY is unique and never changes, so duplicates can be recognized.
      """)

  @OptionGroup var options: ListOptions
  @Option(help: "Only of records after this one.") var after: Int64?

  private static let columns = [
    Column(name: "record", isNumber: true), Column(name: "key", isKey: true), Column(name: "kind"),
    Column(name: "payload", isJSONOnly: true),
  ]

  func run() throws {
    try options.list(Self.columns, empty: "nothing to deliver", isFiltered: after != nil) { store, writer in
      var (record, position) = (Int64(0), 0)
      try store.eachMessage { message in
        position = message.record == record ? position + 1 : 1
        record = message.record
        guard record > after ?? record - 1 else { return }
        try writer.add([
          .integer(record), .string(message.key ?? "record/\(record)/\(position)"),
          .string(message.payload["kind"]?.string ?? "publications"), message.payload,
        ])
      }
    }
  }
}
