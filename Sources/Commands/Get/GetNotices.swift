import ActualState
import ArgumentParser
import Diagnostics
import FoundationEssentials
import Operations
import Reports

struct GetNotices: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "notices", abstract: "What customers and buyers are told, oldest first.",
    discussion: """
      Written with the templates in templates/notices of Purser's own files. JSON also has the full text and the values in \
      it.
      """)

  @OptionGroup var options: ListOptions
  @Option(help: "Only of this order.") var order: String?
  @Option(help: "Purser's own files (state/, templates/, hooks/).") var share: String?

  private static let columns = [
    Column(name: "record", isNumber: true), Column(name: "notice"), Column(name: "order"), Column(name: "sku"),
    Column(name: "subject"), Column(name: "key", isKey: true), Column(name: "text", isJSONOnly: true),
    Column(name: "values", isJSONOnly: true),
  ]

  func run() throws {
    let templates = try Self.templates(in: Share.find(share))
    try options.list(Self.columns, empty: "no notices", isFiltered: order != nil) { store, writer in
      try store.eachMessage { message in
        guard let notice = Notice(payload: message.payload), order == nil || notice.values["order"] == order else {
          return
        }
        let (subject, body) = templates.write(notice)
        try writer.add([
          .integer(message.record), .string(notice.kind.rawValue), JSONValue(notice.values["order"]),
          JSONValue(notice.values["sku"]), .string(subject), JSONValue(message.key), .string(body),
          .object(notice.values.mapValues { .string($0) }),
        ])
      }
    }
  }

  private static func templates(in share: Share) throws(Diagnostics) -> NoticeTemplates {
    try NoticeTemplates { file in
      FileManager.default.contents(atPath: share.path + "/" + file).map { String(decoding: $0, as: UTF8.self) }
    }
  }
}
