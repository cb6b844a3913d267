import ActualState
import ArgumentParser
import Operations

struct GetNodes: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nodes", abstract: "Nodes that hold stock, and when each last reported.",
    discussion: "fallback says what counts instead of the node's reported stock, since when, and by which rules.")

  @OptionGroup var options: ListOptions

  private static let columns = [
    Column(name: "node", isKey: true), Column(name: "active"), Column(name: "heard_at"), Column(name: "since"),
    Column(name: "fallback"),
  ]

  func run() throws {
    try options.list(Self.columns, empty: "no node has reported yet") { store, writer in
      try store.eachNode { node, isActive, heardAt in
        let target = FallbackTarget.node(node)
        let fallback = try store.fallback(of: target)
        try writer.add([
          JSONValue(node), .bool(isActive), heardAt.map { JSONValue($0) } ?? .null,
          fallback.map { JSONValue($0.since) } ?? .null, JSONValue(fallback?.openCase(target).detail),
        ])
      }
    }
  }
}
