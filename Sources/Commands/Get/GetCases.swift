import ActualState
import ArgumentParser
import Operations

struct GetCases: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cases", abstract: "Cases: what a person should look at.")

  @OptionGroup var options: ListOptions
  @Option(help: "Only of this item.") var sku: String?

  private static let columns = [
    Column(name: "kind", isKey: true), Column(name: "sku", isKey: true), Column(name: "subject", isKey: true),
    Column(name: "opened_at"), Column(name: "detail"),
  ]

  func run() throws {
    let wanted = sku.map { SKU($0) }
    try options.list(Self.columns, empty: "no cases", isFiltered: wanted != nil) { store, writer in
      if wanted == nil {
        for one in try store.reviewCases() {
          try writer.add([
            .string(ReviewCase.kind), .null, .string(one.commit), JSONValue(one.openedAt), .string(one.detail),
          ])
        }
        try store.eachFallback { target, state in
          let one = state.openCase(target)
          try writer.add([
            .string(one.kind.rawValue), .null, .string(one.subject), JSONValue(state.since), .string(one.detail),
          ])
        }
      }
      try store.eachCase { sku, one, time in
        guard sku == wanted ?? sku else { return }
        try writer.add([
          .string(one.kind.rawValue), JSONValue(sku), .string(one.subject), JSONValue(time), .string(one.detail),
        ])
      }
    }
  }
}

struct GetEvents: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "events", abstract: "Events that are waiting or were refused, and why.")

  @OptionGroup var options: ListOptions

  private static let columns = [
    Column(name: "source", isKey: true), Column(name: "id", isKey: true), Column(name: "type"), Column(name: "time"),
    Column(name: "state"), Column(name: "reason"), Column(name: "data", isJSONOnly: true),
  ]

  func run() throws {
    try options.list(Self.columns, empty: "no event is waiting or was refused") { store, writer in
      try store.eachWaiting { event, state in
        let (word, reason) =
          switch state {
          case .applied: ("applied", "")
          case .waiting(let what): ("waiting", "waits for \(what)")
          case .refused(let reason): ("refused", reason)
          }
        try writer.add([
          .string(event.source), .string(event.id), .string(event.type), JSONValue(event.time), .string(word),
          .string(reason), event.data,
        ])
      }
    }
  }
}
