import ActualState
import ArgumentParser
import Operations
import Planning

struct GetSuppliers: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suppliers", abstract: "How far each supplier's word holds, as learnt from its deliveries.",
    discussion: """
      confidence, tier and sample_size are those of the last plan; they are empty where the policy does not learn from \
      the supplier (the field 'learning'). brier says how well confidence would have foretold the supplier's own \
      deliveries, each from those before it: 0 is perfect, and 0.25 is what a coin gets.
      """)

  @OptionGroup var options: ListOptions

  private static let columns = [
    Column(name: "supplier", isKey: true), Column(name: "confidence"), Column(name: "tier"),
    Column(name: "sample_size"), Column(name: "deliveries"), Column(name: "brier"),
  ]

  func run() throws {
    try options.list(Self.columns, empty: "no purchase order or delivery names a supplier yet") { store, writer in
      for row in try store.suppliers() {
        let deliveries = try store.deliveries(of: row.supplier)
        let score = ConfidenceScore(
          of: deliveries, promisedFrom: .distantPast, policy: ConfidencePolicy(), now: .distantFuture)
        try writer.add([
          JSONValue(row.supplier), Self.share(row.standing?.confidence), JSONValue(row.standing?.tier.rawValue),
          row.standing.map { .decimal(Self.thousandths($0.sampleSize)) } ?? .null, .integer(Int64(deliveries.count)),
          Self.share(score.brier),
        ])
      }
    }
  }

  /// A share as a decimal of four places.
  private static func share(_ rate: Rate?) -> JSONValue {
    guard let rate else { return .null }
    let parts = (rate.partsPerMillion + 50) / 100
    return .decimal("\(parts / 10_000)." + String(10_000 + parts % 10_000).suffix(4))
  }

  private static func thousandths(_ value: Int64) -> String {
    "\(value / 1000)." + String(1000 + value % 1000).suffix(3)
  }
}
