import ActualState
import ArgumentParser
import Operations

/// `purser get outbox`: what applied plans have other programs told, for those that deliver it.
struct GetOutbox: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "outbox", abstract: "What other programs are to deliver, oldest first.",
    discussion: """
      Every message is written in the transaction that applies its plan, all messages of one record at once, and stays. A \
      program that delivers them keeps the number of the last record that it has delivered, and asks for what comes --after \
      it: so each is delivered at least once, and twice after a crash in between, which KEY tells: it never changes, and no \
      two messages have the same.
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
